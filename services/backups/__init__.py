"""Backups: made daily, kept by age, and put back when nothing else is at work."""
