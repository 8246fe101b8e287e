"""Alerts that wait, and the messages that tell them."""
