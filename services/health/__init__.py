"""Is everything as promised? Freshness, findings, canary, doctor."""
