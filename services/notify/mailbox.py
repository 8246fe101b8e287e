"""What a stranger may give as a mailbox, and which spellings are one person's."""

from __future__ import annotations

import re

LONGEST = 254
"""Characters of an address in a mail's envelope (RFC 5321, 4.5.3.1)."""

_LOCAL = r"[^\W_](?:[\w+'-]|\.(?!\.)){0,62}[\w+-]|[^\W_]"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_MAILBOX = re.compile(rf"(?:{_LOCAL})@((?:{_LABEL}\.)+[^\W\d_][\w-]{{1,62}})")
_NOT_PUBLIC = re.compile(
    r"(?:.*\.)?(?:localhost|local|localdomain|internal|intranet|lan|home|corp|arpa|onion|invalid)",
    re.IGNORECASE,
)
_IGNORES_DOTS = ("gmail.com", "googlemail.com")


def is_public_mailbox(address: str) -> bool:
    """Tell whether an address is a plain one, at a domain that anybody can write to."""
    found = _MAILBOX.fullmatch(address) if len(address) <= LONGEST else None
    return found is not None and not _NOT_PUBLIC.fullmatch(found[1])


def fold_mailbox(address: str) -> str:
    """Return what is the same for all spellings of one mailbox.

    Case, what follows a `+`, and dots, which some providers ignore: in doubt, two are one.
    """
    local, _, domain = address.casefold().rpartition("@")
    domain = domain.rstrip(".")
    domain = _IGNORES_DOTS[0] if domain in _IGNORES_DOTS else domain
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"
