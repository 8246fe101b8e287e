"""Kill and stop the programs of a real ``reportwatch up``, and count what its readers are sent."""
