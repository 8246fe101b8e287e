"""Issues of two lists: matched by topic and meaning, whatever the wording of the year."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.bounded import bounded
from reports.compare.issues import IssueChanges, match_issues, pair_issues
from reports.model.reading import Issue, IssueList, IssueStatus, LeadIn
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


POLICE = "involving officers of the Harbor Police"
REBELS = "committed by the Dawn Front"
HELD = "in areas held by the Dawn Front"


def lists(*about: tuple[str, list[str]], status: IssueStatus = IssueStatus.LISTED) -> IssueList:
    """Return several lists of one summary, each with the words that bound it."""
    leads = tuple(
        LeadIn(f"Issues {scope} included", n, 0, scope) for n, (scope, _) in enumerate(about)
    )
    items = [
        Issue(text, topics_of(text), lead=n) for n, (_, texts) in enumerate(about) for text in texts
    ]
    return IssueList(status, tuple(items), leads)


def said_of(changes: IssueChanges) -> dict[str, object]:
    """Write what became of issues, lists that one side lacks and issues without a counterpart."""
    fates: dict[str, object] = dict(told(changes))
    for fate in ("lists_added", "lists_dropped"):
        if found := getattr(changes, fate):
            fates[fate] = {each.about: [issue.text for issue in each.issues] for each in found}
    for fate in ("unmatched_before", "unmatched_after"):
        if found := getattr(changes, fate):
            fates[fate] = [issue.text for issue in found]
    return fates


SCOPES = {
    "the same actor is matched, and its list says what is gone": (
        [(POLICE, ["torture", "exile"])], [(POLICE, ["torture"])],
        {"kept": ["torture -> torture"], "dropped": ["exile"]},
    ),
    "an actor is the same in other framing words": (
        [(REBELS, ["torture"])], [("with respect to the Dawn Front", ["torture"])],
        {"kept": ["torture -> torture"]},
    ),
    "an actor is the same with other examples of it, and beside brackets": (
        [("Armed groups, such as the Dawn Front", ["torture"])],
        [("armed groups (four of them) including the River League", ["torture"])],
        {"kept": ["torture -> torture"]},
    ),
    "areas of which nothing but the example is named are told by it": (
        [("in areas such as the North", ["exile"])], [("in areas such as the South", ["exile"])],
        {"lists_dropped": {"in areas such as the North": ["exile"]},
         "lists_added": {"in areas such as the South": ["exile"]}},
    ),
    "each actor's issues go to its own, in any order": (
        [(POLICE, ["torture"]), (REBELS, ["torture"])], [(REBELS, ["torture"]), (POLICE, [])],
        {"kept": ["torture -> torture"], "lists_dropped": {POLICE: ["torture"]}},
    ),
    "another actor is never matched, not even in the same words": (
        [(POLICE, ["torture", "exile"])], [(REBELS, ["torture"])],
        {"lists_dropped": {POLICE: ["torture", "exile"]}, "lists_added": {REBELS: ["torture"]}},
    ),
    "what an actor does is not what happens in its area": (
        [(REBELS, ["torture"])], [(HELD, ["torture"])],
        {"lists_dropped": {REBELS: ["torture"]}, "lists_added": {HELD: ["torture"]}},
    ),
    "an area beside a longer name of it is another one": (
        [("in the North", ["exile"])], [("in the Northeast", ["exile"])],
        {"lists_dropped": {"in the North": ["exile"]},
         "lists_added": {"in the Northeast": ["exile"]}},
    ),
    "areas that are not held by somebody are others": (
        [(HELD, ["exile"])], [(HELD.replace("held", "not held"), ["exile"])],
        {"lists_dropped": {HELD: ["exile"]},
         "lists_added": {HELD.replace("held", "not held"): ["exile"]}},
    ),
    "a general list is matched with a general one alone": (
        [("", ["torture"]), (POLICE, ["exile"])], [("", ["torture", "exile"])],
        {"kept": ["torture -> torture"], "added": ["exile"], "lists_dropped": {POLICE: ["exile"]}},
    ),
    "a general list is missing where only actors have lists": (
        [("", ["torture"])], [(POLICE, ["torture"])],
        {"lists_dropped": {"": ["torture"]}, "lists_added": {POLICE: ["torture"]}},
    ),
    "where nothing is listed any more, an actor's list is gone as one": (
        [("", ["exile"]), (POLICE, ["torture"])], [],
        {"dropped": ["exile"], "lists_dropped": {POLICE: ["torture"]}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), SCOPES.values(), ids=SCOPES)
def test_issues_are_matched_within_their_scope(before, after, expected):
    assert said_of(match_issues(lists(*before), lists(*after))) == expected


def test_parts_of_an_issue_are_looked_for_within_its_scope():
    whole = "restrictions on free expression, the press, and the internet"
    part = "restrictions on internet use"
    rest = "serious restrictions on free expression and media"
    changes = match_issues(lists((POLICE, [whole])), lists((POLICE, [rest]), (REBELS, [part])))
    assert said_of(changes) == {
        "reworded": [f"{whole} -> {rest}"], "lists_added": {REBELS: [part]}
    }  # fmt: skip


def test_a_group_is_a_scope_of_its_own():
    old = Issue("torture", group="With respect to the Harbor Police:")
    new = Issue("torture", group="With respect to the Dawn Front:")
    changes = match_issues(*(IssueList(IssueStatus.LISTED, (each,)) for each in (old, new)))
    assert not changes.matched
    assert [each.about for each in changes.lists_dropped] == [old.group]


@pytest.mark.parametrize("match", [match_issues, pair_issues])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (IssueStatus.PARTIAL, IssueStatus.LISTED),
        (IssueStatus.LISTED, IssueStatus.PARTIAL),
        (IssueStatus.PARTIAL, IssueStatus.PARTIAL),
    ],
)
@pytest.mark.parametrize("other", [POLICE, REBELS])
def test_nothing_is_gone_or_new_beside_a_list_that_was_not_read_whole(match, old, new, other):
    before = lists((POLICE, ["torture", "exile"]), status=old)
    after = lists((other, ["torture", "child labor"]), status=new)
    changes = match(before, after)
    assert changes.is_known
    assert not (changes.only_before or changes.only_after)
    is_same = other == POLICE
    shared = [] if is_same else ["torture"]
    assert [issue.text for issue in changes.unmatched_before] == [*shared, "exile"]
    assert [issue.text for issue in changes.unmatched_after] == [*shared, "child labor"]
    assert len(changes.kept) == is_same


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
