"""Saved pages: read from files, or served as the publisher would."""
