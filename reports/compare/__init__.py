"""Compare texts, readings and editions."""
