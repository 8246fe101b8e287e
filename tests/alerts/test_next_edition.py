"""A next edition is told as that: with a redline if it is an edit, else with its own text."""

from __future__ import annotations

import pytest
from desk import SUMMARY, Desk
from test_message import write

from reports.model.values import ChangeKind, NextEdition

ANEW = ("Skippers pay dues to a guild whose clerks count vessels at dawn.",)


@pytest.mark.parametrize(("kept", "is_anew"), [(90, False), (40, False), (39, True), (0, True)])
def test_redline_is_left_out_of_an_edition_written_anew(
    desk: Desk, kept: int, is_anew: bool
) -> None:
    follows = NextEdition("Version 5.0", "Version 6.0", kept)
    mail = write(desk, desk.message(desk.edit(ANEW, follows=follows)))
    text = " ".join(mail.text.split())
    assert "its next edition, Version 6.0, follows Version 5.0: " in mail.subject
    assert f"{kept} % of the words kept" in text
    assert ("written anew" in mail.subject) is is_anew
    assert ("[-" in text) is not is_anew
    assert ANEW[0] in text or not is_anew
    assert ("Both texts: https://watch.example/reports/" in text) is is_anew
    assert (SUMMARY[0] in text) is not is_anew


def test_removal_quotes_what_the_publisher_says(desk: Desk) -> None:
    said = "taken back: “Sent in error”"
    change = desk.change(ChangeKind.REMOVED, before=desk.version(1), notes_added=(said,))
    mail = write(desk, desk.message(change))
    assert f"removed from the publisher's site: {said}" in mail.subject
    assert "The publisher says" in mail.text
    assert "notices added" not in mail.text
