"""The database itself: its tables and migrations, how it is opened and locked."""
