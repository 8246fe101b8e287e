"""Alerts that wait, and the messages that carry them."""
