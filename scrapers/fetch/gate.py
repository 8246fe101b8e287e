"""The one gate through which every request leaves: polite, bounded, and never into our own house.

``FetchGate.get`` follows the walk of one request: robots, the host's turn, the exchange, retries,
redirects. What may be connected to is decided in ``addresses``, when in ``pace``; one request is
sent in ``exchange``.
"""

from __future__ import annotations

import logging
import random
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from reports.model.captured import Exchange
from reports.text.addresses import join_address, split_address
from scrapers.fetch.addresses import Resolver
from scrapers.fetch.budget import Budget
from scrapers.fetch.connection import our_errors
from scrapers.fetch.errors import (
    BudgetSpent,
    FetchError,
    HostPaused,
    RequestRefused,
    RobotsForbid,
    TooManyRedirects,
    Truncated,
    Unreachable,
    without_query,
)
from scrapers.fetch.exchange import Answer, Exchanges
from scrapers.fetch.pace import LONGEST_REST, Breaker, Pace, seconds_asked
from scrapers.fetch.policy import FetchPolicy
from scrapers.fetch.response import Response, Validators
from scrapers.fetch.robots import (
    UNREACHABLE,
    RobotsRegister,
    RobotsRules,
    RobotsState,
    read_robots,
)
from scrapers.fetch.urls import Via, host_of, split_http_url

__all__ = ["FetchGate", "FetchPolicy", "Response", "Validators"]

log = logging.getLogger(__name__)

_ASKED_AGAIN = frozenset({429, 500, 502, 503, 504})
_LONGEST_BACKOFF = 60.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FetchGate:
    """Sends GET requests as its policy says. One gate serves one run, and any number of threads.

    ``budget`` counts what each host is asked and may end it. ``turn`` is given a host and the delay
    in seconds before each request, waits for the host's turn among other programs, and returns for
    how many seconds the host is to be left alone, since it asked one of them for it. ``rests``
    are the seconds for which hosts are to be left alone from now on, since they asked for it
    before; ``on_rest`` is given those that ask for it now. ``resolve`` looks names up as
    ``socket.getaddrinfo`` does. Cookies are neither kept nor sent, and the
    environment's proxies are not used.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        budget: Budget | None = None,
        turn: Callable[[str, float], float] | None = None,
        rests: Mapping[str, float] | None = None,
        on_rest: Callable[[str, float], None] | None = None,
        clock: Callable[[], datetime] = _utc_now,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        resolve: Resolver = socket.getaddrinfo,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._sleep = sleep
        self._via = Via(policy.via, policy.own_hosts)
        self._pace = Pace(policy.delay, sleep=sleep, monotonic=monotonic)
        self._breaker = Breaker(policy.breaker_failures, monotonic=monotonic)
        self._robots = RobotsRegister(self._load_robots)
        self.budget = budget or Budget()
        self._exchanges = Exchanges(policy, self._via, self.budget, resolve, monotonic, clock)
        self._turn = turn if policy.delay > 0 else None
        self._on_rest = on_rest
        self.leave_alone(rests or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections."""
        self._exchanges.close()

    @property
    def via(self) -> str:
        """The origin that is asked in the publisher's place; ``""`` for none."""
        return self._policy.via

    @property
    def requests_made(self) -> int:
        """Count the requests sent so far: pages, robots.txt, retries and redirects."""
        return sum(each.requests for each in self.budget.spent().values())

    def leave_alone(self, rests: Mapping[str, float]) -> None:
        """Leave hosts alone for so many seconds, since they asked some program for it."""
        for host, seconds in rests.items():
            self._leave_alone(host, seconds)

    def leave(self, host: str) -> None:
        """Ask a host nothing more: it has failed too often, whichever program asked it."""
        self._breaker.leave(host)

    def left_hosts(self) -> set[str]:
        """Return the hosts that are asked nothing more, since they failed too often."""
        return self._breaker.left_hosts()

    def rests(self) -> dict[str, float]:
        """Return for how many seconds more hosts are left alone, since they asked for it."""
        return self._breaker.pauses()

    def robots_states(self) -> dict[str, RobotsState]:
        """Return how reading robots.txt went, by host asked: ok, none or unreachable."""
        return self._robots.states()

    def publishers_address(self, link: str, base: str) -> str:
        """Return the publisher's own address for a link on one of its pages, ``""`` for none."""
        try:
            return self._via.redirected(base, link)
        except RequestRefused:
            return ""

    def get(self, url: str, validators: Validators | None = None) -> Response:
        """Return the final answer for an address, whatever its status; 5xx and 429 after retries.

        ``validators`` go with the first request only: what a redirect leads to today need not be
        what they once came with. Raises a FetchError if nothing usable came.
        """
        return self._follow(url, self._visit, validators)

    def call(
        self, url: str, headers: Mapping[str, str], content: Mapping[str, str] | bytes | None = None
    ) -> Response:
        """Ask an interface of a site once: GET, or POST with a form or bytes. Follow no redirect.

        ``headers`` may carry secrets: they go to this address alone, and into no log or message.
        Raises a FetchError if nothing usable came.
        """
        host = host_of(split_http_url(url))
        self._refuse_if_paused(url, host)
        self._pace.wait(host)
        if why := self.budget.take(host):
            raise BudgetSpent(url, why)
        with our_errors(url):
            answer = self._exchanges.send(url, headers, content)
        return _response(url, (url,), answer, (answer.exchange,))

    def _follow(
        self,
        url: str,
        ask: Callable[[str, Validators | None], Answer],
        validators: Validators | None = None,
    ) -> Response:
        """Ask an address, and what it redirects to."""
        hops = [split_http_url(url).geturl()]
        answer = ask(hops[0], validators)
        exchanges = [answer.exchange]
        while answer.location:
            target = self._via.redirected(hops[-1], answer.location)
            if target in hops:
                raise TooManyRedirects(url, f"its redirects lead back to {without_query(target)}")
            if len(hops) > self._policy.max_redirects:
                raise TooManyRedirects(url, f"it redirects more than {len(hops) - 1} times")
            hops.append(target)
            answer = ask(target, None)
            exchanges.append(answer.exchange)
        return _response(url, hops, answer, exchanges)

    def _visit(self, url: str, validators: Validators | None) -> Answer:
        """Ask one address as far as robots.txt and the breaker let us."""
        host = host_of(split_address(url))
        self._refuse_if_paused(url, host)
        self._refuse_if_spent(url, host)
        if self._policy.obey_robots:
            self._obey_robots(url, host)
        try:
            answer = self._ask(url, validators)
        except (Unreachable, Truncated):
            self._breaker.record(host, is_failure=True)
            raise
        self._breaker.record(host, is_failure=answer.is_failure)
        return answer

    def _obey_robots(self, url: str, host: str) -> None:
        rules = self._robots.rules(host, url)
        if not rules.allows(url):
            raise RobotsForbid(url, "the site's robots.txt forbids this page to reportwatch")
        if rules.state is RobotsState.UNREACHABLE and not self._policy.robots_when_unreachable:
            raise RobotsForbid(
                url,
                f"robots.txt of {host} cannot be read, and REPORTWATCH_ROBOTS_UNREACHABLE takes "
                "that as forbidding everything",
            )

    def _load_robots(self, host: str, url: str) -> RobotsRules:
        """Fetch and read a host's robots.txt; its failures say nothing of the pages."""
        try:
            answer = self._follow(join_address(url, "/robots.txt"), self._ask)
        except BudgetSpent:
            raise
        except FetchError as error:
            log.info("robots.txt not read: %s", error)
            return UNREACHABLE
        rules = read_robots(answer.status, answer.body)
        self._pace.slow_down(host, rules.crawl_delay)
        return rules

    def _ask(self, url: str, validators: Validators | None = None) -> Answer:
        """Ask one address, again if that may help; the last answer is final."""
        for attempt in range(self._policy.retries):
            try:
                answer = self._try(url, validators)
            except FetchError as error:
                if not error.is_transient:
                    raise
                log.info("will try again: %s", error)
            else:
                if answer.status not in _ASKED_AGAIN:
                    return answer
                log.info("will try again: %s answered %d", without_query(url), answer.status)
            self._sleep(self._backoff(attempt))
        return self._try(url, validators)

    def _backoff(self, attempt: int) -> float:
        spread = random.uniform(1.0, 1.5)  # noqa: S311 - spreads load, protects nothing
        return min(_LONGEST_BACKOFF, self._policy.backoff * 2.0**attempt * spread)

    def _try(self, url: str, validators: Validators | None) -> Answer:
        """Wait for the host's turn, ask once, and obey what the host says of its load."""
        host = host_of(split_address(url))
        self._refuse_if_paused(url, host)
        if self._turn:
            self._leave_alone(host, self._turn(host, self._pace.delay(host)))
        self._pace.wait(host)
        self._refuse_if_paused(url, host)
        if why := self.budget.take(host):
            raise BudgetSpent(url, why)
        conditions = validators.headers() if validators else {}
        with our_errors(url):
            answer = self._exchanges.send(url, conditions)
        if answer.status == 304 and not conditions:
            raise Unreachable(url, "it answered 304 Not Modified to a request without conditions")
        if answer.status in (429, 503):
            unsaid = str(int(self._policy.unsaid_retry_after)) if answer.status == 429 else ""
            self._obey_load(url, host, answer.headers.get("retry-after", unsaid))
        return answer

    def _refuse_if_paused(self, url: str, host: str) -> None:
        if reason := self._breaker.why_paused(host):
            raise HostPaused(url, reason)

    def _refuse_if_spent(self, url: str, host: str) -> None:
        if why := self.budget.why_spent(host):
            raise BudgetSpent(url, why)

    def _obey_load(self, url: str, host: str, retry_after: str) -> None:
        """Leave a host alone for as long as it asks."""
        seconds = min(seconds_asked(retry_after, self._clock()), LONGEST_REST)
        if seconds > 0 and self._on_rest:
            self._on_rest(host, seconds)
        self._leave_alone(host, seconds)
        if seconds > self._policy.max_retry_after:
            raise HostPaused(url, f"the host asked to be left alone for {seconds:.0f} s")

    def _leave_alone(self, host: str, seconds: float) -> None:
        """Refuse what is asked of a host for so long, or hold it back if that is not long."""
        if seconds > self._policy.max_retry_after:
            self._breaker.pause(host, seconds)
        elif seconds > 0:
            self._pace.hold(host, seconds)


def _response(
    url: str, hops: Sequence[str], answer: Answer, exchanges: Sequence[Exchange]
) -> Response:
    assert answer.exchange.answered_at is not None
    return Response(
        url,
        hops[-1],
        answer.status,
        answer.headers,
        answer.body,
        answer.exchange.answered_at,
        tuple(hops[1:]),
        tuple(exchanges),
    )
