"""REDCap: a raw export decoded by its data dictionary."""
