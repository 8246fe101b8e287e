"""Say in plain English what changed, and cite it."""
