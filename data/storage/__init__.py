"""Files of a home as files: SQLite and settings, and what is said when a disk does not take or give what is asked."""
