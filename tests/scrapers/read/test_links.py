"""Which links are read of a listing: of a page, and of a set of links in JSON."""

from __future__ import annotations

import json
import tracemalloc
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.replay import plain_list
from scrapers.read.links import LONGEST_LABEL, MOST_TAGS, links_on
from scrapers.source import Link, Source

BASE = "https://www.example.org/reports/2024/"


def test_links_of_a_page_are_absolute_and_keep_their_order() -> None:
    body = b"""<nav><select><option value="chad/"> Chad\n</option><option value=""></select></nav>
    <a href="/reports/2024/fiji/#top">Fi<b>ji</b></a> <a>none</a> <a href="http://[">broken</a>"""
    assert list(links_on(body, BASE)) == [
        (f"{BASE}chad/", "Chad"),
        (f"{BASE}", ""),
        (f"{BASE}fiji/", "Fi ji"),
        (f"{BASE}", "none"),
    ]


@pytest.mark.parametrize(
    ("html", "labels"),
    [
        ("<a href=/x>one<a href=/y>two</a>", ["one", "two"]),
        ("<a href=/x>one <option value=/y>two</a>three", ["one two", "two"]),
        ("<a href=/x>R&amp;D &eacute;t<!-- -->é</a> beside", ["R&D ét é"]),
        ("<a href=/x>a<script>b</script><style>c</style><template>d</template>e</a>", ["a e"]),
        ("<a href=/x>" + " \n" * 5000 + "far</a>", ["far"]),
        ("<a href=/x>" + "w" * 5000 + "</a>", ["w" * LONGEST_LABEL]),
        ("<a href=/x>never closed", ["never closed"]),
    ],
)
def test_a_link_says_what_people_see_between_its_tags(html: str, labels: list[str]) -> None:
    assert [label for _, label in links_on(html.encode(), BASE)] == labels


def test_a_long_listing_is_read_in_little_memory() -> None:
    count = 10_000
    body = b"".join(
        b"<li><a href='/reports/2024/d%d/'>District %d</a>" % (n, n) for n in range(count)
    )
    tracemalloc.start()
    try:
        found = sum(1 for _ in links_on(body, BASE))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == count
    assert peak < 800 * count, f"{peak / count:.0f} bytes a link"


@pytest.mark.parametrize("media_type", ["text/html", "application/json"])
def test_what_replay_lists_is_read_back(media_type: str) -> None:
    links = [Link(f"{BASE}chad/", "Chad & <friends>"), Link(f"{BASE}fiji/", "Fiji")]
    body = plain_list("2024", links, media_type)
    assert list(links_on(body, BASE)) == [(each.url, each.label) for each in links]


SETS = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["linkset", "item", "href", "title"]), inner, max_size=3)
    ),
)


@given(SETS)
def test_no_json_breaks_the_reader(found: object) -> None:
    list(links_on(json.dumps({"linkset": found}).encode(), BASE))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"linkset": 7}', b"{" * 100_000])
def test_what_holds_no_links_has_none(body: bytes) -> None:
    assert list(links_on(body, BASE)) == []


def _edition(url: str) -> str:
    parts = url.split("/")
    return parts[4] if len(parts) > 4 and parts[3] == "reports" else ""


SOURCE = SimpleNamespace(
    collection_url="https://www.example.org/reports/",
    index_url=lambda edition: f"https://www.example.org/reports/{edition}/",
    edition_of=_edition,
    owns=lambda url: url.startswith("https://www.example.org/"),
    links=lambda body, base: Source.links(SOURCE, body, base),  # type: ignore[arg-type]
)


def test_contract_itself_reads_plain_listings() -> None:
    """A source that says nothing of its listings has those read that link its pages."""
    links = [
        Link(BASE, "this page"),
        Link(f"{BASE}chad/", "Chad"),
        Link(f"{BASE}chad", "Chad again"),
        Link(f"{BASE}fiji/", "Fiji"),
        Link("https://www.example.org/reports/2023/chad/", "another edition"),
        Link("https://elsewhere.example/reports/2024/chad/", "another site"),
        Link("https://www.example.org/contact", "no report"),
    ]
    index = plain_list("2024", links)
    assert Source.read_index(SOURCE, index, "2024") == (links[1], links[3])  # type: ignore[arg-type]
    editions = [Link(SOURCE.index_url(each), each) for each in ("2024", "2023")]
    collection = plain_list("Editions", [*editions, *links[1:]])
    assert Source.read_collection(SOURCE, collection) == ("2023", "2024")  # type: ignore[arg-type]


def test_a_listing_of_too_many_tags_gives_no_link() -> None:
    link = b'<a href="/a/">a</a>'
    assert len(list(links_on(link * (MOST_TAGS // 2), BASE))) == MOST_TAGS // 2
    assert list(links_on(link * (MOST_TAGS // 2 + 1), BASE)) == []


def test_a_listing_whose_links_stand_in_each_other_is_read_to_a_depth() -> None:
    nested = b"<div><a href=/a/>"
    assert len(list(links_on(nested * 100 + b"a", BASE))) == 100
    assert list(links_on(nested * 1_000, BASE)) == []


def test_a_label_has_a_length() -> None:
    [(_, label)] = links_on(b'<a href="/a/">' + b"harbour " * 50_000, BASE)
    assert label.startswith("harbour harbour")
    assert len(label) <= LONGEST_LABEL
