"""The taxonomy of issues, what is filed under it, and how topics come and go."""
