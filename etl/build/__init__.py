"""From delivered files to a generation: text, typed rows, rules and versions, windows, outcomes."""
