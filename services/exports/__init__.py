"""What is stored, written as files for other programs."""
