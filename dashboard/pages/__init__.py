"""One file per page: it composes answers, charts and tables from figures, and computes nothing."""
