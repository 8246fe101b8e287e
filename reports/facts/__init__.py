"""Read the stock parts of a summary as values."""
