"""Ways out: figures, rows, bundles, reports, and the audit of a bundle."""
