"""Mails as people see them: light and dark, wide and on a small phone, without a serious fault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe import serious_faults
from browsing import keep, open_browser
from desk import NOW, Desk
from every_kind import alike, every_kind, left, reworded
from playwright.sync_api import Browser
from test_every_kind import sent

from alerts.letters import canary, compose_letter, confirmation, set_aside_notice, still_wanted
from alerts.operator_mail import compose_alarms
from reports.watch.alarm import Alarm


def mails(desk: Desk) -> dict[str, str]:
    """Return the HTML of a mail of every kind."""
    kinds = every_kind(desk)
    link = "https://watch.example/confirm?token=" + "a" * 64
    alarm = Alarm(
        id=7,
        source="sample-hrr",
        kind="held_back",
        subject="sample-hrr",
        text="5 pages held back (2024: 5).",
        examples=("sample-hrr/2024/XAB",),
        remedy="`reportwatch review` lists them.",
        raised_at=NOW - timedelta(hours=2),
        seen_at=NOW,
    )
    letters = {
        "confirmation": confirmation("messages about Zembla, every day", link, 7),
        "still-wanted": still_wanted(link, 30),
        "set-aside": set_aside_notice("https://hooks.example", "it answers 410 Gone"),
        "canary": canary("4711"),
    }
    many = [*alike(desk, 25), reworded(desk), left(desk), kinds["removed"]]
    return {
        **{name.replace(" ", "-"): sent(desk, kinds[name]).html for name in kinds},
        "digest": sent(desk, *many[20:]).html,
        "mass": sent(desk, *many, is_mass=True).html,
        "alarms": compose_alarms(
            [alarm], [alarm], public_url="https://w.example", short_names={}, now=NOW
        ).html,
        **{name: compose_letter(letter, NOW).html for name, letter in letters.items()},
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


SHOWN = mails(Desk())
FEW = ("an-issue-gone,-one-reworded", "mass", "confirmation")
"""Mails for the suite; the slow tier looks at every one."""


@pytest.mark.parametrize(
    ("width", "scheme", "names"),
    [
        (320, "dark", FEW),
        *(
            pytest.param(width, scheme, tuple(SHOWN), marks=pytest.mark.slow)
            for width in (320, 700)
            for scheme in ("light", "dark")
        ),
    ],
    ids=lambda value: f"{len(value)} mails" if isinstance(value, tuple) else None,
)
def test_axe_finds_no_serious_fault_in_any_mail(
    browser: Browser, width: int, scheme: Any, names: tuple[str, ...]
) -> None:
    assert len(SHOWN) >= 33
    page = browser.new_page(viewport={"width": width, "height": 600}, color_scheme=scheme)
    faults: list[str] = []
    for name in names:
        page.set_content(SHOWN[name])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        keep(page, f"mail-{name}-{width}-{scheme}")
        faults += [f"{name}: {each}" for each in serious_faults(page)]
    page.close()
    assert faults == []
