"""Answer requests as the fictional publisher's site does at one step of its timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from deployments.sample_site import pages
from deployments.sample_site.editions import Edition, SampleReport
from deployments.sample_site.load import load_reports, write
from deployments.sample_site.noise import Noise, NoiseLevel, Pressed, press
from deployments.sample_site.timeline import Fault, Scene, SiteTimeline, load_timeline
from scrapers.fetch.response import entity_tag

_HTML = "text/html; charset=UTF-8"
_ROBOTS = "User-agent: *\nDisallow: /wp-admin/\n"
_LOAD_MENU_PLACES = 400  # brings a load page to the size of a real one, about 270 KB


class SiteResponse(NamedTuple):
    """One response: its status, headers (without framing) and body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class _Route:
    """What one path answers, rendered when first asked for."""

    status: int
    render: Callable[[], str]
    content_type: str = _HTML
    location: str = ""
    is_kept: bool = True
    _pressed: Pressed | None = field(default=None, repr=False)

    def page(self) -> Pressed:
        if self._pressed is not None:
            return self._pressed
        pressed = press(self.render())
        if self.is_kept:
            self._pressed = pressed
        return pressed


@dataclass(frozen=True)
class _View:
    """The scene of one step and its routes; replaced as a whole when the step changes."""

    scene: Scene
    routes: dict[str, _Route]
    missing: _Route


class SampleSite:
    """The site at one step of its timeline. Safe to use from several threads.

    ``scale`` adds the load edition (see ``load``) with so many reports.
    """

    def __init__(
        self, step: int = 0, noise: NoiseLevel | str = NoiseLevel.SOME, scale: int = 0
    ) -> None:
        self.timeline: SiteTimeline = load_timeline()
        self._level = NoiseLevel(noise)
        self._noise = Noise(self._level)
        self._load = load_reports(scale) if scale else None
        self._view = self._view_at(step)

    @property
    def step(self) -> int:
        """The step that the site is at."""
        return self._view.scene.step

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The editions online at this step, newest first, as a perfect reader would know them."""
        return self._view.scene.editions

    def advance(self, step: int) -> None:
        """Move the site to a step, forward or back; raises ValueError for an unknown one."""
        self._view = self._view_at(step)

    def render(self, path: str) -> SiteResponse:
        """Answer a GET of ``path``; a query string is ignored."""
        view = self._view
        route = view.routes.get(path.partition("?")[0], view.missing)
        if route.location:
            return SiteResponse(route.status, {"Location": route.location}, b"")
        headers = {"Content-Type": route.content_type}
        body = self._noise.fill(route.page())
        if route.status == 200 and self._level is NoiseLevel.NONE:
            headers["ETag"] = entity_tag(body)
        return SiteResponse(route.status, headers, body)

    def _view_at(self, step: int) -> _View:
        scene = self.timeline.at(step)
        shell = pages.Shell(scene.revision)
        return _View(
            scene,
            dict(_routes(scene, self._load, shell)),
            _Route(404, partial(pages.missing_page, shell)),
        )


def _routes(scene: Scene, load: Edition | None, shell: pages.Shell) -> Iterator[tuple[str, _Route]]:
    online = (*scene.editions, load) if load else scene.editions
    yield "/", _Route(200, partial(pages.home_page, shell))
    yield "/robots.txt", _Route(200, lambda: _ROBOTS, "text/plain; charset=UTF-8")
    yield pages.LISTING_PATH, _Route(200, partial(pages.listing_page, online, shell))
    for edition in online:
        index = _Route(200, partial(pages.index_page, edition, shell))
        yield from ((edition.path, index), (edition.path.rstrip("/"), index))
    for edition in scene.editions:
        for report in edition.reports:
            route = _report_route(report, edition, scene.faults.get(report.key), shell)
            yield from _addresses(report, route)
    if load:
        for report in load.reports:
            yield from _addresses(report, _load_route(report, load, shell))


def _addresses(report: SampleReport, route: _Route) -> Iterator[tuple[str, _Route]]:
    yield report.path, route
    if report.has_slash_redirect:
        route = _Route(301, str, location=report.url)
    yield report.path.rstrip("/"), route


def _report_route(
    report: SampleReport, edition: Edition, fault: Fault | None, shell: pages.Shell
) -> _Route:
    match fault:
        case Fault.TECHNICAL_DIFFICULTIES:
            return _Route(200, pages.difficulties_page)
        case Fault.FORBIDDEN:
            return _Route(403, pages.forbidden_page)
        case Fault.MISSING:
            return _Route(404, partial(pages.missing_page, shell))
        case None:
            return _Route(200, partial(pages.report_page, report, edition, shell))


def _load_route(report: SampleReport, edition: Edition, shell: pages.Shell) -> _Route:
    large = pages.Shell(shell.revision, _LOAD_MENU_PLACES)
    return _Route(200, lambda: pages.report_page(write(report), edition, large), is_kept=False)
