"""SQLite files of a home, and what is said when a disk does not take what is written."""
