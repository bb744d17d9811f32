"""What is done to a home besides a load: status, rejected rows, backup, erasure."""
