"""Every SQL file of the product, and the little Python that reads them and computes figures."""
