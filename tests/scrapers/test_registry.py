"""What every source promises, however it reads its pages."""

from __future__ import annotations

import pytest

from scrapers.registry import UnknownSource, all_sources, short_name, source_named
from scrapers.source import Source

SOURCES = pytest.mark.parametrize("source", all_sources().values(), ids=all_sources().keys())


def test_sources_are_found_by_name_in_order() -> None:
    assert "us-state-hrr" in all_sources()
    assert list(all_sources()) == sorted(all_sources())
    assert source_named("us-state-hrr") is all_sources()["us-state-hrr"]


def test_unknown_source_is_told_the_names_there_are() -> None:
    with pytest.raises(UnknownSource, match=r"no source 'nothing'; there are: .*us-state-hrr"):
        source_named("nothing")


@SOURCES
def test_its_own_addresses_are_its_own(source: Source) -> None:
    assert len(source.editions) >= 1
    for edition in source.editions:
        assert source.owns(source.index_url(edition))
        assert source.edition_of(source.index_url(edition)) == edition
    assert source.owns(source.collection_url)
    assert not source.owns("https://elsewhere.example/")


@SOURCES
def test_editions_are_oldest_first_and_followed_by_the_next(source: Source) -> None:
    assert list(source.editions) == sorted(source.editions)
    following = source.next_edition(source.editions[-1])
    if following:
        assert following > source.editions[-1]
    else:  # a family that is kept up to date in place has one edition for good
        assert len(source.editions) == 1


@SOURCES
def test_empty_pages_are_read_as_nothing(source: Source) -> None:
    for body in (b"", b" ", b"<html></html>", b"{}", b"[1]", b'{"details": 5, "links": [1]}'):
        page = source.read(body, "")
        assert (page.reports, page.undecided) == ((), ())
        assert source.region(body) == b""
        assert source.page_url(body) == ""


def test_every_source_has_a_short_name_of_its_own() -> None:
    names = {name: short_name(name) for name in all_sources()}
    assert len(names) >= 4
    assert len(set(names.values())) == len(names)
    assert all(0 < len(each) <= 24 for each in names.values())
    assert short_name("gone-source") == "gone-source"
