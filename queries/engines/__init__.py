"""What runs SQL: DuckDB, and any server that speaks Spark Connect."""
