"""The walk of one run: plan, discover, read, record, close."""
