"""Sample pages that the publisher left in its listing: no second location, no false news."""

from __future__ import annotations

import html

import pytest
from walk_stage import Watch, counts, key

from deployments.sample_site import SiteResponse

KEY = "2023/XAB"


def leave_sample(watch: Watch, slug: str, label: str) -> str:
    """Show a country's page, with other words, at a sample's address that the index names."""
    report = watch.site.report(KEY)
    edition = next(each for each in watch.site.editions if each.year == 2023)
    path = f"{edition.path}{slug}"
    words = max(report.paragraphs, key=len)

    def other_words(_: SiteResponse) -> SiteResponse:
        page = super(type(watch.site), watch.site).render(report.path)
        body = page.body.replace(html.escape(words, quote=False).encode(), b"Text goes here.")
        own = report.path.encode()
        return SiteResponse(200, page.headers, body.replace(own, path.encode()))

    def listing(answer: SiteResponse) -> SiteResponse:
        option = f'<option value="https://sample.reportwatch.example{path}">{label}</option>'
        body = answer.body.replace(b"</select>", option.encode() + b"</select>", 1)
        return SiteResponse(200, {"Content-Type": "text/html"}, body)

    watch.site.alter(path, other_words)
    watch.site.alter(edition.path, listing)
    return path


@pytest.mark.parametrize("is_first", [True, False])
def test_sample_that_names_its_country_is_not_even_asked_for(watch: Watch, is_first: bool) -> None:
    if not is_first:
        watch.run()
    path = leave_sample(watch, "2023samplexyz/belvaria/", "Belvaria")
    report = watch.run()
    assert report.is_clean
    assert len(report.changes) == (24 if is_first else 0)
    assert not [each for each in report.changes if each.kind != "published"]
    assert path not in watch.site.asked
    assert len(watch.locations()) == 24
    assert not [each for each in watch.locations() if "sample" in each.partition(".example")[2]]


@pytest.mark.usefixtures("seen")
def test_sample_that_names_none_waits_for_review_and_is_no_location(watch: Watch) -> None:
    leave_sample(watch, "2023samplexyz/", "Sample")
    report = watch.run()
    assert counts(report)["unidentified"] == 1
    assert report.changes == ()
    with watch.parts.store.read() as unit:
        [held] = [each for each in unit.reports.find() if key(each.report) == KEY]
    assert len(held.locations) == 1


def test_a_sample_that_was_alone_stands_back_for_the_countrys_own_page(watch: Watch) -> None:
    own = watch.site.report(KEY).path.rstrip("/")
    path = leave_sample(watch, "2023samplexyz/belvaria/", "Belvaria")
    index = watch.site.altered[path.partition("2023sample")[0].rstrip("/")]

    def without_own(answer: SiteResponse) -> SiteResponse:
        listed = index(answer)
        body = listed.body.replace(watch.site.url(KEY).encode(), b"https://elsewhere.example/")
        return listed._replace(body=body)

    watch.site.alter(path.partition("2023sample")[0], without_own)
    watch.site.fail(KEY, 404)
    assert counts(watch.run())["published"] == 24
    watch.subscribe()
    del watch.site.altered[own]
    watch.site.alter(path.partition("2023sample")[0], index)
    [change] = watch.run().changes
    assert (change.kind, change.is_baseline) == ("edited", True)
    assert watch.run().changes == ()
    assert watch.alerts() == []
