"""What is watched: locations, runs, hosts, hints, mementos."""
