"""Workbooks: their sheets as rows of text, and rows back as a workbook."""
