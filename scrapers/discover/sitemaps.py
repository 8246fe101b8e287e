"""Ask a site's XML site maps what was modified (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from scrapers.discover.hints import (
    GONE,
    MOST_PAGES,
    HintKind,
    Hints,
    HintsAbsent,
    HintsFailed,
    moment_token,
    own_address,
)
from scrapers.source import Source

if TYPE_CHECKING:  # who plans what to ask opens no connection
    from scrapers.fetch.gate import FetchGate


def ask_site_maps(gate: FetchGate, source: Source) -> Hints:
    """Return when the site maps say that each page was modified.

    Raises HintsAbsent, HintsFailed and what the gate raises.
    """
    if not source.sitemap_url:
        raise HintsAbsent("the source names no site map")
    first = _map_at(gate, source.sitemap_url)
    maps = [source.sitemap_url, *(each for each in first.maps if source.owns(each))]
    found = dict(first.modified)
    for url in maps[1:MOST_PAGES]:
        found.update(_map_at(gate, url).modified)
    own = {own_address(url, gate, source): moment for url, moment in found.items()}
    own.pop("", None)
    if not own:
        raise HintsAbsent("the site map names no page with its modification")
    return Hints(HintKind.SITEMAP, own, is_whole=len(maps) <= MOST_PAGES, total=len(own))


@dataclass
class _Map:
    """One site map: further ones that it names, and when the pages on it were modified."""

    maps: list[str] = field(default_factory=list)
    modified: dict[str, str] = field(default_factory=dict)


def _map_at(gate: FetchGate, url: str) -> _Map:
    answer = gate.get(url)
    if answer.status in GONE:
        raise HintsAbsent(f"the site map answers with status {answer.status}")
    if answer.status != 200:
        raise HintsFailed(f"the site map answers with status {answer.status}")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(answer.body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise HintsFailed("the site map is not XML") from None
    found = _Map()
    for entry in root.iterfind("{*}sitemap"):
        named = _text(entry, "loc")
        if "report" in named.rpartition("/")[2]:  # an index names posts, events and so on as well
            found.maps.append(gate.publishers_address(named, url))
    for entry in root.iterfind("{*}url"):
        if moment := _text(entry, "lastmod"):
            found.modified[_text(entry, "loc")] = moment_token(moment)
    return found


def _text(entry: etree._Element, name: str) -> str:
    return (entry.findtext(f"{{*}}{name}") or "").strip()
