"""Notify people: subscribing, and delivery by every channel."""
