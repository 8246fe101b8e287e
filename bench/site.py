"""Serve the pages from memory, in a process of its own: ``python -m bench.site``.

Every mode is a port: ``tagged`` answers 304 to a known ETag, ``plain`` has no ETag, ``noisy``
differs in its raw bytes at every request, ``edited`` has some words changed, and ``large`` and
``large_plain`` serve the enlarged set. ``large_rest`` serves it without ETags and tells by REST and
site maps what was modified; ``large_rest_edited`` is the same with some words changed. Prints one
JSON document once all of them answer.
"""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.modes import LARGE
from bench.noise import Noise
from bench.pages import PageSet, Report, edited, enlarged, load_pages
from bench.serving import NOT_FOUND, Port, Reply, hints, serve
from deployments.sample_site.wordpress import Post
from scrapers.fetch.response import entity_tag, names_tag

EDITS = 20
RELEASED = datetime(2024, 8, 12, 10, tzinfo=UTC)
"""When every page of a REST collection was made; each was modified some seconds after another."""
AMENDED = datetime(2025, 1, 10, 10, tzinfo=UTC)

Render = Callable[[Report], bytes]


class _Pages:
    """The index pages and the reports, each as a mode shows it."""

    def __init__(
        self, pages: PageSet, render: Render, *, is_tagged: bool = False, posts: Sequence[Post] = ()
    ) -> None:
        self._pages = pages
        self._render = render
        self._is_tagged = is_tagged
        self._posts = posts

    def reply(self, path: str, query: str, known_tag: str) -> Reply:
        if path in self._pages.listings:
            return Reply(200, self._pages.listings[path])
        if report := self._pages.by_path.get(path):
            return self._page(self._render(report), known_tag)
        return hints(self._posts, path, query) if self._posts else NOT_FOUND

    def _page(self, body: bytes, known_tag: str) -> Reply:
        if not self._is_tagged:
            return Reply(200, body)
        headers = {"ETag": entity_tag(body)}
        is_known = names_tag(known_tag, headers["ETag"])
        return Reply(304, headers=headers) if is_known else Reply(200, body, headers=headers)

    def now(self) -> None:
        return None


def edited_pages(pages: PageSet) -> dict[str, bytes]:
    """Return the pages with a changed word, by path: twenty, or a fifth of a small set."""
    count = max(1, min(EDITS, len(pages.reports) // 5))
    step = len(pages.reports) // count
    chosen = pages.reports[: count * step : step]
    return {each.path: edited(each) for each in chosen}


def _posts(pages: PageSet, changed: Mapping[str, bytes]) -> tuple[Post, ...]:
    """Return the reports as WordPress knows them; changed pages were modified last."""
    return tuple(
        Post(
            number,
            each.url,
            each.label,
            RELEASED,
            (AMENDED if each.path in changed else RELEASED) + timedelta(seconds=number),
        )
        for number, each in enumerate(pages.reports, 1)
    )


def _sites(pages: PageSet, large: int) -> tuple[dict[str, Port], dict[str, Any]]:
    changed, more = edited_pages(pages), enlarged(pages, large)
    amended = edited_pages(more)
    noise = Noise()
    sites = {
        "tagged": _Pages(pages, Report.page, is_tagged=True),
        "plain": _Pages(pages, Report.page),
        "noisy": _Pages(pages, lambda report: noise.over(report.page())),
        "edited": _Pages(pages, _with(changed)),
        "large": _Pages(more, Report.page, is_tagged=True),
        "large_plain": _Pages(more, Report.page),
        "large_rest": _Pages(more, Report.page, posts=_posts(more, {})),
        "large_rest_edited": _Pages(more, _with(amended), posts=_posts(more, amended)),
    }
    ports = {name: Port(site) for name, site in sites.items()}
    return ports, {
        "origins": {name: port.origin for name, port in ports.items()},
        "editions": pages.editions,
        "large_editions": more.editions,
        "pages": len(pages.reports),
        "edits": len(changed),
        "large": len(more.reports),
        "large_edits": len(amended),
        "first_url": pages.reports[0].url,
        "bytes": sum(len(each.page()) for each in pages.reports),
    }


def _with(changed: Mapping[str, bytes]) -> Render:
    return lambda report: changed.get(report.path) or report.page()


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m bench.site", description=__doc__)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--pages", type=int, default=0)
    parser.add_argument("--large", type=int, default=LARGE)
    chosen = parser.parse_args(arguments)
    ports, told = _sites(load_pages(chosen.corpus, chosen.pages), chosen.large)
    serve(list(ports.values()))
    print(json.dumps(told), flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
