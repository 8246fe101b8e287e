"""What imported files claim of themselves is not what reportwatch says of the publisher."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from test_importing import GANDORIA, bring, page, warc
from walk_stage import SOURCE, Watch, counts, told

from scrapers.read.header import original
from scrapers.registry import source_named
from services.history.provenance import foreign_host, is_of_publisher
from services.history.review import Decision, decide, dismiss

OWN = "https://sample.reportwatch.example/reports/2023/gandoria/"
FOREIGN = {
    "http://evil.example/../../etc/passwd": "evil.example",
    "https://evil.example/reports/2023/gandoria/": "evil.example",
    "https://sample.reportwatch.example.evil.example/": "sample.reportwatch.example.evil.example",
    "https://sample.reportwatch.example@evil.example/": "evil.example",
    "https://evil.example/?https://sample.reportwatch.example/": "evil.example",
    "https://evil.example#sample.reportwatch.example": "evil.example",
    "https://127.0.0.1:8801/reports/2023/gandoria/": "127.0.0.1",
    "http://[::1]/reports/": "::1",
    "https://sample.reportwatch.examplé/": "sample.reportwatch.examplé",
    "https://web.archive.org/web/20230401000000/https://evil.example/": "evil.example",
    "https://web.archive.org/save": "web.archive.org",
    "http://[broken/": "http://[broken/",
    "https:///reports/": "https:///reports/",
    "HTTPS://EVIL.EXAMPLE/": "evil.example",
    "https://a" + "\u0301\u0316" * 50_000 + ".example/": "a" + "\u0301\u0316" * 15 + ".example",
}
NOT_FOREIGN = (
    OWN,
    "http://sample.reportwatch.example/",
    "https://SAMPLE.reportwatch.example:8443/reports/",
    f"https://web.archive.org/web/20230401000000id_/{OWN}",
    "",
    "file:///home/someone/gandoria.html",
    "cid:frame-1@mhtml.blink",
)


@pytest.mark.parametrize(("url", "host"), FOREIGN.items())
def test_addresses_of_other_hosts_are_foreign(url: str, host: str) -> None:
    source = source_named(SOURCE)
    assert foreign_host(source, url) == host
    assert not is_of_publisher(source, url)


@pytest.mark.parametrize("url", NOT_FOREIGN)
def test_own_addresses_and_none_are_not_foreign(url: str) -> None:
    assert foreign_host(source_named(SOURCE), url) == ""
    assert is_of_publisher(source_named(SOURCE), url) == original(url).startswith("http")


@pytest.mark.parametrize("url", ["http://evil.example/../../etc/passwd", "https://127.0.0.1/x/"])
def test_a_record_of_a_foreign_host_waits_in_review_and_can_be_decided(
    watch: Watch, tmp_path: Path, url: str
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc(("2025-01-01T00:00:00Z", url, page(watch, "2023/XAG"))))
    report = bring(watch, path)
    assert counts(report.run) == {"checked": 1, "unidentified": 1}
    assert "is not a host of the publisher" in report.run.failures[0]["reason"]
    assert counts(bring(watch, path).run) == {"checked": 1, "unidentified": 1}
    with watch.parts.store.read() as unit:
        [waiting] = unit.reviews(SOURCE).open()
        assert unit.reports.find() == []
        assert url not in repr(unit.locations(SOURCE).all())
    assert (waiting.country, waiting.edition) == ("XAG", "2023")
    assert foreign_host(source_named(SOURCE), url) in waiting.why
    done = decide(watch.parts, Decision(waiting.id))
    assert str(done.report) == GANDORIA
    with watch.parts.store.read() as unit:
        assert unit.reviews(SOURCE).open() == []


def test_a_foreign_record_with_a_text_that_is_known_waits_all_the_same(
    watch: Watch, tmp_path: Path
) -> None:
    bring(watch, _saved(tmp_path / "own.html", page(watch, "2023/XAG")))
    record = ("2025-01-01T00:00:00Z", "http://evil.example/", page(watch, "2023/XAG"))
    (tmp_path / "a.warc").write_bytes(_plain(record))
    assert counts(bring(watch, tmp_path / "a.warc").run) == {"checked": 1, "unidentified": 1}
    with watch.parts.store.read() as unit:
        [waiting] = unit.reviews(SOURCE).open()
    assert dismiss(watch.parts, waiting.id).document.outcome == "dismissed"


def test_who_names_country_and_edition_vouches_for_a_foreign_record(
    watch: Watch, tmp_path: Path
) -> None:
    record = ("2025-01-01T00:00:00Z", "http://mirror.example/g", page(watch, "2023/XAG"))
    (tmp_path / "a.warc").write_bytes(_plain(record))
    part = bring(watch, tmp_path / "a.warc", edition="2023")
    assert counts(part.run) == {"checked": 1, "unidentified": 1}
    whole = bring(watch, tmp_path / "a.warc", edition="2023", country="XAG")
    assert counts(whole.run) == {"checked": 1, "published": 1}


@pytest.mark.parametrize("sign", ["\x1b[31m", "\x00", "\x7f", "\u202e", "\u200b", "\x9b2J"])
def test_an_address_with_control_characters_is_refused(
    watch: Watch, tmp_path: Path, sign: str
) -> None:
    record = ("2025-01-01T00:00:00Z", OWN + sign, page(watch, "2023/XAG"))
    (tmp_path / "a.warc").write_bytes(_plain(record))
    report = bring(watch, tmp_path / "a.warc")
    assert counts(report.run) == {"checked": 1, "unreadable": 1}
    reason = report.run.failures[0]["reason"]
    assert "characters that no address has" in reason
    assert reason.isprintable()


@pytest.mark.parametrize(
    ("ahead", "is_taken"),
    [
        (timedelta(0), True),
        (timedelta(hours=23), True),
        (timedelta(days=1, minutes=1), False),
        (timedelta(days=365), False),
        (timedelta(days=27_000), False),
    ],
)
def test_captures_of_more_than_a_day_ahead_are_refused(
    watch: Watch, tmp_path: Path, ahead: timedelta, is_taken: bool
) -> None:
    when = f"{watch.now + ahead:%Y-%m-%dT%H:%M:%SZ}"
    record = (when, watch.site.url("2023/XAG"), page(watch, "2023/XAG"))
    (tmp_path / "a.warc").write_bytes(_plain(record))
    now = watch.now
    report = bring(watch, tmp_path / "a.warc")
    expected = {"published": 1} if is_taken else {"unreadable": 1}
    assert counts(report.run) == {"checked": 1, **expected}
    with watch.parts.store.read() as unit:
        views = [unit.versions.all(each.report)[0] for each in unit.reports.find()]
    seen = [each.last_seen_at for each in views]
    assert all(each <= now for each in seen)
    assert len(seen) == is_taken


@pytest.mark.usefixtures("seen")
def test_a_capture_of_2099_of_a_watched_page_silences_nothing(watch: Watch, tmp_path: Path) -> None:
    url = watch.site.url("2023/XAG")
    for year in ("2099", "9999"):
        record = (f"{year}-12-31T23:59:59Z", url, page(watch, "2023/XAG"))
        (tmp_path / "a.warc").write_bytes(_plain(record))
        assert counts(bring(watch, tmp_path / "a.warc").run) == {"checked": 1, "unreadable": 1}
    soon = (f"{watch.now + timedelta(hours=20):%Y-%m-%dT%H:%M:%SZ}", url, page(watch, "2023/XAG"))
    (tmp_path / "a.warc").write_bytes(_plain(soon))
    assert counts(bring(watch, tmp_path / "a.warc").run) == {"checked": 1, "unchanged": 1}
    assert told(watch.at(2))["edited"]


def test_a_date_that_no_calendar_has_is_none(watch: Watch, tmp_path: Path) -> None:
    records = [
        (when, watch.site.url("2023/XAG"), page(watch, "2023/XAG"))
        for when in ("0001-01-01T00:00:00+23:59", "yesterday", "2025-13-01T00:00:00Z")
    ]
    (tmp_path / "a.warc").write_bytes(b"".join(map(_plain, records)))
    report = bring(watch, tmp_path / "a.warc")
    assert [each["report"] for each in report.files] == [GANDORIA] * 3
    assert report.run.failures == ()


def _plain(record: tuple[str, str, bytes]) -> bytes:
    return gzip.decompress(warc(record))


def _saved(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path
