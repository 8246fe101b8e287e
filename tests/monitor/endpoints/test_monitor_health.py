"""The health check tells silence from health, and the overview says the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from monitor_stage import START, Clock, Open

from reports.watch.promise import Promise, SourceState, source_state
from services.assembly import Parts
from services.health.freshness import check

HOUR = timedelta(hours=1)
EVIL = "<script>s3cret</script>"


def test_nothing_read_yet_is_no_alarm(open_monitor: Open) -> None:
    client, _ = open_monitor()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "sources": [],
        "database": "ok",
        "scheduler": {"last_check_at": None, "fresh": True},
        "findings": {},
        "alarms": {},
    }


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
    broken_at = f"{last_read_at + 12 * HOUR:%Y-%m-%dT%H:%M:%SZ}" if status == 503 else None
    stale = {"freshness": [{"source": "sample-hrr", "subject": "sample-hrr"}]}
    assert answer.json() == {
        "status": name,
        "sources": [
            {
                "source": "sample-hrr",
                "last_ok_at": f"{last_read_at:%Y-%m-%dT%H:%M:%SZ}",
                "fresh": status == 200,
                "promise_hours": 12.0,
                "stale_since": broken_at,
            }
        ],
        "database": "ok",
        "scheduler": {"last_check_at": None, "fresh": True},
        "findings": stale if status == 503 else {},
        "alarms": {"drift_shape": 1},  # of the site's last step
    }
    page = client.get("/sources").text
    assert f'<span class="tag {name}">' in page
    assert "promised every 12 hours" in page
    assert ("broken since" in page) is (status == 503)


def end_run(parts: Parts, state: str, error: str, *links: int) -> None:
    with parts.store.write() as unit:
        run_id = unit.runs.start(
            "sample-hrr",
            trigger="scheduled",
            orchestrator="direct",
            flow_run="",
            parameters={},
            now=parts.now(),
        )
        for number, count in enumerate(links):
            edition = f"{2022 + number}"
            unit.listings.note(run_id, "sample-hrr", edition, count, parts.now(), is_good=False)
        unit.runs.end(run_id, state, now=parts.now(), seconds=1.0, error=error)
        unit.commit()


@pytest.mark.parametrize(
    ("state", "links", "findings"),
    [
        ("failed", (), {"run_blocked": "sample-hrr"}),
        ("crashed", (), {"run_blocked": "sample-hrr"}),
        ("done", (1,), {"listing_floor": "2022"}),
    ],
)
def test_a_run_that_came_to_nothing_is_shown_and_is_no_503_while_the_promise_holds(
    open_monitor: Open,
    last_read_at: datetime,
    state: str,
    links: tuple[int, ...],
    findings: dict[str, str],
) -> None:
    client, parts = open_monitor(is_filled=True, clock=Clock(last_read_at + HOUR))
    end_run(parts, state, EVIL, *links)
    check(parts)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.json()["findings"] == {
        kind: [{"source": "sample-hrr", "subject": subject}] for kind, subject in findings.items()
    }
    assert answer.json()["alarms"] == {"drift_shape": 1, **dict.fromkeys(findings, 1)}
    assert "s3cret" not in answer.text
    page = client.get("/").text
    assert 'id="alarms"' in page and "<script>" not in page


def test_a_scheduler_that_stopped_is_told_by_the_monitor_alone(
    open_monitor: Open, last_read_at: datetime
) -> None:
    clock = Clock(last_read_at)
    client, parts = open_monitor(is_filled=True, clock=clock)
    with parts.store.write() as unit:
        unit.heartbeats.beat("check", clock.now)
        unit.commit()
    clock.now += timedelta(minutes=45)
    answer = client.get("/healthz")
    beat = f"{last_read_at:%Y-%m-%dT%H:%M:%SZ}"
    assert answer.status_code == 200
    assert answer.json()["scheduler"] == {"last_check_at": beat, "fresh": True}
    assert "the scheduler has stopped" not in client.get("/").text
    clock.now += timedelta(seconds=1)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "stale")
    assert answer.json()["scheduler"] == {"last_check_at": beat, "fresh": False}
    assert answer.json()["findings"] == {
        "scheduler": [{"source": "reportwatch", "subject": "scheduler"}]
    }
    assert "scheduler" not in answer.json()["alarms"]  # it judges, and changes nothing
    assert "the scheduler has stopped" in client.get("/").text


def test_a_scheduled_source_that_was_never_read_goes_stale_after_its_time(
    open_monitor: Open,
) -> None:
    clock = Clock()
    client, parts = open_monitor(clock=clock, fresh_hours=12)
    with parts.store.write() as unit:
        unit.heartbeats.beat("scheduled:us-state-hrr", clock.now)
        unit.commit()
    clock.now += 12 * HOUR
    (source,) = client.get("/healthz").json()["sources"]
    assert (source["source"], source["last_ok_at"], source["fresh"]) == (
        "us-state-hrr",
        None,
        True,
    )
    clock.now += HOUR
    answer = client.get("/healthz")
    (source,) = answer.json()["sources"]
    assert (answer.status_code, source["stale_since"]) == (503, "2026-03-01T21:00:00Z")


def test_a_broken_database_fails_the_check_and_every_page_says_so(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    parts.store.close()
    (parts.settings.home / "reportwatch.sqlite").write_bytes(b"broken" * 999)
    for leftover in parts.settings.home.glob("reportwatch.sqlite-*"):
        leftover.unlink()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    document = answer.json()
    assert (document["status"], document["sources"]) == ("failing", [])
    assert document["database"] == "failed"
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

    monkeypatch.setattr("monitor.endpoints.probes.check_health", fail)
    answer = client.get("/healthz")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    ("promise", "state"),
    [
        (None, SourceState.NEVER_READ),
        (Promise("one", 12, START), SourceState.NEVER_READ),
        (Promise("one", 12, START, START), SourceState.OK),
        (Promise("one", 11, START, START), SourceState.STALE),
        (Promise("one", 11, START), SourceState.STALE),
    ],
)
def test_a_source_never_read_is_neither_well_nor_stale_while_it_has_its_time(
    promise: Promise | None, state: SourceState
) -> None:
    assert source_state(promise, START + 12 * HOUR) is state
