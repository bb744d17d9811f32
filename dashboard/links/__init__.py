"""Everything that stands in an address: filters, view options, the procedures behind a mark."""
