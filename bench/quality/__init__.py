"""Measure how well report pages are read, against what is known of them."""
