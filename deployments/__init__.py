"""How the project runs elsewhere; the sample site, and saved pages in a publisher's place."""
