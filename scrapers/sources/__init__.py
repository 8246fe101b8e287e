"""Sources: one module per report family, found by ``scrapers.registry``."""
