"""Whether what is stored is sound: each fault is named with its row."""
