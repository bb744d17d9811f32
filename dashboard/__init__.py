"""The read side: pages, charts, exports. Nothing here writes a warehouse."""
