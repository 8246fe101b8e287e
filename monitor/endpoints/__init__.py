"""For other programs: feeds, health, metrics, the canary's arrival."""
