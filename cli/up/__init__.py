"""Everything on one machine: the supervisor and the demonstration."""
