"""A file that plays tricks with its container is refused before anything of it is believed."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable

import pytest

from services.evidence import verify_bundle
from services.evidence.container import packed
from services.evidence.verify_bundle import check_bundle, open_bundle
from tests.evidence_stage import evidence_of
from tests.services.evidence.bundle_stage import Stage, refusals


def _added(body: bytes, name: str, content: bytes, packing: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO(body)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a second member with one name
        with zipfile.ZipFile(file, "a", packing) as archive:
            archive.writestr(name, content)
    return file.getvalue()


def _without(body: bytes, name: str) -> bytes:
    members = open_bundle(body)
    del members[name]
    return verify_bundle.zipped(members)


def _repacked(body: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in open_bundle(body).items():
            archive.writestr(name, content)
    return file.getvalue()


TRICKS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no archive": (lambda _: b"not a zip", "no whole ZIP archive"),
    "nothing": (lambda _: b"", "no whole ZIP archive"),
    "cut off": (lambda body: body[: len(body) // 2], "no whole ZIP archive"),
    "two members of one name": (
        lambda body: _added(body, "evidence/leaf.json", b"{}"),
        "two members named evidence/leaf.json",
    ),
    "a way out": (lambda body: _added(body, "../../etc/passwd", b""), "no bundle has a member"),
    "an absolute path": (
        lambda body: _added(body, "/tmp/leaf.json", b""),
        "no bundle has a member",
    ),
    "another file": (lambda body: _added(body, "evidence/more.txt", b""), "no bundle has a member"),
    "a bomb": (
        lambda body: _added(body, "removal-1/leaf.json", bytes(150_000_000), zipfile.ZIP_DEFLATED),
        "unpacks to more",
    ),
    "packed otherwise": (_repacked, "packed otherwise"),
    "words behind its end": (lambda body: body + b"\0", ""),
    "words before its beginning": (lambda body: b"#!/bin/sh\n" + body, ""),
    "without its leaf": (lambda body: _without(body, "evidence/leaf.json"), "lacks evidence/leaf"),
    "without its page": (lambda body: _without(body, "archive/data.warc.gz"), "lacks archive/data"),
}


@pytest.mark.parametrize("name", TRICKS)
def test_a_trick_is_refused(stage: Stage, name: str) -> None:
    trick, reason = TRICKS[name]
    body = trick(packed(evidence_of(stage.log, 3, 17)))
    found = refusals(check_bundle("trick.wacz", body, stage.trust))
    assert list(found) == ["container"]
    assert reason in found["container"]


def test_a_file_with_too_many_members_is_refused(stage: Stage) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(verify_bundle.MOST_MEMBERS + 1):
            archive.writestr(f"timestamps/{number}.tsr", b"")
    found = refusals(check_bundle("many.wacz", file.getvalue(), stage.trust))
    assert "members" in found["container"]


def test_the_same_evidence_gives_the_same_bytes(stage: Stage) -> None:
    evidence = evidence_of(stage.log, 3, 17, 40)
    assert packed(evidence) == packed(dict(reversed(evidence.items())))
    assert open_bundle(packed(evidence)).items() >= evidence.items()
