"""Read models: what commands, pages and messages show."""
