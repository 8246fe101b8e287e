"""Site engines: base classes for publishers whose sites are built alike."""
