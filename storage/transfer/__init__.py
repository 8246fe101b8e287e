"""A whole database copied into another of either kind, row for row."""
