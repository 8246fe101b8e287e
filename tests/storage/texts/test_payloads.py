"""Payloads and readings: stored once, small, and never silently damaged."""

from __future__ import annotations

import random

import pytest
from archive import Archive, name
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from reports.text.fingerprint import payload_sha256
from storage.database.errors import StorageError
from storage.store import Store


def page(seed: int, words: int = 4000) -> bytes:
    """Return a page of about 30 KB that no compressor shrinks away."""
    rolls = random.Random(seed)
    return " ".join(f"{rolls.getrandbits(24):x}" for _ in range(words)).encode()


@pytest.fixture
def store(committed_store: Store) -> Store:
    """One that commits: bytes are damaged behind its back."""
    return committed_store


def stored_bytes(store: Store) -> int:
    with store.read() as unit:
        return unit.sizes.texts()["payload_bytes"]


def damage(store: Store, column: str, where: str = "1 = 1", at: float = 0.5) -> None:
    """Turn bits of stored bytes over, as a failing disk would."""
    from sqlalchemy import text

    table = column.partition(".")[0]
    with store._engine.begin() as connection:
        query = text(f"SELECT {column} FROM {table} WHERE {where}")
        body = bytearray(connection.execute(query).scalars().first())
        body[int(at * (len(body) - 1))] ^= 0xFF
        change = text(f"UPDATE {table} SET body = :body WHERE {where}")
        connection.execute(change, {"body": bytes(body)})


def test_bytes_come_back_as_they_were(store: Store) -> None:
    bodies = [page(1), page(1) + b" more", page(2), b"", b"\x00\xff" * 500]
    with store.write() as unit:
        digests = [unit.versions.payloads.put(body, shelf="s/2024") for body in bodies]
        unit.commit()
    with store.read() as unit:
        assert [unit.versions.payloads.get(digest) for digest in digests] == bodies
        assert unit.audit.check()["faults"] == []
    assert digests == [payload_sha256(body) for body in bodies]


def test_the_same_bytes_are_stored_once(store: Store) -> None:
    with store.write() as unit:
        for _ in range(3):
            unit.versions.payloads.put(page(1), shelf="s/2024")
        unit.commit()
        assert unit.sizes.texts()["payloads"] == 1


def test_a_changed_page_costs_little_more_than_its_change(archive: Archive) -> None:
    archive.run(archive.sees("A", body=page(1)))
    before = stored_bytes(archive.store)
    archive.run(archive.sees("B", body=page(1).replace(b" ", b"\n", 3)))
    assert stored_bytes(archive.store) - before < 200


def test_pages_of_one_edition_share_what_they_have_in_common(archive: Archive) -> None:
    shared = page(1)
    archive.run(archive.sees("A", body=shared + page(2, 100)))
    before = stored_bytes(archive.store)
    archive.run(archive.sees("B", country="XAC", body=shared + page(3, 100)))
    assert stored_bytes(archive.store) - before < 2000


def test_a_capture_that_differs_in_noise_alone_stores_nothing(archive: Archive) -> None:
    archive.run(archive.sees("A", body=page(1)))
    before = stored_bytes(archive.store)
    archive.run(archive.sees("A", body=page(1) + b"<!-- cached at noon -->"))
    assert stored_bytes(archive.store) == before


def test_an_unknown_digest_is_said_to_be_unknown(store: Store) -> None:
    with store.read() as unit, pytest.raises(KeyError):
        unit.versions.payloads.get("0" * 64)


def test_a_damaged_payload_is_never_handed_out(archive: Archive) -> None:
    archive.run(archive.sees("A", body=page(1)))
    archive.run(archive.sees("B", body=page(1) + b" edited"))
    damage(archive.store, "payload.body", "base_sha256 IS NOT NULL")
    digest = archive.history()[1].payload_sha256
    with archive.store.read() as unit, pytest.raises(StorageError, match="restore a backup"):
        unit.versions.payloads.get(digest)


@pytest.mark.parametrize("at", [0, 0.1, 0.2, 0.5, 0.8, 1])
@pytest.mark.parametrize("which", ["base_sha256 IS NOT NULL", "base_sha256 IS NULL"])
def test_the_audit_finds_a_damaged_payload(archive: Archive, which: str, at: float) -> None:
    """Also one that this process has read before."""
    archive.run(archive.sees("A", body=page(1)))
    archive.run(archive.sees("B", body=page(1) + b" edited"))
    with archive.store.read() as unit:
        assert unit.audit.check()["faults"] == []
    damage(archive.store, "payload.body", which, at)
    with archive.store.read() as unit:
        faults = unit.audit.check()["faults"]
    assert any(fault.startswith("payload ") for fault in faults)


def test_the_audit_finds_a_damaged_reading(archive: Archive) -> None:
    archive.run(archive.sees("Belvaria is a monarchy. " * 30))
    damage(archive.store, "reading.body")
    with archive.store.read() as unit:
        faults = unit.audit.check()["faults"]
    assert faults
    assert {each.split()[0] for each in faults} >= {"reading"}


def test_readings_come_back_word_for_word(archive: Archive) -> None:
    texts = [
        "Belvaria|has [torture], it is “said”.",
        "Belvaria|is well.",
        "Côte d\u2019Ambre\u0301",
    ]
    for text in texts:
        archive.run(archive.sees(text, notes=("Note: one.",)))
    assert archive.texts() == texts
    first = archive.history()[0].reading
    assert first.notes == ("Note: one.",)
    assert [(each.text, each.topics) for each in first.issues.items] == [
        ("[torture]", ("torture",))
    ]
    with archive.store.read() as unit:
        assert unit.audit.check() == {"payloads": 3, "readings": 3, "faults": []}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=some.lists(some.binary(max_size=300), min_size=1, max_size=6))
def test_any_bytes_in_any_order_come_back(store: Store, bodies: list[bytes]) -> None:
    with store.write() as unit:
        first = ""
        digests = []
        for body in bodies:
            digests.append(unit.versions.payloads.put(body, shelf="any", like=first))
            first = first or digests[0]
        assert len(digests) == len(bodies)
        for digest, body in zip(digests, bodies, strict=True):
            assert unit.versions.payloads.get(digest) == body


def test_a_payload_lies_two_steps_from_standing_alone_at_most(archive: Archive) -> None:
    from sqlalchemy import text

    for country in ("XAB", "XAC"):
        for number in range(4):
            body = page(1) + country.encode() * (number + 1)
            archive.run(archive.sees(f"Text {number}.", country=country, body=body))
    with archive.store._engine.connect() as connection:
        rows = connection.execute(text("SELECT sha256, base_sha256 FROM payload")).all()
    base = dict(tuple(row) for row in rows)

    def depth(digest: str) -> int:
        return 1 + depth(base[digest]) if base[digest] else 0

    assert max(depth(digest) for digest in base) == 2
    assert archive.texts(name("XAC")) == [f"Text {number}." for number in range(4)]
