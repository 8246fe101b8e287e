"""A template that changes under the reader: nothing false is told, and the operator hears of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from received import mails
from walk_stage import HTML, SOURCE, Watch, key, told

from alerts.sink import Sink
from deployments.sample_site import SiteResponse
from reports.model.values import Page
from reports.watch.alarm import Alarm
from reports.watch.drift import Floors
from scrapers.sources.sample_hrr import SampleReports
from services.history.review import Decision, decide

HUB = "XAD"  # its page reads as empty where its headings are lost


def redesigned(answer: SiteResponse) -> SiteResponse:
    """Return a page in a new template, whose sections' headings the reader does not know."""
    if answer.status != 200:
        return answer
    body = re.sub(
        rb'<h([23]) id="report-toc__section-\d+" class="report__section-title">(.*?)</h\1>',
        rb'<div class="rpt-heading">\2</div>',
        answer.body,
        flags=re.S,
    )
    body = re.sub(rb'<(h4|p) class="report-toc-section">.*?</\1>', b"", body, flags=re.S)
    return SiteResponse(answer.status, HTML, body)


def without_sections(answer: SiteResponse) -> SiteResponse:
    """Return a page in the same template from which every section was taken away."""
    start = answer.body.index(b"<!-- Sections -->")
    end = answer.body.index(b"</div>\n</section>", start)
    return SiteResponse(answer.status, HTML, answer.body[:start] + answer.body[end:])


def redesign(watch: Watch, *keys: str) -> None:
    """Let the publisher change the template of reports, all but the hub pages unless named."""
    for scene in watch.site.editions:
        for each in scene.reports:
            if each.key in keys or (not keys and not each.key.endswith(HUB)):
                watch.site.alter(each.path, redesigned)


def alarms(watch: Watch) -> list[Alarm]:
    with watch.parts.store.read() as unit:
        return unit.alarms.open(SOURCE)


def versions(watch: Watch) -> int:
    with watch.parts.store.read() as unit:
        return unit.reports.counts()["versions"]


def held(watch: Watch) -> dict[str, int]:
    with watch.parts.store.read() as unit:
        waiting = unit.reviews(SOURCE).open()
    return {f"{each.edition}/{each.country}": each.id for each in waiting}


def test_a_template_that_hides_every_section_changes_nothing_and_the_operator_is_told_once(
    each_watch: Watch, sink: Sink
) -> None:
    watch = each_watch
    watch.set(smtp_url=sink.url, operator="ops@law.example")
    watch.run()
    watch.subscribe()
    assert alarms(watch) == []
    redesign(watch)
    for _ in range(2):
        report = watch.run()
        assert told(report) == {}
        assert (report.counts["unreadable"], report.counts["unchanged"]) == (22, 2)
        assert len(report.failures) == 22
        assert "held back: every section is gone" in report.failures[0]["reason"]
        watch.deliver()
    assert versions(watch) == 24
    (alarm,) = alarms(watch)
    assert alarm.kind == "held_back"
    assert alarm.text.startswith("22 pages held back (2022: 10, 2023: 12)")
    assert len(alarm.examples) == 5 and alarm.examples[0].startswith("sample-hrr/202")
    assert alarm.told_at is not None
    assert watch.alerts() == []
    (mail,) = mails(sink)
    assert mail["To"] == "ops@law.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_body(("plain",)).get_content()
    assert alarm.examples[4] in text and "`reportwatch review`" in text
    assert "22 pages held back" in mail.get_body(("html",)).get_content()
    with watch.parts.store.read() as unit:
        latest = [unit.versions.latest(each.report) for each in unit.reports.find(source=SOURCE)]
    assert {len(each.reading.sections) for each in latest} == {6}


@pytest.mark.usefixtures("seen")
def test_the_alarm_ends_with_its_cause(watch: Watch) -> None:
    redesign(watch)
    watch.run()
    watch.site.altered.clear()
    report = watch.run()
    assert told(report) == {}
    assert alarms(watch) == []
    assert held(watch) == {}


@pytest.mark.usefixtures("seen")
def test_a_run_of_one_country_does_not_end_the_alarm_of_all(watch: Watch) -> None:
    redesign(watch)
    watch.run()
    watch.run(countries=("XAD",))
    assert [each.kind for each in alarms(watch)] == ["held_back"]


def test_all_sections_taken_from_one_page_of_the_same_template_are_told_at_once(
    each_watch: Watch,
) -> None:
    watch = each_watch
    watch.run()
    watch.subscribe()
    watch.site.alter(watch.site.report("2023/XAB").path, without_sections)
    report = watch.run()
    assert told(report) == {"edited": ("2023/XAB",)}
    assert watch.alerts() == ["edited 2023/XAB"]
    assert (alarms(watch), held(watch), report.failures) == ([], {}, ())


@pytest.mark.usefixtures("seen")
def test_sections_taken_from_several_pages_are_told_and_the_operator_too(watch: Watch) -> None:
    for country in ("XAB", "XAC", "XAE"):
        watch.site.alter(watch.site.report(f"2023/{country}").path, without_sections)
    report = watch.run()
    assert told(report) == {"edited": ("2023/XAB", "2023/XAC", "2023/XAE")}
    (alarm,) = alarms(watch)
    assert (alarm.kind, alarm.subject, len(alarm.examples)) == ("drift_outline", "2023", 3)
    assert report.is_clean
    watch.run()
    assert [each.id for each in alarms(watch)] == [alarm.id]


class Coarse(SampleReports):
    """The same source with a fingerprint that takes all templates for one."""

    def read(self, body: bytes, url: str) -> Page:
        page = super().read(body, url)
        return Page(page.reports, page.undecided, page.children, shape="one for all")


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[SampleReports]], None]:
    def switch(kind: type[SampleReports]) -> None:
        for module in ("watch.walk", "history.review"):
            name = f"services.{module}.source_named"
            monkeypatch.setattr(name, lambda _name: kind(), raising=False)

    return switch


def test_under_mark_up_that_is_known_the_same_loss_is_told(
    watch: Watch, reader: Callable[[type[SampleReports]], None]
) -> None:
    reader(Coarse)
    watch.run()
    watch.subscribe()
    redesign(watch, "2023/XAB")
    report = watch.run()
    assert told(report) == {"edited": ("2023/XAB",)}
    assert watch.alerts() == ["edited 2023/XAB"]


def test_a_page_that_the_operator_accepts_is_recorded(each_watch: Watch) -> None:
    watch = each_watch
    watch.run()
    watch.subscribe()
    redesign(watch, "2023/XAB", "2023/XAC")
    watch.run()
    assert sorted(held(watch)) == ["2023/XAB", "2023/XAC"]
    decided = decide(watch.parts, Decision(held(watch)["2023/XAB"]))
    assert (key(decided.report), decided.outcome) == ("2023/XAB", "edited")
    report = watch.run()
    assert told(report) == {}
    assert sorted(held(watch)) == ["2023/XAC"]
    assert watch.alerts() == ["edited 2023/XAB"]


class Mended(SampleReports):
    """The same source with a reader that knows the new template too."""

    reader_revision = SampleReports.reader_revision + 1

    def read(self, body: bytes, url: str) -> Page:
        known = re.sub(
            rb'<div class="rpt-heading">(.*?)</div>',
            rb'<h3 class="report__section-title">\1</h3>',
            body,
            flags=re.S,
        )
        page = super().read(known, url)
        return Page(page.reports, page.undecided, page.children, shape=page.shape[::-1])


@pytest.mark.usefixtures("seen")
def test_a_mended_reader_takes_the_pages_by_itself(
    watch: Watch, reader: Callable[[type[SampleReports]], None]
) -> None:
    redesign(watch)
    watch.run()
    reader(Mended)
    report = watch.run()
    assert report.counts["unreadable"] == 0
    assert alarms(watch) == []
    assert held(watch) == {}


def renumbered(answer: SiteResponse) -> SiteResponse:
    """Return a page in a new template that reads as well as the old one."""
    body = answer.body.replace(b"report__content__inner", b"report__content__core")
    return SiteResponse(answer.status, HTML, body)


@pytest.mark.usefixtures("seen")
def test_a_new_template_that_reads_well_is_an_alarm_for_a_week(watch: Watch) -> None:
    for country in ("XAB", "XAC", "XAE"):
        watch.site.alter(watch.site.report(f"2023/{country}").path, renumbered)
    report = watch.run()
    assert told(report) == {} and report.is_clean
    (alarm,) = alarms(watch)
    assert (alarm.kind, len(alarm.examples)) == ("drift_shape", 3)
    assert alarm.text.startswith("3 of the 24 pages")
    watch.run()
    assert len(alarms(watch)) == 1
    watch.now += timedelta(days=7)
    watch.run()
    assert alarms(watch) == []


@pytest.mark.usefixtures("seen")
def test_a_new_edition_in_a_new_template_is_an_alarm_that_fails_nothing(watch: Watch) -> None:
    watch.site.advance(8)
    report = watch.run()
    assert report.counts["published"] == 13 and report.is_clean
    (alarm,) = alarms(watch)
    assert alarm.text.startswith("13 of the 37 pages of sample-hrr")


class Strict(SampleReports):
    """The same source, watched for small drifts already."""

    floors = Floors(summary_share=0.99, least_pages=10)


def test_an_edition_below_its_floors_is_an_alarm_and_fails_no_run(
    watch: Watch, reader: Callable[[type[SampleReports]], None]
) -> None:
    reader(Strict)
    watch.site.alter(
        watch.site.report("2023/XAB").path,
        lambda answer: SiteResponse(
            200, HTML, re.sub(rb"<p>.*?</p>", b"", answer.body, flags=re.S)
        ),
    )
    report = watch.run()
    assert [(each["url"], each["outcome"]) for each in report.failures] == [
        (watch.site.url("2023/XAB"), "empty")
    ]
    expected = {"drift_summary": "2023", "empty_pages": SOURCE}
    assert {alarm.kind: alarm.subject for alarm in alarms(watch)} == expected
    other = watch.run(editions=("2022",))
    assert (other.is_clean, other.fault) == (True, "")
    assert len(alarms(watch)) == len(expected)
    with watch.parts.store.read() as unit:
        ledger = [unit.runs.get(each.run_id) for each in (report, other)]
    assert [(row.state, row.error) for row in ledger] == [("done", "")] * 2


class WithoutLists(SampleReports):
    """The same pages, as of a family whose summaries list no issues."""

    floors = Floors(least_pages=10)
    has_issue_lists = False


def test_an_edition_without_lists_of_issues_is_no_alarm_where_none_are_expected(
    watch: Watch, reader: Callable[[type[SampleReports]], None]
) -> None:
    reader(WithoutLists)
    assert watch.run().is_clean
    assert alarms(watch) == []


@pytest.mark.parametrize("setting", ["operator", "smtp_url"])
def test_without_an_operator_or_a_mail_server_alarms_are_kept(
    watch: Watch, sink: Sink, setting: str
) -> None:
    watch.set(smtp_url=sink.url, operator="ops@law.example")
    watch.set(**{setting: ""})
    watch.run()
    redesign(watch)
    watch.run()
    assert watch.deliver().document.as_json() == {"sent": 0, "retrying": 0, "dead": 0}
    assert sink.mails() == []
    watch.set(smtp_url=sink.url, operator="ops@law.example")
    assert watch.deliver().sent == 1
    assert watch.deliver().sent == 0


def test_a_mail_that_the_server_did_not_take_is_sent_the_next_time(
    watch: Watch, sink: Sink
) -> None:
    watch.set(smtp_url="smtp://127.0.0.1:1", operator="ops@law.example")
    watch.run()
    redesign(watch)
    watch.run()
    failed = watch.deliver()
    assert failed.sent == 0
    assert failed.fault.startswith("the operator could not be notified of 1 alarm: cannot reach")
    watch.set(smtp_url=sink.url)
    delivered = watch.deliver()
    assert (delivered.sent, delivered.fault) == (1, "")
    assert len(mails(sink)) == 1
