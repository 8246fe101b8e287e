"""What changed, which changes are asked for, and which captures bear them out."""
