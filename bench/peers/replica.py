"""Serve a small publisher through thirty rounds: ``python -m bench.peers.replica``.

Each program has a port of its own and goes through the rounds at its own pace: ``/-/round/3``
moves its port there. What a port answers follows from the plan (round and page), never from what
was asked before; only the noise around the reports differs at every request. Prints one JSON
document once all ports answer.
"""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from bench.modes import ROUND_PATH, SOURCE
from bench.noise import Noise
from bench.pages import PageSet, load_pages
from bench.peers.changes import edited, framed
from bench.peers.plan import FIRST_DAY, PAGES, ROUNDS, Plan, Trouble, day_of, make_plan
from bench.serving import Port, Reply, hints, serve
from deployments.replay import plain_list
from deployments.sample_site.wordpress import Post
from scrapers.registry import source_named
from scrapers.source import Link, Source

_KEPT = 96
"""Pages kept as rendered; one is some 300 KB."""
_OTHERS = 20
"""Reports of other families in the REST collection, one of them modified each round."""

_HOME = b"""<!doctype html><html lang="en-US"><head><meta charset="UTF-8"><title>Home</title></head>
<body><main><h1>Welcome</h1><p>News, visits and statements of the department.</p></main>
</body></html>"""
_DIFFICULTIES = b"""<!doctype html><html lang="en-US"><head><meta charset="UTF-8">
<title>Technical Difficulties</title></head><body><h1>Technical Difficulties</h1>
<p>We are experiencing technical difficulties. Please try again later.</p></body></html>"""
_ROBOTS = b"User-agent: *\nDisallow: /wp-admin/\n"
_REFUSED = b"<html><head><title>%d</title></head><body><h1>%s</h1></body></html>"
_ANSWERS = {
    Trouble.DIFFICULTIES: Reply(200, _DIFFICULTIES),
    Trouble.FORBIDDEN: Reply(403, _REFUSED % (403, b"Forbidden")),
    Trouble.TOO_MANY: Reply(
        429, _REFUSED % (429, b"Too Many Requests"), headers={"Retry-After": "1"}
    ),
    Trouble.UNAVAILABLE: Reply(503, _REFUSED % (503, b"Service Unavailable")),
    Trouble.HOME: Reply(302, headers={"Location": "/"}),
    Trouble.EMPTY: Reply(200),
}


class Publisher:
    """The pages and what happens to them, the same for every port."""

    def __init__(self, pages: PageSet, plan: Plan) -> None:
        self._pages = pages
        self.plan = plan
        self.numbers = {each.path: number for number, each in enumerate(pages.reports)}
        self.page = lru_cache(_KEPT)(self._page)

    @cached_property
    def fixed(self) -> dict[str, Reply]:
        """What is the same in every round: index pages, the collection, home, robots.txt."""
        source: Source = source_named(SOURCE)
        indexes = [Link(source.index_url(each), each) for each in self._pages.editions]
        collection = plain_list(source.family, indexes)
        return {
            **{path: Reply(200, body) for path, body in self._pages.listings.items()},
            urlsplit(source.collection_url).path: Reply(200, collection),
            "/": Reply(200, _HOME),
            "/robots.txt": Reply(200, _ROBOTS, "text/plain"),
        }

    def _page(self, number: int, edits: int, frames: int) -> bytes:
        """Return a page after so many of its edits and of the changes around all pages."""
        body = self._pages.reports[number].page()
        for edit in self.plan.edits_of(number, self.plan.rounds)[:edits]:
            body = edited(body, edit, self.plan.edits.index(edit))
        for order, frame in enumerate(self.plan.frames(self.plan.rounds)[:frames]):
            body = framed(body, frame, order)
        return body

    def posts(self, round_: int) -> tuple[Post, ...]:
        """Return the reports as WordPress knows them in a round, other families' among them."""
        ours = (
            Post(
                number,
                each.url,
                f"{each.edition} {each.label}",
                _made(number),
                self.plan.modified(number, round_),
            )
            for number, each in enumerate(self._pages.reports)
        )
        return (*ours, *_others(len(self._pages.reports), round_))


def _made(number: int) -> datetime:
    return FIRST_DAY - timedelta(days=400 + number)


def _others(first: int, round_: int) -> tuple[Post, ...]:
    """Return reports of another family, one of which is modified each round."""
    path = "https://www.state.gov/reports/2023-report-on-international-religious-freedom/"
    return tuple(
        Post(
            first + number,
            f"{path}district-{number}/",
            f"District {number}",
            _made(number),
            day_of(max([n for n in range(round_ + 1) if n % _OTHERS == number], default=-1))
            + timedelta(minutes=number),
        )
        for number in range(_OTHERS)
    )


class Stage:
    """What one port shows: the publisher in the round that this port has come to."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._round = 0
        self._noise = Noise()

    def reply(self, path: str, query: str, known_tag: str) -> Reply:  # noqa: ARG002 - no tags here
        """Return the answer for a path; ``/-/round/N`` moves to another round."""
        if path.startswith(ROUND_PATH):
            self._round = int(path.removeprefix(ROUND_PATH))
            return Reply(204)
        publisher = self._publisher
        if path in publisher.fixed:
            return publisher.fixed[path]
        number = publisher.numbers.get(path)
        if number is None:
            return hints(publisher.posts(self._round), path, query)
        if trouble := publisher.plan.troubles.get((self._round, number)):
            return _ANSWERS[trouble]
        return Reply(200, self._noise.over(self._shown(number)))

    def _shown(self, number: int) -> bytes:
        plan = self._publisher.plan
        edits = len(plan.edits_of(number, self._round))
        return self._publisher.page(number, edits, len(plan.frames(self._round)))

    def now(self) -> datetime:
        """Return the evening of the round's day, after all that happens on it."""
        return day_of(self._round) + timedelta(hours=8)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers.replica", description=__doc__)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--ports", type=int, default=1, help="how many programs will look")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args(arguments)
    pages = load_pages(chosen.corpus, chosen.pages)
    publisher = Publisher(pages, make_plan(len(pages.reports), chosen.rounds))
    ports = [Port(Stage(publisher)) for _ in range(chosen.ports)]
    serve(ports)
    told = {
        "origins": [port.origin for port in ports],
        "editions": pages.editions,
        "paths": [each.path for each in pages.reports],
        "rounds": chosen.rounds,
        "mean_kb": round(
            sum(len(each.page()) for each in pages.reports) / len(pages.reports) / 1024
        ),
    }
    print(json.dumps(told), flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
