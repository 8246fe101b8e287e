"""What a report is: identity, canonical text, hashes, comparison, outcomes.

Nothing here does I/O or knows a framework; every other package builds on these values.
"""
