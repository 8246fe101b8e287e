"""Issues of two lists: matched by topic and meaning, whatever the wording of the year."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.bounded import bounded
from reports.compare.issues import IssueChanges, match_issues, pair_issues
from reports.model.reading import Issue, IssueList, IssueStatus
from reports.topics.classify import topics_of


def listed(*texts: str) -> IssueList:
    return IssueList(IssueStatus.LISTED, tuple(Issue(text, topics_of(text)) for text in texts))


def told(changes: IssueChanges) -> dict[str, list[str]]:
    """Write every issue under its fate: "old -> new", parts joined by " & "."""
    fates: dict[str, list[str]] = {}
    for fate in ("kept", "reworded", "split", "merged"):
        for each in getattr(changes, fate):
            sides = (" & ".join(i.text for i in side) for side in (each.before, each.after))
            fates.setdefault(fate, []).append(" -> ".join(sides))
    for fate in ("added", "dropped"):
        if found := getattr(changes, fate):
            fates[fate] = [issue.text for issue in found]
    return fates


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            ["Torture.", "corruption"], ["corruption", "torture"],
            {"kept": ["Torture. -> torture", "corruption -> corruption"]},
            id="order, capitals and end marks are no rewording",
        ),
        pytest.param(
            ["arbitrary arrest and detention"], ["arbitrary arrest or detention"],
            {"reworded": ["arbitrary arrest and detention -> arbitrary arrest or detention"]},
            id="a conjunction",
        ),
        pytest.param(
            ["serious restrictions on internet freedom"], ["restrictions on internet freedom"],
            {"reworded": [
                "serious restrictions on internet freedom -> restrictions on internet freedom"
            ]},
            id="a word of degree",
        ),
        pytest.param(
            ["restrictions on free expression, the press, and the internet"],
            ["serious restrictions on free expression and media", "restrictions on internet use"],
            {"split": [
                "restrictions on free expression, the press, and the internet -> "
                "serious restrictions on free expression and media & restrictions on internet use"
            ]},
            id="one becomes two, each with a topic of its own",
        ),
        pytest.param(
            ["unlawful killings by police", "forced disappearances by police"],
            ["unlawful killings and forced disappearances by police"],
            {"merged": [
                "unlawful killings by police & forced disappearances by police -> "
                "unlawful killings and forced disappearances by police"
            ]},
            id="two become one",
        ),
        pytest.param(
            ["transnational repression against individuals in another country"],
            [
                "transnational repression against individuals in another country",
                "cooperation with another country to carry out transnational repression",
            ],
            {
                "kept": ["transnational repression against individuals in another country -> "
                         "transnational repression against individuals in another country"],
                "added": ["cooperation with another country to carry out transnational repression"],
            },
            id="an issue beside a kept one of its topic is new, no part of it",
        ),
        pytest.param(
            ["significant restrictions on workers' freedom of association"],
            ["violence against union members"],
            {"added": ["violence against union members"],
             "dropped": ["significant restrictions on workers' freedom of association"]},
            id="a topic in common alone is no rewording",
        ),
        pytest.param(
            ["torture", "torture"], ["torture"],
            {"kept": ["torture -> torture"], "dropped": ["torture"]},
            id="an issue listed twice and then once",
        ),
        pytest.param([], ["torture"], {"added": ["torture"]}, id="from none"),
        pytest.param(["torture"], [], {"dropped": ["torture"]}, id="to none"),
    ],
)  # fmt: skip
def test_what_became_of_issues_between_editions(before, after, expected):
    assert told(match_issues(listed(*before), listed(*after))) == expected


def test_within_an_edition_issues_are_matched_one_to_one():
    before = listed("restrictions on free expression, the press, and the internet")
    after = listed("restrictions on free expression and the press", "restrictions on internet use")
    changes = pair_issues(before, after)
    assert not changes.split
    assert [each.after[0].text for each in changes.reworded] == [
        "restrictions on free expression and the press"
    ]
    assert [issue.text for issue in changes.added] == ["restrictions on internet use"]


@pytest.mark.parametrize("side", [0, 1])
def test_nothing_is_said_of_issues_where_a_list_could_not_be_read(side):
    lists = [listed("torture"), listed("exile")]
    lists[side] = IssueList(IssueStatus.UNPARSED)
    changes = match_issues(*lists)
    assert not changes.is_known
    assert told(changes) == {}


ISSUES = st.lists(
    st.sampled_from(
        [
            "torture",
            "torture by police",
            "arbitrary arrest and detention",
            "arbitrary arrest",
            "restrictions on free expression, the press, and the internet",
            "internet censorship",
            "corruption",
            "serious acts of corruption",
            "what no taxonomy knows",
            "...",
        ]
    ),
    max_size=8,
)


@given(ISSUES, ISSUES)
def test_every_issue_has_exactly_one_fate(before, after):
    changes = match_issues(listed(*before), listed(*after))
    old = [issue.text for each in changes.matched for issue in each.before]
    new = [issue.text for each in changes.matched for issue in each.after]
    assert sorted(old + [issue.text for issue in changes.dropped]) == sorted(before)
    assert sorted(new + [issue.text for issue in changes.added]) == sorted(after)
    fates = (changes.kept, changes.reworded, changes.split, changes.merged)
    assert sum(map(len, fates)) == len(changes.matched)


@given(ISSUES)
def test_a_list_is_kept_whole_against_itself(texts):
    assert set(told(match_issues(listed(*texts), listed(*texts)))) <= {"kept"}


def test_hostile_lists_are_bounded():
    old = listed(*(f"torture number {n} in town {n}" for n in range(3000)))
    new = listed(*(f"torture case {n} in village {n}" for n in range(3000)))
    with bounded():
        changes = match_issues(old, new)
    assert len(changes.dropped) == 3000
