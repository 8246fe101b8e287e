"""Captures as a WARC file: whole, valid, the same bytes each time, and true of what is held."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections import Counter
from pathlib import Path

import pytest
from databases import sqlite_url
from sqlalchemy import text
from walk_stage import SOURCE, Watch, watching
from warcio.archiveiterator import ArchiveIterator

from reports.model.captured import read_record
from reports.model.identity import ReportId
from reports.text.canonical_json import canonical_json
from scrapers.saved.warc_index import cdxj, pages_jsonl
from services.exports.warc import WarcCounts, write_version, write_warc
from services.exports.whole_files import replacing
from storage.database.errors import Damaged
from storage.read.captured_pages import CaptureScope
from storage.texts.payloads import Payloads

STEPS = 10
EDITED = "2023/XAG"


class Record:
    """One record of a file: its type, its headers, its HTTP headers and its payload."""

    def __init__(self, found: object) -> None:
        self.kind: str = found.rec_type  # type: ignore[attr-defined]
        self.headers = dict(found.rec_headers.headers)  # type: ignore[attr-defined]
        http = found.http_headers  # type: ignore[attr-defined]
        self.status = http.get_statuscode() if http else ""
        self.http = {name.lower(): value for name, value in http.headers} if http else {}
        self.payload: bytes = found.raw_stream.read()  # type: ignore[attr-defined]
        self.passed: bool | None = found.digest_checker.passed  # type: ignore[attr-defined]


def read(body: bytes) -> list[Record]:
    return [Record(each) for each in ArchiveIterator(io.BytesIO(body), check_digests=True)]


def exported(watch: Watch, **scope: object) -> tuple[list[Record], WarcCounts, bytes]:
    stream = io.BytesIO()
    counts = write_warc(watch.parts.store, stream, CaptureScope(**scope))  # type: ignore[arg-type]
    return read(stream.getvalue()), counts, stream.getvalue()


def walked(watch: Watch) -> Watch:
    assert len(watch.site.timeline.steps) == STEPS
    for step in range(STEPS):
        watch.at(step)
    return watch


def test_every_version_is_in_the_file_with_its_digest_and_the_file_is_always_the_same(
    each_watch: Watch,
) -> None:
    walked(each_watch)
    records, counts, body = exported(each_watch)
    assert exported(each_watch)[2] == body
    assert {each.passed for each in records if each.kind != "revisit"} == {True}
    kinds = Counter(each.kind for each in records)
    assert kinds["warcinfo"] == 1
    answers = Counter(each.status for each in records if each.kind == "response")
    assert (answers["200"], answers["404"]) == (counts.captures, counts.misses)
    assert answers["301"] == kinds["response"] - answers["200"] - answers["404"] > 0
    assert kinds["revisit"] == counts.revisits
    assert counts.misses == 2  # of the one report that the timeline removes
    bodies = {hashlib.sha256(each.payload).hexdigest() for each in records if each.status == "200"}
    with each_watch.parts.store.read() as unit:
        versions = list(unit.versions.every())
    assert len(versions) >= 40
    assert {each.payload_sha256 for each in versions} <= bodies
    said = [json.loads(each.payload) for each in records if each.kind == "metadata"]
    named = {(v["report"], v["version"]) for each in said for v in each.get("versions", ())}
    assert named == {(str(each.report), each.number) for each in versions}
    for each in said:
        record = read_record(canonical_json(each["capture_record"]))
        assert record.sha256 == each["capture_sha256"]
    written = counts.captures + counts.revisits + counts.without_body + counts.misses
    assert len(said) == written + 1  # the listing beside the misses


def test_identical_bytes_become_revisits_that_refer_to_the_first(quiet_watch: Watch) -> None:
    quiet_watch.set(hints="")  # every page is asked for each time, whatever its validators
    quiet_watch.run()
    quiet_watch.run()
    records, counts, _ = exported(quiet_watch)
    revisits = [each for each in records if each.kind == "revisit"]
    assert counts.revisits == len(revisits) > 20
    first = {each.headers["WARC-Record-ID"]: each for each in records if each.kind == "response"}
    for each in revisits:
        original = first[each.headers["WARC-Refers-To"]]
        for name in ("WARC-Payload-Digest", "WARC-Target-URI"):
            assert each.headers[name] == original.headers[name]
        assert each.headers["WARC-Refers-To-Date"] == original.headers["WARC-Date"]
        assert int(each.http["content-length"]) == len(original.payload)


def test_one_version_is_a_file_of_its_own_with_its_index(each_watch: Watch) -> None:
    walked(each_watch)
    name = ReportId.parse(f"{SOURCE}/{EDITED}")
    stream = io.BytesIO()
    with each_watch.parts.store.read() as unit:
        placed = write_version(unit, name, 1, stream)
        view = unit.versions.get(name, 1)
    assert view is not None
    body = stream.getvalue()
    (page,) = [each for each in placed if each.status == 200]
    at = ArchiveIterator(io.BytesIO(body[page.offset : page.offset + page.length]))
    assert hashlib.sha256(Record(next(at)).payload).hexdigest() == view.payload_sha256
    line = cdxj(placed, "data.warc.gz").decode().splitlines()[0]
    assert line.startswith("example,reportwatch,sample)/")
    assert json.loads(line.split(" ", 2)[2])["digest"] == f"sha256:{view.payload_sha256}"
    head, shown = map(json.loads, pages_jsonl(placed, "a title").decode().splitlines())
    assert (head["format"], shown["url"]) == ("json-pages-1.0", page.url)


def test_a_removed_version_brings_its_misses_and_the_listing_beside_them(watch: Watch) -> None:
    walked(watch)
    with watch.parts.store.read() as unit:
        (removal,) = [each for each in unit.changes.find() if each.kind.value == "removed"]
        assert removal.from_version is not None
        rests_on = unit.capture_records.of_removal(removal.id)
        stream = io.BytesIO()
        write_version(unit, removal.report, removal.from_version, stream)
    records = read(stream.getvalue())
    assert [each.status for each in records if each.kind == "response"] == ["200", "404", "404"]
    misses = [each for each in records if each.status == "404"]
    assert {each.headers["WARC-Truncated"] for each in misses} == {"unspecified"}
    said = [json.loads(each.payload) for each in records if each.kind == "metadata"]
    digests = {each["capture_sha256"] for each in said}
    assert rests_on.listing and rests_on.listing.record
    assert rests_on.listing.record.sha256 in digests
    assert {each.record.sha256 for each in rests_on.misses if each.record} < digests
    assert len(rests_on.misses) == 2


def test_what_is_asked_for_is_what_is_written(watch: Watch) -> None:
    walked(watch)
    _, everything, _ = exported(watch)
    _, source, _ = exported(watch, source=SOURCE)
    assert source == everything
    records, one, _ = exported(watch, report=ReportId.parse(f"{SOURCE}/{EDITED}"))
    assert 0 < one.captures < everything.captures
    pages = [each for each in records if each.kind in ("response", "request", "revisit")]
    assert len({each.headers["WARC-Target-URI"] for each in pages}) == 1
    assert exported(watch, source="elsewhere")[1] == WarcCounts()


def test_on_the_wire_the_record_says_what_was_sent_and_by_whom_it_was_answered(
    home: Path,
) -> None:
    with watching(sqlite_url(home), home, is_on_wire=True) as watch:
        watch.run()
        with watch.parts.store.read() as unit:
            last = unit.capture_records.of_capture(1).record.last
    sent = dict(last.request_headers or ())
    assert sent["Host"] == watch.origin.removeprefix("http://")
    assert "reportwatch/" in sent["User-Agent"]
    assert (last.method, last.status, last.protocol) == ("GET", 200, "HTTP/1.1")
    assert last.asked_in_place == watch.origin
    assert last.remote_address == "127.0.0.1"
    assert last.asked_at is not None and last.answered_at is not None


def test_a_file_is_whole_or_not_there(watch: Watch, tmp_path: Path) -> None:
    """What broke off replaces nothing: neither a full disk nor bytes that are gone."""
    watch.run()
    target = tmp_path / "all.warc.gz"
    target.write_bytes(b"an earlier one")
    with pytest.raises(OSError, match="full"), replacing(target) as partial:
        write_warc(watch.parts.store, _Full(partial), CaptureScope())
    assert target.read_bytes() == b"an earlier one"
    with watch.parts.store.write() as unit:
        unit._connection.execute(text("UPDATE payload SET body = substr(body, 1, 30)"))
        unit.commit()
    Payloads.get.__globals__["_RECENT"]._bodies.clear()
    with pytest.raises(Damaged), replacing(target) as partial, partial.open("wb") as file:
        write_warc(watch.parts.store, file, CaptureScope())
    assert target.read_bytes() == b"an earlier one"
    assert list(tmp_path.glob("*.partial")) == []


class _Full:
    """A disk that is full after some bytes."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._left = 50_000

    def write(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            self._file.close()
            raise OSError("the disk is full")
        self._file.write(data)


def test_what_a_run_records_while_a_file_is_written_breaks_nothing(
    watch: Watch, tmp_path: Path
) -> None:
    watch.run()
    done = threading.Event()

    def run_on() -> None:
        for step in range(1, 4):
            watch.at(step)
        done.set()

    runner = threading.Thread(target=run_on)
    runner.start()
    sizes = []
    while not done.is_set():
        records, counts, _ = exported(watch)
        assert {each.passed for each in records if each.kind != "revisit"} == {True}
        sizes.append(counts.captures)
    runner.join()
    assert sizes and sizes == sorted(sizes)
