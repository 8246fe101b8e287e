"""What becomes of pages over the years: each turn is told once, in words a reader understands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from walk_stage import SOURCE, START, AlteredSite, SiteResponse, Watch, counts, told, watching

from alerts.sink import Sink
from deployments.sample_site import server
from reports.watch.alarm import Alarm
from scrapers.sources.sample_hrr import SampleReports
from services.runs.run import RunReport, Trigger


@pytest.fixture
def told_watch(watch: Watch, tmp_path: Path) -> Iterator[tuple[Watch, Sink]]:
    """A watch whose reader's mail arrives at a real server."""
    with Sink(tmp_path / "mail") as sink:
        watch.set(smtp_url=sink.url)
        watch.at(0)
        watch.subscribe()
        yield watch, sink


def subjects(watch: Watch, sink: Sink) -> list[str]:
    watch.deliver()
    return [mail["Subject"] for mail in mails(sink)]


def mails(sink: Sink) -> list[EmailMessage]:
    files = sorted(sink.folder.glob("*.eml"))
    return [message_from_bytes(each.read_bytes(), policy=policy.default) for each in files]


def alarms(watch: Watch) -> dict[str, Alarm]:
    with watch.parts.store.read() as unit:
        return {each.kind: each for each in unit.alarms.open(SOURCE)}


def lines(report: RunReport) -> list[str]:
    return [each.summary_line for each in report.changes]


def without_text(answer: SiteResponse) -> SiteResponse:
    return answer._replace(body=re.sub(rb"<p>.*?</p>", b"", answer.body, flags=re.S))


def test_a_removal_a_return_and_a_return_with_other_words_are_each_told_once(
    told_watch: tuple[Watch, Sink],
) -> None:
    watch, sink = told_watch
    site = watch.site
    site.fail("2023/XAC", 404)
    assert [lines(watch.run()) for _ in range(4)] == [
        [],
        ["Côte d’Ambre 2023: removed from the publisher's site"],
        [],
        [],
    ]
    site.altered.clear()
    assert lines(watch.run()) == ["Côte d’Ambre 2023: restored, the same text"]
    assert lines(watch.run()) == []
    site.fail("2023/XAC", 410)
    assert [len(lines(watch.run())) for _ in range(3)] == [0, 1, 0]
    site.altered.clear()
    site.edit("2023/XAC", "abuses", "wrongs")
    [line] = lines(watch.run())
    assert line == "Côte d’Ambre 2023: restored with changed text (+2 −2 words)"
    assert lines(watch.run()) == []
    assert subjects(watch, sink) == [
        "Sample: Côte d’Ambre 2023: removed from the publisher's site",
        "Sample: Côte d’Ambre 2023: restored, the same text",
        "Sample: Côte d’Ambre 2023: removed from the publisher's site",
        f"Sample: {line}",
    ]


def test_a_page_that_lost_its_text_is_told_once_that_has_lasted(
    told_watch: tuple[Watch, Sink],
) -> None:
    watch, sink = told_watch
    watch.site.alter(watch.site.report("2023/XAE").path, without_text)
    first = watch.run()
    assert watch.outcomes(first)[watch.site.url("2023/XAE")] == "empty"
    assert lines(first) == []
    assert alarms(watch)["empty_pages"].examples == (watch.site.url("2023/XAE"),)
    told_line = "Estmere 2023: its text was removed; the page stands without it"
    assert lines(watch.run()) == [told_line]
    assert [lines(watch.run()) for _ in range(2)] == [[], []]
    watch.site.altered.clear()
    assert lines(watch.run()) == ["Estmere 2023: restored, the same text"]
    assert alarms(watch) == {}
    assert subjects(watch, sink) == [
        f"Sample: {told_line}",
        "Sample: Estmere 2023: restored, the same text",
    ]


@pytest.mark.usefixtures("seen")
def test_a_page_that_is_empty_for_a_moment_is_told_to_nobody(watch: Watch) -> None:
    watch.subscribe()
    for _ in range(3):
        watch.site.alter(watch.site.report("2023/XAE").path, without_text)
        assert told(watch.run()) == {}
        watch.site.altered.clear()
        assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    assert watch.alerts() == []


@pytest.mark.usefixtures("seen")
def test_caches_that_flap_are_held_and_told_to_the_operator(watch: Watch) -> None:
    watch.subscribe()
    for _ in range(4):
        watch.site.edit("2023/XAG", "Federal Gendarmerie", "Federal Guard")
        watch.run()
        watch.site.altered.clear()
        watch.run()
    assert watch.alerts() == ["edited 2023/XAG"] * 2
    alarm = alarms(watch)["flapping"]
    assert alarm.examples == ("sample-hrr/2023/XAG",)
    assert alarm.text.startswith("1 report went to and fro between two texts or appearances")
    watch.now += timedelta(days=2)
    watch.run()
    assert alarms(watch) == {}


def test_a_country_that_a_complete_new_edition_lacks_is_told_once(
    told_watch: tuple[Watch, Sink],
) -> None:
    watch, sink = told_watch
    watch.set(public_url="https://watch.example")
    without(watch, "XAE")
    line = "Estmere has no report in the edition 2024; the edition 2023 had one"
    first, second, *more = (watch.run() for _ in range(4))
    assert "country_dropped" not in told(first)  # one look is not enough
    assert told(second) == {"country_dropped": ("2024/XAE",)}
    assert lines(second) == [line]
    assert not second.changes[0].is_baseline
    assert [told(each) for each in more] == [{}, {}]
    dropped = [subject for subject in subjects(watch, sink) if "Estmere" in subject]
    assert dropped == [f"Sample: Estmere 2024: {line}"]
    [mail] = [each for each in mails(sink) if "Estmere" in each["Subject"]]
    text = mail.get_body(("plain",)).get_content()
    assert "https://watch.example/reports?source=sample-hrr&country=XAE" in text
    assert "Absence of reporting is not evidence of absence" in text


def without(watch: Watch, *countries: str) -> None:
    """Let the edition 2024 come out without some countries."""
    watch.site.advance(8)
    watch.site.unlist(2024, *(f"2024/{country}" for country in countries))
    for country in countries:
        watch.site.fail(f"2024/{country}", 404)


def test_a_subscriber_to_the_country_hears_of_it(each_watch: Watch) -> None:
    watch = each_watch
    watch.at(0)
    watch.subscribe(countries=("XAE",))
    watch.subscribe("bob@law.example", countries=("XAA",), kinds=("country_dropped",))
    without(watch, "XAE")
    for _ in range(3):
        watch.run()
    assert watch.alerts() == ["country_dropped 2024/XAE"]


@pytest.mark.usefixtures("seen")
def test_a_new_edition_that_is_not_complete_yet_drops_nobody(watch: Watch) -> None:
    without(watch, "XAE", "XAF")  # 10 of 12
    for _ in range(3):
        assert "country_dropped" not in told(watch.run())
    watch.site.altered.clear()
    assert told(watch.run())["published"] == ("2024/XAE", "2024/XAF")


@pytest.mark.usefixtures("seen")
def test_a_country_that_comes_late_was_not_dropped(watch: Watch) -> None:
    without(watch, "XAE")
    watch.run()
    watch.site.altered.clear()
    watch.run()
    without(watch, "XAE")  # off the list again, but held
    for _ in range(2):
        assert "country_dropped" not in told(watch.run())


def test_what_was_missing_before_watching_began_is_baseline(watch: Watch) -> None:
    without(watch, "XAE")
    watch.subscribe()
    changes = [change for _ in range(3) for change in watch.run().changes]
    [dropped] = [each for each in changes if each.kind == "country_dropped"]
    assert dropped.is_baseline
    assert "country_dropped 2024/XAE" not in watch.alerts()


@pytest.mark.parametrize("trigger", [Trigger.MANUAL, Trigger.SCHEDULED])
def test_a_report_with_a_living_copy_is_not_removed(each_watch: Watch, trigger: Trigger) -> None:
    """A planned run has no reason to look at the copy, but for the removal it stands against."""
    watch, site = each_watch, each_watch.site
    site.has_hints = True
    watch.at(0)
    watch.subscribe()
    copy = "/reports/2023-country-reports-on-civic-conditions/estmere-2/"
    site.copy(copy, "2023/XAE")
    watch.run(urls=(f"https://sample.reportwatch.example{copy}",))
    site.fail("2023/XAE", 404)
    site.trashed.add("2023/XAE")
    for _ in range(5):
        assert told(watch.run(trigger=trigger)) == {}
    assert watch.alerts() == []
    with watch.parts.store.read() as unit:
        [held] = unit.reports.find(source=SOURCE, edition="2023", country="XAE")
    assert (held.state, held.locations[0].endswith(copy)) == ("present", True)


def with_copy(watch: Watch) -> str:
    """Have a report's first page missing while a copy stands; return the copy's path."""
    watch.site.has_hints = True
    watch.at(0)
    copy = "/reports/2023-country-reports-on-civic-conditions/estmere-2/"
    watch.site.copy(copy, "2023/XAE")
    watch.run(urls=(f"https://sample.reportwatch.example{copy}",))
    watch.site.fail("2023/XAE", 404)
    watch.site.trashed.add("2023/XAE")
    return copy


def test_a_copy_that_the_budget_kept_from_being_looked_at_stands_against_a_removal(
    each_watch: Watch,
) -> None:
    with_copy(each_watch)
    each_watch.set(gone_checks=1)
    for requests in range(1, 12):
        with each_watch.parts.store.read() as unit:
            spent = sum(each.requests for each in unit.hosts.asked_on(each_watch.now).values())
        each_watch.set(daily_requests=spent + requests)
        assert told(each_watch.run(trigger=Trigger.SCHEDULED)) == {}


def test_a_copy_that_cannot_be_read_stands_against_a_removal_for_a_while(
    each_watch: Watch,
) -> None:
    copy = with_copy(each_watch)
    each_watch.site.alter(copy, lambda _: SiteResponse(503, {}, b""))
    runs = [told(each_watch.run(trigger=trigger)) for trigger in [Trigger.MANUAL] * 4]
    assert runs == [{}, {}, {}, {"removed": ("2023/XAE",)}]


# --- an archive host, beside the main one on loopback


class Archiving(SampleReports):
    """The sample source on real loopback hosts: a main one, and an archive of it."""

    hosts = ("127.0.0.1", "127.0.0.2")
    port = 0

    @property
    def origin(self) -> str:
        return f"http://{self.hosts[0]}:{self.port}"

    def archived_urls(self, url: str) -> tuple[str, ...]:
        return (url.replace(self.hosts[0], self.hosts[1]),) if self.hosts[0] in url else ()


@pytest.fixture
def archive() -> AlteredSite:
    return AlteredSite()


@pytest.fixture
def archived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, archive: AlteredSite
) -> Iterator[Watch]:
    """A watch over a publisher with an archive host; pages name their own hosts."""
    with watching(f"sqlite:///{tmp_path / 'db.sqlite'}", tmp_path, is_on_wire=True) as watch:
        port = int(watch.origin.rpartition(":")[2])
        monkeypatch.setattr(Archiving, "port", port)
        for module in ("watch.walk", "runs.reread", "runs.topics"):
            monkeypatch.setattr(f"services.{module}.source_named", lambda _name: Archiving())
        for site in (watch.site, archive):
            render = site.render
            site.render = lambda path, render=render: here(render(path), port)
        monkeypatch.setattr(server, "_LOOPBACK", "127.0.0.2")
        with server.serve(archive, port):
            watch.set(via="", allow_private=True)
            watch.run()
            watch.subscribe()
            yield watch


def here(answer: SiteResponse, port: int) -> SiteResponse:
    own = f"http://127.0.0.1:{port}".encode()
    return answer._replace(body=answer.body.replace(b"https://sample.reportwatch.example", own))


def test_a_page_that_stands_in_the_archive_alone_has_moved(
    archived: Watch, archive: AlteredSite
) -> None:
    archived.site.fail("2023/XAC", 404)
    assert told(archived.run()) == {}
    assert archive.asked == []  # an archive proves nothing while the page may come back
    report = archived.run()
    assert lines(report) == ["Côte d’Ambre 2023: moved to another address, at 127.0.0.2"]
    assert archived.alerts() == ["moved 2023/XAC"]
    for _ in range(3):
        assert told(archived.run()) == {}
    with archived.parts.store.read() as unit:
        [held] = unit.reports.find(source=SOURCE, edition="2023", country="XAC")
    assert held.state == "present"
    assert held.locations[0].startswith("http://127.0.0.2:")


def test_an_edit_in_the_archive_is_told_with_the_move(
    archived: Watch, archive: AlteredSite
) -> None:
    archive.edit("2023/XAC", "abuses", "wrongs")
    archived.site.fail("2023/XAC", 404)
    archived.run()
    assert told(archived.run()) == {"edited": ("2023/XAC",), "moved": ("2023/XAC",)}
    assert told(archived.run()) == {}


def test_what_the_archive_does_not_have_either_is_removed(
    archived: Watch, archive: AlteredSite
) -> None:
    archive.fail("2023/XAC", 404)
    archived.site.fail("2023/XAC", 404)
    archived.run()
    assert told(archived.run()) == {"removed": ("2023/XAC",)}


def test_an_archive_that_does_not_answer_leaves_a_removal_undecided_for_a_while(
    archived: Watch, archive: AlteredSite
) -> None:
    archive.fail("2023/XAC", 503)
    archived.site.fail("2023/XAC", 404)
    assert [told(archived.run()) for _ in range(3)] == [{}, {}, {}]
    assert told(archived.run()) == {"removed": ("2023/XAC",)}


def test_an_archive_that_answers_late_still_has_the_page(
    archived: Watch, archive: AlteredSite
) -> None:
    archive.fail("2023/XAC", 503)
    archived.site.fail("2023/XAC", 404)
    archived.run()
    archived.run()
    archive.altered.clear()
    assert told(archived.run()) == {"moved": ("2023/XAC",)}


def test_another_report_at_the_archives_address_is_no_move(
    archived: Watch, archive: AlteredSite
) -> None:
    archive.copy(archive.report("2023/XAC").path, "2023/XAE")
    archived.site.fail("2023/XAC", 404)
    archived.run()
    assert told(archived.run()) == {"removed": ("2023/XAC",)}


def test_a_page_that_comes_back_drives_its_report_again(
    archived: Watch, archive: AlteredSite
) -> None:
    archived.site.fail("2023/XAC", 404)
    archived.run()
    archived.run()
    archived.site.altered.clear()
    assert told(archived.run()) == {}
    archived.site.edit("2023/XAC", "abuses", "wrongs")
    assert told(archived.run()) == {"edited": ("2023/XAC",)}


def test_the_archive_is_not_asked_while_another_origin_stands_for_the_publisher(
    archived: Watch, archive: AlteredSite
) -> None:
    archived.set(via=archived.origin)
    archived.site.fail("2023/XAC", 404)
    archived.run()
    assert told(archived.run()) == {"removed": ("2023/XAC",)}
    assert archive.asked == []
    assert archived.now > START
