"""From rows to numbers: who counts, counts, values, intervals, gates, suppression."""
