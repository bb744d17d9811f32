"""Tests of `queries/statistics`."""
