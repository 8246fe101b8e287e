"""What is out there: index pages, hints, site maps."""
