"""What every run shares: its row, its scope, and what follows its end."""
