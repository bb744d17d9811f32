"""Row-level exports: a zip that an auditor can recompute every figure from."""
