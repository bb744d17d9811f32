"""What can be asked: metrics, filters, periods, and the SQL files that define them."""
