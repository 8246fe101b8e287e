"""Text as such: its canonical form, its hashes, sentences, brackets, passages."""
