"""Beside other watchers: the same pages, edits and troubles for each, and what each reports."""
