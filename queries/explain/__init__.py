"""Why a figure is what it is: single procedures, their facts, and the rows behind a mark."""
