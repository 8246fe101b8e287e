"""What we remember: the only package that knows SQL."""
