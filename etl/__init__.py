"""The write side: takes files in, builds a new generation of the warehouse, publishes it."""
