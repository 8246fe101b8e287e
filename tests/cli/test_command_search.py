"""The command ``search`` over the sample site, an edit of one report and its reversal."""

from __future__ import annotations

import pytest
from command import reportwatch

pytestmark = pytest.mark.usefixtures("sample")


def test_what_is_found_is_shown_with_its_report_and_marked_in_json() -> None:
    asked = ("search", '"federal gendarmerie" torture', "--edition", "2023", "--summaries")
    ran = reportwatch(*asked, "--json")
    assert ran.code == 0
    (found,) = ran.document["results"]
    assert found["report"] == "sample-hrr/2023/XAG"
    excerpt = found["excerpts"][0]
    marked = {excerpt["text"][slice(*mark)] for mark in excerpt["marks"]}
    assert "Federal Gendarmerie" in marked
    shown = reportwatch(*asked)
    assert "sample-hrr/2023/XAG" in shown.out
    assert "Federal Gendarmerie" in shown.out
    assert "1 passage found" in shown.err


def test_removed_words_are_found_with_where_they_went() -> None:
    asked = ("search", "mistreatment gendarmerie")
    (found,) = reportwatch(*asked, "--removed", "--json").document["results"]
    assert (found["from_version"], found["until_version"]) == (2, 3)
    assert "mistreatment" in reportwatch(*asked, "--removed").out
    assert reportwatch("search", '"mistreatment by members"').code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((" ",), 2, "write one or more words"),
        (("fog", "--as-of", "noon"), 2, "is no time"),
        (("fog", "--as-of", "2025-01-01", "--removed"), 2, "not both"),
        (("fog", "--country", "Atlantis"), 1, "no country known"),
        (("fog", "--source", "nobody"), 1, "nobody"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = reportwatch("search", *arguments)
    assert ran.code == code
    assert said in ran.err
