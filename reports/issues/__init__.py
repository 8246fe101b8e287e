"""Read the list of human rights issues out of a summary."""
