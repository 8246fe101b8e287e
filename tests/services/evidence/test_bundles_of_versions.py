"""Bundles of what a watch recorded: every version proves itself, and so does a removal."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from walk_stage import Watch

from reports.model.identity import ReportId
from reports.model.values import Page
from reports.transparency.note import KeyKind
from scrapers.sources.sample_hrr import SampleReports
from services.evidence import verify_bundle
from services.evidence.bundle import Bundle, NotLogged, make_bundle
from services.evidence.verify_bundle import Evidence, Result, check_bundle, open_bundle, read_trust
from services.runs.reread import RereadRequest, reread
from services.transparency.checkpoints import make_checkpoint
from storage.transparency.logs import StoredToken
from tests.evidence_stage import signing_key
from tests.services.evidence.bundle_stage import Stage, refusals

GANDORIA = ReportId("sample-hrr", "2023", "XAG")


def _checked(bundle: Bundle, quote: str = "", *keys: str) -> Result:
    return check_bundle(bundle.file_name, bundle.body, read_trust(keys, [], []), quote)


def _evidence(bundle: Bundle) -> Evidence:
    return Evidence(open_bundle(bundle.body))


def test_every_version_proves_itself(seen: None, watch: Watch) -> None:
    watch.site.edit("2023/XAG", "credible reports of", "reports of")
    watch.run()
    head = make_checkpoint(watch.parts)
    with watch.parts.store.read() as unit:
        every = [(each.report, each.number) for each in unit.versions.every()]
    placed = 0
    for name, number in every:
        bundle = make_bundle(watch.parts, name, number)
        result = _checked(bundle, "", head.log.vkey)
        assert refusals(result) == {}, (name, number)
        assert (bundle.log_size, bundle.log) == (head.size, head.log.origin)
        blocks = [block for part in _evidence(bundle).parts for block in part]
        placed += all(block.pieces is not None for block in blocks)
    assert placed == len(every) > 20


def test_a_bundle_holds_the_words_as_they_stood(seen: None, watch: Watch) -> None:
    watch.site.edit("2023/XAG", "credible reports of", "reports of")
    watch.run()
    make_checkpoint(watch.parts)
    before, after = (make_bundle(watch.parts, GANDORIA, number) for number in (1, 2))
    assert refusals(_checked(before, "included credible reports of")) == {}
    assert list(refusals(_checked(after, "included credible reports of"))) == ["quotation"]
    place = _checked(before, "credible reports of").places[0]
    payload = _evidence(before).payload
    found = [payload[first:end] for first, end in place["bytes"]]
    assert any(b"credible reports of" in each for each in found)


def test_the_same_version_gives_the_same_bytes_until_more_is_known(
    seen: None, watch: Watch
) -> None:
    make_checkpoint(watch.parts)
    first = make_bundle(watch.parts, GANDORIA, 1)
    assert make_bundle(watch.parts, GANDORIA, 1) == first
    watch.site.edit("2023/XAG", "credible reports of", "reports of")
    watch.run()
    assert make_bundle(watch.parts, GANDORIA, 1) == first
    make_checkpoint(watch.parts)
    later = make_bundle(watch.parts, GANDORIA, 1)
    assert (later.log_size, later.newest_size) == (first.log_size, first.log_size + 2)
    assert refusals(_checked(later)) == {}


def test_a_version_that_is_not_logged_yet_has_no_bundle(seen: None, watch: Watch) -> None:
    with pytest.raises(NotLogged, match="not in a published checkpoint of the log yet"):
        make_bundle(watch.parts, GANDORIA, 1)
    make_checkpoint(watch.parts)
    with pytest.raises(KeyError):
        make_bundle(watch.parts, GANDORIA, 9)


def test_a_removal_is_proven_with_the_looks_that_it_rests_on(seen: None, watch: Watch) -> None:
    make_checkpoint(watch.parts)
    watch.site.fail("2023/XAG", 404)
    watch.site.unlist(2023, "2023/XAG")
    watch.run()
    watch.run()
    before = make_bundle(watch.parts, GANDORIA, 1)
    assert before.removed_at is None  # recorded, and in no checkpoint yet
    assert refusals(_checked(before)) == {}
    make_checkpoint(watch.parts)
    bundle = make_bundle(watch.parts, GANDORIA, 1)
    result = _checked(bundle)
    assert refusals(result) == {}
    assert bundle.removed_at
    (removal,) = _evidence(bundle).removals
    assert list(removal.looks) == [
        "removal-1/miss-1.json",
        "removal-1/miss-2.json",
        "removal-1/listing.json",
    ]
    says = {each.name: each.says for each in result.checks}["removals"]
    assert "it rests on 2 answers that it is not there, and on a listing read beside them" in says
    page = open_bundle(bundle.body)[verify_bundle.CERTIFICATE].decode()
    assert page.count("not there, status 404") == 2
    assert "a listing that was read, status 200" in page


def test_a_restored_report_says_that_it_was_gone(seen: None, watch: Watch) -> None:
    watch.site.fail("2023/XAG", 404)
    watch.run()
    watch.run()
    watch.site.altered.clear()
    watch.run()
    watch.site.fail("2023/XAG", 410)
    watch.run()
    watch.run()
    make_checkpoint(watch.parts)
    bundle = make_bundle(watch.parts, GANDORIA, 1)
    assert refusals(_checked(bundle)) == {}
    assert [each.folder for each in _evidence(bundle).removals] == ["removal-1", "removal-2"]


def test_who_signed_comes_along_and_strangers_do_not(
    stage: Stage, seen: None, watch: Watch
) -> None:
    watch.now = datetime.now(UTC).replace(microsecond=0)
    head = make_checkpoint(watch.parts)
    assert head.stored is not None
    assert head.signed is not None
    known, stranger = (
        signing_key(name, KeyKind.COSIGNATURE) for name in ("tide.example/witness", "other/witness")
    )
    note, at = head.signed.note, int(watch.now.timestamp())
    for each in (known, stranger):
        note = note.with_signature(each.cosign(note.text, at))
    token = StoredToken(
        "https://tsa.example/", stage.authority.stamp(note.text.encode()), watch.now
    )
    with watch.parts.store.write() as unit:
        unit.logs.set_note(head.stored.id, str(note))
        unit.logs.add_token(head.stored.id, token)
        unit.commit()
    watch.set(
        witnesses=f"{known.public} https://tide.example/",
        timestamps=f"https://tsa.example/ {stage.authority.root}",
    )
    bundle = make_bundle(watch.parts, GANDORIA, 1)
    trust = read_trust([head.log.vkey], [str(known.public)], [str(stage.authority.root)])
    assert refusals(check_bundle("a.wacz", bundle.body, trust)) == {}
    assert (bundle.witnesses, len(bundle.stamped_at)) == ((known.name,), 1)
    members = open_bundle(bundle.body)
    assert b"other/witness" not in members[verify_bundle.PROOF]
    assert members["timestamps/1.pem"].count(b"BEGIN CERTIFICATE") == 2


class LaterReader(SampleReports):
    """The same source after its reader was mended: it reads a word that was overlooked."""

    reader_revision = SampleReports.reader_revision + 1

    def read(self, body: bytes, url: str) -> Page:
        page = super().read(body, url)
        mended = [
            replace(each, reading=replace(each.reading, blocks=(*each.reading.blocks, "Mended.")))
            for each in page.reports
        ]
        return replace(page, reports=tuple(mended))


def test_what_another_reader_understood_later_is_not_what_is_proven(
    seen: None, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_checkpoint(watch.parts)
    before = make_bundle(watch.parts, GANDORIA, 1)
    monkeypatch.setattr("services.runs.reread.source_named", lambda name: LaterReader())
    reread(watch.parts, RereadRequest("sample-hrr"))
    with watch.parts.store.read() as unit:
        view = unit.versions.get(GANDORIA, 1)
    assert view is not None
    assert view.reading.blocks[-1] == "Mended."
    assert make_bundle(watch.parts, GANDORIA, 1).body == before.body
    words = json.loads(open_bundle(before.body)[verify_bundle.WORDS])
    assert words["reader_revision"] == view.reader_revision - 1
