"""Parts of the Hospitals page of a registry."""
