"""What marks a folder or a bucket as a place of payloads, for those who find it."""

from __future__ import annotations

MARKER = "reportwatch-payloads.txt"
SAYS = "reportwatch keeps the bytes of captured pages here. Nothing here can be made again.\n"
