"""What the bench's programs agree on; imports nothing: the measuring program stays small."""

from __future__ import annotations

SOURCE = "us-state-hrr"

COUNT_PATH = "/-/count"
"""Answers how many requests a mode has had so far; is not counted itself."""

LARGE = 1748
"""Reports in the nine editions: the size at which orchestration is budgeted."""
