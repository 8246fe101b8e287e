"""How the project runs elsewhere, and the sample site that shows it at work."""
