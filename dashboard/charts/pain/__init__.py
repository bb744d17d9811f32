"""Charts of pain before and after."""
