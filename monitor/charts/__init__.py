"""Pictures: heat maps, bars, lengths."""
