"""The board report: one file for people who do not open the dashboard."""
