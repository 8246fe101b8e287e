"""Pages that change beside their words, from the publisher's page to the reader's mail."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from walk_stage import AlteredSite, SiteResponse, Watch, counts, told, watching

from alerts.sink import Sink
from reports.notices.subscription import Every
from services.runs.reread import RereadRequest, reread

SEEN = "2023/XAC"
LINK = '<p class="seen">See <a href="{}">the decree</a>.</p>'
DECREE, OTHER = "https://law.example/decree/7", "https://law.example/decree/8"
END = '<section class="report-appendices'


def add(site: AlteredSite, key: str, markup: str) -> None:
    """Put markup at the end of a report's summary."""
    report = site.report(key)
    last = report.summary[-1]

    def change(answer: SiteResponse) -> SiteResponse:
        at = answer.body.index(last.encode()[-40:])
        end = answer.body.index(b"</p>", at) + len(b"</p>")
        headers = {name: value for name, value in answer.headers.items() if name != "ETag"}
        return SiteResponse(
            answer.status, headers, answer.body[:end] + markup.encode() + answer.body[end:]
        )

    site.alter(report.path, change)


@pytest.fixture
def linked(watch: Watch) -> Watch:
    """A watch that has seen a link on a page."""
    add(watch.site, SEEN, LINK.format(DECREE))
    watch.at(0)
    return watch


def test_a_link_that_leads_elsewhere_is_recorded_and_nobody_is_mailed_who_did_not_ask(
    linked: Watch,
) -> None:
    linked.subscribe("all@law.example")
    linked.subscribe("some@law.example", kinds=("appearance",))
    add(linked.site, SEEN, LINK.format(OTHER))
    report = linked.run()
    assert told(report) == {"appearance": (SEEN,)}
    assert counts(report)["unchanged"] == counts(report)["checked"]
    assert report.changes[0].summary_line == (
        f"Côte d’Ambre 2023: the link behind “the decree” now leads to {OTHER}, before to {DECREE}"
    )
    assert linked.alerts() == [f"appearance {SEEN}"]
    assert told(linked.run()) == {}


def test_who_asks_finds_it_in_the_digest(linked: Watch, tmp_path: Path) -> None:
    with Sink(tmp_path / "mail") as sink:
        linked.set(smtp_url=sink.url)
        linked.subscribe("ann@law.example", kinds=("edited", "appearance"), every=Every.DAY)
        add(linked.site, SEEN, LINK.format(OTHER))
        linked.site.edit("2023/XAE", "abuses", "wrongs")
        linked.run()
        linked.now += timedelta(days=1)
        linked.deliver()
        [file] = sink.folder.glob("*.eml")
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    assert "Changed in appearance, the words unchanged" in text
    assert f"the link behind “the decree” now leads to {OTHER}, before to {DECREE}" in text
    assert "Page before:" in text
    html = mail.get_body(("html",)).get_content()
    assert OTHER in html
    assert f'href="{OTHER}"' not in html


def test_noise_that_the_sample_site_makes_is_no_appearance(watch: Watch) -> None:
    watch.at(0, full=True)
    for _ in range(3):
        assert told(watch.run(full=True)) == {}


def test_the_whole_timeline_of_the_sample_site_has_no_appearance(tmp_path: Path) -> None:
    with watching(f"sqlite:///{tmp_path / 'db'}", tmp_path) as watch:
        steps = len(watch.site.timeline.steps)
        assert steps > 3
        for step in range(steps):
            assert "appearance" not in told(watch.at(step))


def test_reading_again_begins_a_form_and_tells_nothing(
    linked: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scrapers.sources.sample_hrr import SampleReports

    monkeypatch.setattr(SampleReports, "reader_revision", SampleReports.reader_revision + 1)
    reread(linked.parts, RereadRequest("sample-hrr"))
    add(linked.site, SEEN, LINK.format(OTHER))
    assert told(linked.run()) == {"appearance": (SEEN,)}


RATING = "<form><p>Rate this page</p></form>"


def some_pages(watch: Watch) -> list[str]:
    """Return the names of six reports of one edition."""
    [edition] = [each for each in watch.site.editions if each.year == 2023]
    names = [each.key for each in edition.reports if each.key.count("/") == 1][:6]
    assert len(names) == 6
    return names


def test_what_many_pages_take_on_alike_is_the_templates_and_nobody_is_notified(
    watch: Watch,
) -> None:
    watch.at(0)
    watch.subscribe(kinds=("appearance",))
    pages = some_pages(watch)
    for page in pages:
        add(watch.site, page, RATING)
    report = watch.run()
    assert told(report) == {"appearance": tuple(sorted(pages))}
    assert [each.is_held for each in report.changes] == [True] * 6
    assert [note for note in report.notes if "template" in note] == [
        "6 pages changed in appearance as others did: taken for a change of the site's template,"
        " recorded, and readers are not notified"
    ]
    assert watch.alerts() == []
    with watch.parts.store.read() as unit:
        assert unit.changes.held_since("sample-hrr", watch.now - timedelta(days=1)) == []


def test_what_one_page_has_beside_the_templates_difference_is_told(watch: Watch) -> None:
    watch.at(0)
    watch.subscribe(kinds=("appearance",))
    pages = some_pages(watch)
    for page in pages[:5]:
        add(watch.site, page, RATING)
    watch.run()
    add(watch.site, pages[5], f"{RATING}<button>Corrected</button>")
    watch.run()
    assert watch.alerts() == [f"appearance {pages[5]}"]
