"""The use cases, as plain functions: what the program does, whoever asks for it."""
