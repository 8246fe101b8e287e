"""The files that a new source begins with."""
