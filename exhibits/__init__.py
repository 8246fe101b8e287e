"""Comparisons as HTML: parts of the monitor's pages, and whole files that need no other."""
