"""Families whose summaries list no human rights issues: nothing is said of issues, nor guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.model.reading import NO_LISTS, IssueStatus
from scrapers.registry import source_named
from scrapers.sources.us_state_hrr import UsStateHumanRights

EXAMPLES = Path(__file__).parents[1] / "examples" / "us-state-hrr"


class _WithoutLists(UsStateHumanRights):
    """The same pages, taken for those of a family without lists."""

    has_issue_lists = False


SAID = (
    "Significant human rights issues included: fog. There were no significant changes in the human"
    " rights situation in Iceland. The government took credible steps to punish officials."
)
UNNAMED = f"Iceland\nEXECUTIVE SUMMARY\n{SAID} It rained in Iceland in 2020.\n"


@pytest.mark.parametrize(
    "said", [SAID, "There were no reports of significant human rights abuses in Iceland."]
)
def test_neither_issues_nor_their_absence_are_read(said: str) -> None:
    body = (EXAMPLES / "plain-2021.html").read_bytes()
    body = body.replace(b"All lamps were lit.", f"All lamps were lit. {said}".encode())
    [found] = _WithoutLists().read(body, "").reports
    [listed] = UsStateHumanRights().read(body, "").reports
    assert found.reading.issues == NO_LISTS
    assert found.reading.issues.status is IssueStatus.UNPARSED
    assert found.reading.facts == ()
    assert found.reading.words_sha256 == listed.reading.words_sha256


def test_no_edition_is_guessed_from_the_wording_of_another_family() -> None:
    [known] = UsStateHumanRights().read_text(UNNAMED, "").undecided
    [other] = _WithoutLists().read_text(UNNAMED, "").undecided
    assert known.edition
    assert other.edition == ""
    assert "no edition can be inferred: the latest year it names is 2020" in other.why
    assert other.reading.issues == NO_LISTS


def test_human_rights_reports_have_lists() -> None:
    assert source_named("us-state-hrr").has_issue_lists
