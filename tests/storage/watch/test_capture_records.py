"""Capture records: packed small, read back byte for byte, kept while something rests on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from archive import SOURCE, Archive, name
from sqlalchemy import text

from reports.model.captured import (
    LARGEST_HEADERS,
    LEFT_OUT,
    CaptureOrigin,
    Exchange,
    kept_headers,
    make_record,
)
from reports.text.fingerprint import payload_sha256
from reports.watch.outcome import Outcome
from storage.watch.capture_records import MOST_MISSES
from storage.watch.locations import Sighting
from storage.watch.record_packing import MOST_BASES

A = "Belvaria is a monarchy."
DAY = timedelta(days=1)
HEADERS = (
    ("Content-Type", "text/html; charset=UTF-8"),
    ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; " * 20),
    ("X-Latin", "caf\xe9 \x00\r\n folded"),
)


def recorded(seen: Sighting, status: int = 200, headers: Any = HEADERS) -> Sighting:
    stamp = ("Date", seen.seen_at.isoformat())
    exchange = Exchange(
        seen.url,
        "GET",
        seen.seen_at,
        seen.seen_at,
        (("Host", "sample.example"),),
        status,
        "OK",
        "HTTP/1.1",
        (*headers, stamp),
        remote_address="192.0.2.7",
    )
    record = make_record(
        [exchange],
        origin=CaptureOrigin.PUBLISHER,
        client="reportwatch/1",
        payload_sha256=seen.payload_sha256 or "0" * 64,
        payload_size=17,
    )
    return replace(seen, record=record)


def misses(archive: Archive) -> list[Any]:
    with archive.store.read() as unit:
        return list(unit._connection.execute(text("SELECT * FROM miss ORDER BY id")))


def miss(archive: Archive) -> Sighting:
    return recorded(archive.misses(), 404)


def listed(archive: Archive, *, is_good: bool = True) -> None:
    """Read the edition's listing in the last run."""
    with archive.store.write() as unit:
        record = recorded(archive.sees(A)).record
        unit.listings.note(
            archive.run_id, SOURCE, "2024", 17, archive.now, is_good=is_good, record=record
        )
        unit.commit()


def test_a_record_reads_back_byte_for_byte_and_takes_a_few_bytes(archive: Archive) -> None:
    seen = [recorded(archive.sees(A, country)) for country in ("XAB", "XAC", "XAD")]
    archive.run(*seen)
    with archive.store.read() as unit:
        found = [unit.capture_records.of_capture(number) for number in (1, 2, 3)]
        rows = list(unit._connection.execute(text("SELECT record FROM capture ORDER BY id")))
        named = unit.capture_records.of_version(name("XAC"), 1)
    assert [each.record for each in found] == [each.record for each in seen]
    assert named == found[1]
    assert named.record.sha256 == seen[1].record.sha256  # type: ignore[union-attr]
    assert len(found[0].record.canonical) > 1500
    assert max(len(row.record) for row in rows) < 250
    with pytest.raises(KeyError):
        unit.capture_records.of_capture(4)


def test_a_removal_rests_on_its_misses_and_on_the_good_listing_beside_them(
    archive: Archive,
) -> None:
    archive.run(recorded(archive.sees(A)))
    away = [miss(archive)]
    archive.run(away[0])
    listed(archive)
    away.append(miss(archive))
    archive.run(away[1])
    listed(archive, is_good=False)
    listed(archive)
    archive.run(miss(archive))  # after the removal: nothing rests on it
    with archive.store.read() as unit:
        (removal,) = [each for each in unit.changes.find() if each.kind == "removed"]
        found = unit.capture_records.of_removal(removal.id)
    assert [each.record for each in found.misses] == [each.record for each in away]
    assert found.listing is not None
    assert (found.listing.link_count, found.listing.id) == (17, 3)
    assert len(misses(archive)) == 2


def test_misses_go_once_their_page_is_back_and_stay_while_it_is_away(archive: Archive) -> None:
    def pruned() -> int:
        with archive.store.write() as unit:
            table = unit.prune(archive.now + DAY, ("manual",))
            ids = table.misses()
            table.drop_misses(ids)
            unit.commit()
        return len(ids)

    archive.run(recorded(archive.sees(A)))
    archive.run(miss(archive), gone_checks=9)
    assert (pruned(), len(misses(archive))) == (0, 1)  # it is away: a removal may rest on it
    archive.run(recorded(archive.sees(A)))
    assert (pruned(), len(misses(archive))) == (1, 0)
    for _ in range(2):
        archive.run(miss(archive))
    archive.run(recorded(archive.sees(A)))
    assert (pruned(), len(misses(archive))) == (0, 2)  # a removal rests on them for good


def test_of_very_many_misses_in_a_row_the_first_ones_and_the_last_are_kept(
    archive: Archive,
) -> None:
    archive.run(recorded(archive.sees(A)))
    at: list[datetime] = []
    for _ in range(MOST_MISSES + 5):
        at.append(archive.now)
        archive.run(miss(archive), gone_checks=10_000)
    kept = misses(archive)
    assert len(kept) == MOST_MISSES
    with archive.store.read() as unit:
        times = unit._connection.execute(text("SELECT max(missed_at) FROM miss")).scalar_one()
    assert str(times).startswith(str(at[-1].replace(tzinfo=None)))


def test_a_host_whose_headers_are_never_alike_fills_no_table(archive: Archive) -> None:
    for number in range(MOST_BASES + 10):
        noise = tuple(
            (f"X-{each}", payload_sha256(b"%d %d" % (number, each))) for each in range(40)
        )
        archive.run(recorded(archive.sees(f"{A} {number}"), headers=noise))
    with archive.store.read() as unit:
        bases = unit._connection.execute(text("SELECT count(*) FROM record_base")).scalar_one()
        last = unit.capture_records.of_capture(MOST_BASES + 10)
    assert bases == MOST_BASES
    assert last.record.last.headers is not None
    assert len(last.record.last.headers) == 41


def test_what_was_kept_before_there_were_records_gives_one_that_says_so(archive: Archive) -> None:
    kept = {"status": 200, "headers": {"etag": '"1"'}, "redirects": ["https://sample.example/b"]}
    archive.run(archive.sees(A, evidence={**kept, "remote_ip": "192.0.2.7"}))
    with archive.store.read() as unit:
        one, two = (unit.capture_records.of_capture(1) for _ in range(2))
        evidence = unit.versions.evidence(name(), 1)
    assert one.record == two.record
    assert one.record.is_derived
    first, last = one.record.exchanges
    assert (first.url, last.url) == (archive.url(), "https://sample.example/b")
    assert (last.status, last.headers, last.method) == (200, (("etag", '"1"'),), None)
    assert evidence == {**kept, "remote_ip": "192.0.2.7"}


def test_a_damaged_record_is_found_by_the_audit(archive: Archive) -> None:
    archive.run(recorded(archive.sees(A)), recorded(archive.sees(A, "XAC")))
    with archive.store.read() as unit:
        assert unit.audit.check()["faults"] == []
    with archive.store.write() as unit:
        unit._connection.execute(
            text("UPDATE capture SET record = (SELECT record FROM capture WHERE id = 1)")
        )
        unit.commit()
    with archive.store.read() as unit:
        faults = unit.audit.check()["faults"]
    assert faults == [
        "capture 2: its capture record is of other bytes",
        "version 2: the log says another capture_sha256",
    ]


def test_secrets_are_left_out_and_headers_have_a_bound() -> None:
    came = [("Set-Cookie", "session=1"), ("X-Long", "a" * LARGEST_HEADERS), ("ETag", '"1"')]
    assert kept_headers(came) == ((("Set-Cookie", LEFT_OUT),), 2)


def test_a_miss_of_a_page_that_was_never_there_is_none(archive: Archive) -> None:
    archive.run(replace(miss(archive), outcome=Outcome.SUSPECTED, is_clean_miss=False))
    assert misses(archive) == []
