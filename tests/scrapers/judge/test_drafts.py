"""Drafts and samples in a listing: they stand back behind a place's own page, and only then."""

from __future__ import annotations

import pytest

from deployments.replay import plain_list
from scrapers.judge.drafts import is_draft, is_sample
from scrapers.registry import source_named
from scrapers.source import Link

SOURCE = source_named("us-state-hrr")
INDEX = SOURCE.index_url("2022")


@pytest.mark.parametrize(
    ("slug", "draft", "sample"),
    [
        ("2022samplehrrwha/dominica", True, True),
        ("sample-dominica", True, True),
        ("dominica__trashed", True, False),
        ("dominica__trashed-2", True, False),
        ("__trashed", True, False),
        ("dominica-draft", True, False),
        ("draft/dominica", True, False),
        ("dominica-draft2", True, False),
        ("dominica-copy", True, False),
        ("dominica", False, False),
        ("malaysia-2", False, False),
        ("draftland", False, False),
        ("", False, False),
    ],
)
def test_draft_is_told_by_its_slug(slug: str, draft: bool, sample: bool) -> None:
    assert (is_draft(slug), is_sample(slug)) == (draft, sample)


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        # beside the place's own page a draft is none, in whatever order they are listed
        (["dominica/ Dominica", "2022samplehrrwha/dominica/ Dominica"], ["dominica/"]),
        (["2022samplehrrwha/dominica/ Dominica", "dominica/ Dominica"], ["dominica/"]),
        (["2022samplehrrwha/ Dominica", "dominica/ Dominica"], ["dominica/"]),
        (["burma-draft/ Burma", "burma/ Burma"], ["burma/"]),
        (["romania__trashed/ Romania", "romania/ Romania"], ["romania/"]),
        # the label decides which place a link stands for
        (
            ["dominica/ Dominica", "2022samplehrrwha/dominica/ Grenada"],
            ["dominica/", "2022samplehrrwha/dominica/"],
        ),
        # alone it is the report
        (
            ["2022samplehrrwha/trinidad-and-tobago/ Trinidad and Tobago", "chad/ Chad"],
            ["2022samplehrrwha/trinidad-and-tobago/", "chad/"],
        ),
        (["romania__trashed/ Romania", "chad/ Chad"], ["romania__trashed/", "chad/"]),
        # an area's page is not its country's
        (
            ["china-draft/ China", "china/tibet/ Tibet"],
            ["china-draft/", "china/tibet/"],
        ),
        # what names no place is for the reader to decide
        (["2022samplehrrwha/ Sample", "dominica/ Dominica"], ["2022samplehrrwha/", "dominica/"]),
    ],
)
def test_index_lists_a_place_by_its_own_page(listed: list[str], kept: list[str]) -> None:
    links = tuple(
        Link(INDEX + slug, label) for slug, _, label in (e.partition(" ") for e in listed)
    )
    body = plain_list("2022", links)
    assert [each.url.removeprefix(INDEX) for each in SOURCE.read_index(body, "2022")] == kept


def test_burundi_of_2018_stands_at_an_address_that_names_nothing() -> None:
    index = SOURCE.index_url("2018")
    links = (Link(f"{index}__trashed/", "Burundi"), Link(f"{index}chad/", "Chad"))
    assert SOURCE.read_index(plain_list("2018", links), "2018") == links
