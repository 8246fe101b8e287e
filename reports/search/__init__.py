"""What somebody searches for, and what was found."""
