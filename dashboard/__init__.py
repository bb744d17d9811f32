"""The read side: pages, charts, exports. Nothing here writes a warehouse."""

import pandas as pd

# Tables of figures have few rows: for them Python's own strings are quicker than Arrow's.
pd.options.mode.string_storage = "python"
