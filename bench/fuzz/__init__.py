"""Break report pages by the thousand and see what the reader makes of them."""
