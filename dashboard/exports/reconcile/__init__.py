"""A second, plain implementation of every metric, from a bundle's CSVs alone: for auditors, and against mistakes.

Nothing here reads a warehouse or the SQL of `queries/`: METRICS in pandas, small enough to be read in one sitting.
"""
