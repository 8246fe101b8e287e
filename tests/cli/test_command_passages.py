"""`subscribe --quote` and `--quotes`: what is watched, and what is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import reportwatch

from services.notify.passages import LARGEST_LIST, LONGEST_QUOTE, MOST_PASSAGES

NAME = "sample-hrr/2023/XAG"
QUOTE = "credible reports of: arbitrary or unlawful killings"
ANN = "ann@law.example"

pytestmark = pytest.mark.usefixtures("sample")


def held() -> list[dict[str, object]]:
    rows = json.loads(reportwatch("subscribers", "--json").out)
    return [each["passage"] for each in rows if each["address"] == ANN]


def test_a_passage_is_watched_and_listed() -> None:
    ran = reportwatch("subscribe", ANN, "--quote", QUOTE, "--report", NAME, "--note", "Case 12")
    assert ran.code == 0
    assert "what becomes of “credible reports of" in ran.out
    assert "as cited, in version 3" in ran.err
    assert "credible reports of" in reportwatch("subscribers").out
    (passage,) = held()
    assert passage == {
        "report": NAME,
        "version": 3,
        "quote": QUOTE,
        "note": "Case 12",
        "still": False,
        "standing": "as cited",
        "words": QUOTE,
        "version_now": 3,
        "gone_in": None,
    }
    again = reportwatch("subscribe", ANN, "--quote", QUOTE, "--report", NAME, "--note", "Case 12")
    assert again.code == 0
    assert len(held()) == 1
    assert reportwatch("unsubscribe", ANN).code == 0
    assert held() == []


def test_words_of_an_earlier_version_alone_are_found_there() -> None:
    words = "mistreatment by members of the Federal Gendarmerie"
    ran = reportwatch("subscribe", ANN, "--quote", words, "--report", NAME, "--json")
    passage = json.loads(ran.out)["passage"]
    assert (passage["version"], passage["standing"]) == (2, "reworded")
    assert passage["words"].startswith("torture or cruel, inhuman")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--quote", "credible reports of unlawful arrests", "--report", NAME), 1, "nearest to it"),
        (("--quote", "torture", "--report", NAME), 1, "at least 2 words"),
        (("--quote", "w " * LONGEST_QUOTE, "--report", NAME), 1, "at most 2,000"),
        (("--quote", QUOTE, "--report", "sample-hrr/2023/XZZ"), 1, "there is no report"),
        (("--quote", QUOTE, "--report", NAME, "--version", "9"), 1, "has no version 9"),
        (("--quote", QUOTE, "--report", NAME, "--country", "XAG"), 1, "watched by itself"),
        (("--quote", QUOTE), 2, "--report"),
        (("--report", NAME), 2, "--quote"),
        (("--still",), 2, "--still goes with"),
        (("--quotes", "nowhere.csv"), 2, "nowhere.csv"),
        (("--quotes", "a.csv", "--unconfirmed"), 2, "vouched"),
    ],
)
def test_what_cannot_be_watched_is_refused(words: tuple[str, ...], code: int, said: str) -> None:
    ran = reportwatch("subscribe", ANN, *words)
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert held() == []


def filed(tmp_path: Path, *lines: str, heading: str = "report,version,quote,note") -> str:
    file = tmp_path / "cited.csv"
    file.write_text("\n".join([heading, *lines]) + "\n", "utf-8")
    return str(file)


def test_a_filed_list_is_watched_line_by_line(tmp_path: Path) -> None:
    file = filed(
        tmp_path,
        f'{NAME},,"{QUOTE}",Case 12',
        f'{NAME},1,"Impunity was the rule\nin all branches",',
        'sample-hrr/2023/XAB,,"observers noted pressure",',
    )
    ran = reportwatch("subscribe", ANN, "--quotes", file, "--every", "day", "--json")
    assert ran.code == 0, ran.err
    added = json.loads(ran.out)["added"]
    assert [each["passage"]["version"] for each in added] == [3, 1, 1]
    assert {each["every"] for each in added} == {"day"}
    assert len(held()) == 3


def test_semicolons_and_other_orders_of_columns_are_read(tmp_path: Path) -> None:
    file = filed(tmp_path, f"{QUOTE};{NAME}", heading="\ufeffQuote;Report")
    assert reportwatch("subscribe", ANN, "--quotes", file).code == 0
    assert len(held()) == 1


@pytest.mark.parametrize(
    ("heading", "lines", "said"),
    [
        ("report,quote", [f"{NAME},{QUOTE}", f"{NAME},nobody ever said this"], "line 3: "),
        (
            "report,quote",
            [f"{NAME},{QUOTE}", "sample-hrr/2023/XZZ,two words"],
            "line 3: there is no",
        ),
        ("report,version,quote", [f"{NAME},last,{QUOTE}"], "line 2: “last” is no number"),
        ("report,quote", [f"{NAME},{QUOTE},more"], "line 2: it has not 2 columns"),
        ("report,quote", [NAME], "line 2: it has not 2 columns"),
        ("report,quote", [f'{NAME},"{QUOTE}'], "no CSV"),
        ("report,words", [f"{NAME},{QUOTE}"], "these are not: words"),
        ("report", [NAME], "report and quote"),
        ("report,quote", [], "no line"),
        ("report,quote", ["a,b"] * (MOST_PASSAGES + 1), f"at most {MOST_PASSAGES} lines"),
        ("report,quote", ["x" * LARGEST_LIST], "at most 1 MB"),
    ],
)
def test_a_list_with_a_fault_is_refused_whole(
    tmp_path: Path, heading: str, lines: list[str], said: str
) -> None:
    ran = reportwatch("subscribe", ANN, "--quotes", filed(tmp_path, *lines, heading=heading))
    assert ran.code == 1
    assert said in ran.err
    assert held() == []


def test_an_address_watches_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notify.passages.MOST_PASSAGES", 1)
    assert reportwatch("subscribe", ANN, "--quote", QUOTE, "--report", NAME).code == 0
    ran = reportwatch("subscribe", ANN, "--quote", "Impunity was the rule", "--report", NAME)
    assert (ran.code, "at most 1 passage" in ran.err) == (1, True)
