"""The health check tells silence from health, and the overview says the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from monitor_stage import Clock, Open

from monitor.health import SourceState, source_state

HOUR = timedelta(hours=1)


def test_nothing_read_yet_is_no_alarm(open_monitor: Open) -> None:
    client, _ = open_monitor()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "sources": [], "database": "ok"}


@pytest.mark.parametrize(
    ("age", "status", "name"),
    [
        (timedelta(0), 200, "ok"),
        (12 * HOUR, 200, "ok"),
        (12 * HOUR + timedelta(seconds=1), 503, "stale"),
        (9999 * HOUR, 503, "stale"),
        (-HOUR, 200, "ok"),
    ],
)
def test_a_source_goes_stale_after_the_promised_hours(
    open_monitor: Open, last_read_at: datetime, age: timedelta, status: int, name: str
) -> None:
    client, _ = open_monitor(is_filled=True, clock=Clock(last_read_at + age), fresh_hours=12)
    answer = client.get("/healthz")
    assert answer.status_code == status
    assert answer.json() == {
        "status": name,
        "sources": [
            {
                "source": "sample-hrr",
                "last_ok_at": f"{last_read_at:%Y-%m-%dT%H:%M:%SZ}",
                "fresh": status == 200,
            }
        ],
        "database": "ok",
    }
    assert f'<span class="tag {name}">' in client.get("/").text


def test_a_broken_database_fails_the_check_and_every_page_says_so(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    parts.store.close()
    (parts.settings.home / "reportwatch.sqlite").write_bytes(b"broken" * 999)
    for leftover in parts.settings.home.glob("reportwatch.sqlite-*"):
        leftover.unlink()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "sources": [], "database": "failed"}
    page = client.get("/reports")
    assert page.status_code == 503
    assert "The database does not answer" in page.text
    assert str(parts.settings.home) not in page.text
    document = client.get("/api/v1/reports")
    assert document.status_code == 503
    assert "database" in document.json()["error"]


def test_a_fault_of_the_program_shows_nothing_of_itself(
    open_monitor: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _ = open_monitor()

    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("monitor.api.check_health", fail)
    answer = client.get("/healthz")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "content-security-policy" in answer.headers


def test_a_source_never_read_is_neither_well_nor_stale(last_read_at: datetime) -> None:
    assert source_state(None, last_read_at, 1) is SourceState.NEVER_READ
