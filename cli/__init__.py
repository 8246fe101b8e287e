"""The ``reportwatch`` command."""
