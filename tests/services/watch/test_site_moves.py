"""A site that changes all its addresses: each move is told once, and old addresses rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from walk_stage import HTML, Watch, told

from alerts.sink import Sink
from deployments.sample_site import SiteResponse

INDEX = "/reports/2023-country-reports-on-civic-conditions/"


def move(watch: Watch, status: int) -> list[str]:
    """Give listed pages of 2023 other addresses; the old ones redirect, or answer 404."""
    site, moved = watch.site, []
    listed = site.render(INDEX).body
    for each in [one for scene in site.editions for one in scene.reports]:
        if not each.key.startswith("2023/") or each.key.startswith("2023/XAD"):
            continue  # a hub's child areas stay below it
        path, whole = each.path.rstrip("/"), site.render(each.path)
        site.alter(f"{path}-new/", lambda _, whole=whole: whole)  # type: ignore[misc]
        if status == 404:
            site.fail(each.key, 404, "<h1>Not found</h1>")
        else:
            site.redirect(each.path, site.url(each.key).rstrip("/") + "-new/")
        for end in ('/"', '"'):
            listed = listed.replace(f"{path}{end}".encode(), f'{path}-new/"'.encode())
        moved.append(each.key)
    site.alter(INDEX, lambda _: SiteResponse(200, HTML, listed))
    return sorted(moved)


@pytest.mark.parametrize("status", [301, 404])
def test_a_move_of_all_addresses_is_told_once_and_the_old_ones_rest(
    watch: Watch, status: int
) -> None:
    def asked(**how: object) -> int:
        before = len(watch.site.asked)
        report = watch.run(editions=("2023",), **how)
        assert report.counts["removed"] == 0
        news.append(told(report))
        return len(watch.site.asked) - before

    news: list[dict[str, tuple[str, ...]]] = []
    watch.run()
    watch.subscribe()
    usual = asked()
    moved = move(watch, status)
    assert len(moved) >= 8
    asked()
    assert news.pop() == {"moved": tuple(moved)}
    assert sorted(watch.alerts()) == [f"moved {each}" for each in moved]
    for _ in range(2):
        assert asked() <= usual
        assert news.pop() == {}
    watch.now += timedelta(days=40)
    assert asked() > usual  # it is their turn
    assert asked() <= usual
    assert asked(full=True) > usual
    assert not any(news)


def test_a_move_whose_old_addresses_failed_at_first_is_told_when_they_redirect(
    watch: Watch,
) -> None:
    """The new pages took over by then: they are listed, and the old ones are not."""
    watch.run()
    watch.subscribe()
    moved = move(watch, 301)
    redirects = {name: watch.site.altered[name] for name in list(watch.site.altered)}
    for each in moved:
        watch.site.fail(each, 500, "")
    assert told(watch.run(editions=("2023",))) == {}
    watch.site.altered.update(redirects)
    assert told(watch.run(editions=("2023",))) == {"moved": tuple(moved)}
    for _ in range(2):
        assert told(watch.run(editions=("2023",), full=True)) == {}


def test_moves_of_one_run_are_one_message(watch: Watch, sink: Sink) -> None:
    watch.set(smtp_url=sink.url, mass_change=5)
    watch.run()
    watch.subscribe()
    assert len(move(watch, 301)) > 5
    watch.run()
    assert watch.deliver().sent == 1
