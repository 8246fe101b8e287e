"""Pages of one edition at the addresses of another wait in review; nothing is recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from walk_stage import SOURCE, Watch, told

from services.history.review import Decision, decide
from storage.record.reviews import ReviewView

Serve = Callable[[Watch, str], None]
"""Lets the address of a report of 2023 give its country's page of 2022."""


def in_place(watch: Watch, country: str) -> None:
    other = watch.site.render(watch.site.report(f"2022/{country}").path)
    watch.site.alter(watch.site.report(f"2023/{country}").path, lambda _: other)


def by_redirect(watch: Watch, country: str) -> None:
    watch.site.redirect(
        watch.site.report(f"2023/{country}").path, watch.site.url(f"2022/{country}")
    )


def both(watch: Watch) -> list[str]:
    """Return the countries that have a page of their own in both editions."""
    keys = {each.key for scene in watch.site.editions for each in scene.reports}
    return sorted(
        each[5:] for each in keys if each.startswith("2022/") and f"2023/{each[5:]}" in keys
    )


def reviews(watch: Watch) -> list[ReviewView]:
    with watch.parts.store.read() as unit:
        return unit.reviews(SOURCE).open()


def alarms(watch: Watch) -> dict[str, str]:
    with watch.parts.store.read() as unit:
        return {each.kind: each.subject for each in unit.alarms.open(SOURCE)}


def carried(watch: Watch) -> dict[str, list[str]]:
    with watch.parts.store.read() as unit:
        views = unit.reports.find(source=SOURCE)
        return {str(each.report): [str(one) for one in each.locations] for each in views}


@pytest.mark.parametrize("serve", [in_place, by_redirect])
@pytest.mark.parametrize("known", [("2022", "2023"), ("2023",)], ids=["both known", "one known"])
def test_another_edition_at_all_addresses_is_one_alarm_and_no_report(
    watch: Watch, serve: Serve, known: tuple[str, ...]
) -> None:
    """Also if the very text is known of the other edition: its address is still another's."""
    watch.run(editions=known)
    watch.subscribe()
    before = carried(watch)
    countries = both(watch)
    assert len(countries) >= 8
    for country in countries:
        serve(watch, country)
    for _ in range(3):
        report = watch.run(editions=("2023",))
        assert told(report) == {}
        assert report.counts["unidentified"] == len(countries)
        assert {each["outcome"] for each in report.failures} == {"unidentified"}
    assert carried(watch) == before
    assert len(reviews(watch)) == len(countries)
    assert all("the edition is contradicted" in each.why for each in reviews(watch))
    assert alarms(watch) == {"contradicted": "2023"}
    watch.site.altered.clear()
    assert told(watch.run(editions=("2023",))) == {}
    assert (reviews(watch), alarms(watch), watch.alerts()) == ([], {}, [])
    assert carried(watch) == before


def test_a_few_wait_in_review_without_an_alarm(watch: Watch) -> None:
    watch.run()
    for country in both(watch)[:4]:
        in_place(watch, country)
    watch.run()
    assert (len(reviews(watch)), alarms(watch)) == (4, {})


@pytest.mark.parametrize("edition", ["2022", "2023"])
def test_what_an_operator_decides_of_an_address_stands(watch: Watch, edition: str) -> None:
    watch.run()
    country = both(watch)[0]
    in_place(watch, country)
    watch.run()
    (waiting,) = reviews(watch)
    assert (waiting.state, waiting.edition, waiting.country) == ("held", "2022", country)
    decided = decide(watch.parts, Decision(waiting.id, edition=edition))
    assert str(decided.report) == f"{SOURCE}/{edition}/{country}"
    assert watch.run().is_clean
    assert reviews(watch) == []
