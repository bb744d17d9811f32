"""Between a department and a registry: what a hospital ships, and what a registry pools of it."""
