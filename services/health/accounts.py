"""Who else works on this machine: people whose programs reach what listens on loopback."""

from __future__ import annotations

import os
import pwd
from pathlib import PurePath

FIRST_PERSON = 1000
NOBODY = 65534
NO_LOGIN = frozenset({"nologin", "false", "sync", "shutdown", "halt"})


def other_people() -> list[str]:
    """Return the names of the accounts of people other than ours, as the system lists them."""
    return sorted(
        each.pw_name
        for each in pwd.getpwall()
        if each.pw_uid >= FIRST_PERSON
        and each.pw_uid not in (NOBODY, os.geteuid())
        and PurePath(each.pw_shell).name not in NO_LOGIN
    )
