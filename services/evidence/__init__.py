"""Evidence bundles: made of what is stored, and checked without it."""
