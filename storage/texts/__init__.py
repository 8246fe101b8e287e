"""What reports said: payloads, readings, versions."""
