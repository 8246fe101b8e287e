"""The operator's side: reviews, the outbox, subscribers, settings, runs, figures."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup
from monitor_stage import SUBSCRIBER, Clock, Open, settings_for, subscribe

from deployments.sample_site import SampleSite
from deployments.sample_site import serve as serve_site
from flows import start
from flows.prefect_api import FlowRunState, Server
from monitor.layout.strip import DayState
from monitor.pages import start_run
from monitor.pages.settings import setting_rows, shown_value
from reports.notices.states import AlertState, MessageKind
from reports.notices.subscription import Channel
from services.assembly import open_parts
from services.history.import_pages import ImportRequest, import_saved
from services.runs.run import take_source_lock
from storage.watch.hosts import HostDay

UNDECIDED = Path(__file__).parents[2] / "examples" / "us-state-hrr" / "builder-without-name.html"


def send(client: httpx.Client, page: str, action: str, **fields: object) -> httpx.Response:
    """Fill in the form of a page that leads to an action, and send it."""
    shown = client.get(page)
    form = re.search(
        rf'<form[^>]*action="{re.escape(action)}".*?name="token" value="(\w+)"', shown.text, re.S
    )
    assert form, shown.text
    return client.post(action, data={"token": form[1], **fields}, follow_redirects=True)


def test_a_text_without_a_name_is_decided_beside_its_page(open_monitor: Open) -> None:
    client, parts = open_monitor()
    import_saved(parts, ImportRequest((UNDECIDED,), "us-state-hrr"))
    listed = client.get("/reviews")
    assert "could not be identified" in listed.text
    number = re.search(r'href="(/reviews/\d+)"', listed.text)[1]  # type: ignore[index]
    shown = client.get(number)
    assert f'sandbox src="{number}/page"' in shown.text
    assert "Papua New Guinea has high mountains" in client.get(f"{number}/page").text
    wrong = send(client, number, number, country="Atlantis", edition="2019", do="decide")
    assert (wrong.status_code, "no country known" in wrong.text) == (400, True)
    nameless = send(client, number, number, country="", edition="", do="decide")
    assert nameless.status_code == 400
    done = send(client, number, number, country="Papua New Guinea", edition="2019", do="decide")
    assert done.status_code == 200
    assert "us-state-hrr/2019/PNG: published" in done.text
    assert "Nothing waits" in done.text
    assert client.get("/reports/us-state-hrr/2019/PNG").status_code == 200
    again = client.get(number)
    assert "resolved already" in again.text


def test_a_text_that_is_no_report_is_dismissed(open_monitor: Open) -> None:
    client, parts = open_monitor()
    import_saved(parts, ImportRequest((UNDECIDED,), "us-state-hrr"))
    with parts.store.read() as unit:
        [waiting] = unit.reviews("us-state-hrr").open()
    done = send(client, f"/reviews/{waiting.id}", f"/reviews/{waiting.id}", do="dismiss")
    assert "dismissed" in done.text
    assert "Nothing waits" in done.text


def test_a_decision_waits_for_a_run_of_its_source(open_monitor: Open) -> None:
    client, parts = open_monitor()
    import_saved(parts, ImportRequest((UNDECIDED,), "us-state-hrr"))
    with parts.store.read() as unit:
        [waiting] = unit.reviews("us-state-hrr").open()
    with open_parts(settings_for(parts.settings.home)) as other:
        lock = take_source_lock(other, "us-state-hrr")
        try:
            path = f"/reviews/{waiting.id}"
            answer = send(client, path, path, country="PNG", edition="2019", do="decide")
        finally:
            lock.release()
    assert answer.status_code == 409
    assert "under way" in answer.text


def bury(parts: object, address: str) -> list[int]:
    """Give up everything that waits for an address; returns its alerts."""
    with parts.store.write() as unit:  # type: ignore[attr-defined]
        unit.outbox.bind(parts.now(), 20, "localhost")  # type: ignore[attr-defined]
        for each in unit.outbox.due(parts.now()):  # type: ignore[attr-defined]
            unit.outbox.died(each, "550 no such user")
        unit.commit()
        return [each.alert for each in unit.alerts.all(address=address)]


def states(parts: object) -> dict[str, int]:
    with parts.store.read() as unit:  # type: ignore[attr-defined]
        found: dict[str, int] = unit.alerts.counts()
        return found


def test_dead_letters_are_sent_again_one_or_all_and_others_dropped(
    open_monitor: Open, last_read_at: object
) -> None:
    clock = Clock(last_read_at)  # type: ignore[arg-type]
    client, parts = open_monitor(is_filled=True, clock=clock)
    numbers = bury(parts, "ann@law.example")
    dead = states(parts)[AlertState.DEAD.value]
    shown = client.get("/alerts?state=dead")
    assert "550 no such user" in shown.text
    one = send(client, "/alerts", "/alerts", do="retry", alert=numbers[-1])
    assert "1 message due again" in one.text
    assert states(parts)[AlertState.DEAD.value] == dead - 1
    dropped = send(client, "/alerts", "/alerts", do="drop", alert=numbers[-1])
    assert "1 message dropped" in dropped.text
    assert states(parts)[AlertState.DROPPED.value] == 1
    everything = send(client, "/alerts", "/alerts", do="retry all")
    assert "due again" in everything.text
    assert AlertState.DEAD.value not in states(parts)
    nothing = send(client, "/alerts", "/alerts", do="drop", alert="x")
    assert nothing.status_code == 400


def test_alerts_stand_message_by_message_and_lead_to_their_changes(
    open_monitor: Open, last_read_at: object
) -> None:
    client, parts = open_monitor(is_filled=True, clock=Clock(last_read_at))  # type: ignore[arg-type]
    with parts.store.write() as unit:
        unit.outbox.bind(parts.now(), 2, "localhost")  # more of one run come in one message
        unit.commit()
    with parts.store.read() as unit:
        found = unit.alerts.all(limit=100)
    messages = {each.message_id or each.alert for each in found}
    page = BeautifulSoup(client.get("/alerts").text, "html.parser")
    rows = page.select("main tbody tr")
    links = page.select('main tbody td[data-label="What"] a')
    seen = page.select('main tbody a[href^="/alerts/"]')
    assert len(rows) == len(messages) == len(seen)
    assert 1 < len(rows) < len(found)
    assert len(links) == len(found) + len(seen)
    assert {client.get(each["href"]).status_code for each in links[:5]} == {200}


def test_a_message_is_shown_in_both_parts_without_its_readers_own_links(
    open_monitor: Open, last_read_at: object
) -> None:
    client, parts = open_monitor(
        is_filled=True,
        clock=Clock(last_read_at),  # type: ignore[arg-type]
        public_url="https://watch.example",
    )
    unbound = client.get("/alerts/1")
    assert (unbound.status_code, "or not yet" in unbound.text) == (404, True)
    with parts.store.write() as unit:
        unit.outbox.bind(parts.now(), 100, "localhost")
        unit.commit()
    page = BeautifulSoup(client.get("/alerts/1").text, "html.parser")
    [frame] = page.select("main iframe")
    assert (frame["src"], frame["sandbox"]) == ("/alerts/1/html", [])
    [text] = page.select("main pre")
    html = client.get("/alerts/1/html")
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "⟨U+" not in page.text
    assert len(text.select("br")) > 10
    for each in (text.text, html.text):
        assert "https://watch.example/reports/sample-hrr/" in each
        assert not [way for way in ("/unsubscribe", "/manage") if way in each]
    assert page.h1 is not None
    assert page.h1.text in html.text
    assert client.get("/alerts/99999").status_code == 404


def test_alerts_are_listed_by_state_and_address(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    subscribe(parts, "bob@law.example")
    assert "ann@law.example" in client.get("/alerts?address=ann@law.example").text
    assert "No alert fits" in client.get("/alerts?address=bob@law.example").text
    assert client.get("/alerts?state=sold").status_code == 404
    assert client.get("/alerts?page=99").status_code == 404


def test_subscriptions_are_dropped_addresses_deleted_and_written_to_again(
    open_monitor: Open,
) -> None:
    client, parts = open_monitor()
    for address in ("ann@law.example", "bob@law.example"):
        subscribe(parts, address)
    with parts.store.write() as unit:
        ann = unit.subscribers.named("ann@law.example")
        bob = unit.subscribers.named("bob@law.example")
        [held] = unit.subscriptions.all("ann@law.example")
        assert ann and bob
        unit.subscribers.change(bob.id, state="set_aside", set_aside_why="550 gone")
        unit.commit()
    assert "550 gone" in client.get("/subscriptions?state=set_aside").text
    path = "/subscriptions"
    assert "written to again" in send(client, path, path, reader=bob.id, do="revive").text
    dropped = send(client, path, path, reader=ann.id, drop=held.id)
    assert "one subscription less" in dropped.text
    assert "nothing was changed" in send(client, path, path, reader=ann.id, drop=held.id).text
    assert "deleted" in send(client, path, path, reader=ann.id, do="delete").text
    assert "deleted meanwhile" in send(client, path, path, reader=ann.id, do="delete").text
    assert send(client, path, path, reader=bob.id, do="sell").status_code == 400
    with parts.store.read() as unit:
        assert [each.address for each in unit.subscribers.all()] == ["bob@law.example"]


def test_an_operator_adds_an_address_and_vouches_for_it(open_monitor: Open) -> None:
    client, parts = open_monitor()
    hook = "https://example.org/hook"
    done = send(client, "/subscribe", "/subscribe", address=hook, vouched="yes", countries="KAZ")
    assert "whsec_" in done.text
    with parts.store.read() as unit:
        [held] = unit.subscriptions.all(hook)
    assert (held.channel, held.filter.countries) == (Channel.WEBHOOK, ("KAZ",))


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("secret", "abc", "set, not shown"),
        ("admin_password", "abc", "set, not shown"),
        ("reader_password", "abc", "set, not shown"),
        ("wayback_keys", "a:b", "set, not shown"),
        ("deadman_url", "https://switch.example/ping/abc", "set, not shown"),
        ("canary_read", "imaps://me:abc@mail.example/INBOX", "set, not shown"),
        ("smtp_url", "smtp://me:abc@mail.example:25", "smtp://…@mail.example:25"),
        ("database_url", "postgresql://me:abc@db/x", "postgresql://…@db/x"),
        ("database_url", "postgresql://db/x?password=abc", "postgresql://db/x?…"),
        ("canary", "https://me:abc@hook.example/secret", "https://hook.example/…"),
        ("canary", "me@mail.example", "me@mail.example"),
        ("secret", "", ""),
        ("delay", 5.0, "5.0"),
    ],
)
def test_no_secret_is_shown_among_the_settings(name: str, value: object, shown: str) -> None:
    assert shown_value(name, value) == shown


def test_settings_tell_where_they_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORTWATCH_OPERATOR", "op@law.example")
    (tmp_path / "reportwatch.toml").write_text("workers = 2\n")
    settings = settings_for(tmp_path, smtp_url="smtp://me:abc@mail.example", secret="abc")
    rows = {row.name: row for row in setting_rows(settings)}
    assert rows["REPORTWATCH_SMTP_URL"].value == "smtp://…@mail.example"
    assert rows["REPORTWATCH_SECRET"].value == "set, not shown"
    assert rows["REPORTWATCH_OPERATOR"].origin == "environment"
    assert rows["REPORTWATCH_WORKERS"].origin == "reportwatch.toml"
    assert rows["REPORTWATCH_FRESH_HOURS"].origin == "default"


def test_the_settings_page_shows_what_is_stored_and_no_secret(open_monitor: Open) -> None:
    client, _ = open_monitor(is_filled=True, secret="do-not-show-this")
    shown = client.get("/settings")
    assert "37 reports in 40 versions" in shown.text
    assert "do-not-show-this" not in shown.text


def test_a_run_is_started_from_the_page_and_followed_to_its_end(open_monitor: Open) -> None:
    with serve_site(SampleSite()) as origin:
        client, parts = open_monitor(via=origin)
        shown = client.get("/runs/new")
        assert "inside the monitor" in shown.text
        begun = send(
            client, "/runs/new", "/runs/new", source="sample-hrr", editions="2023", countries="XAG"
        )
        assert begun.url.path == "/runs/1"
        deadline = time.monotonic() + 30
        while not (told := client.get("/runs/1/progress").json())["is_over"]:
            assert time.monotonic() < deadline, told
            time.sleep(0.1)
    assert (told["state"], told["checked"], told["planned"]) == ("done", 1, 1)
    page = client.get("/runs/1")
    assert "Gandoria 2023: published" in page.text
    assert "editions: 2023; countries: XAG" in page.text
    assert "progress.js" not in page.text
    with parts.store.read() as unit:
        assert unit.runs.get(1).trigger == "api"


def test_a_run_under_way_is_followed_by_script_or_by_reloading(open_monitor: Open) -> None:
    client, parts = open_monitor()
    with parts.store.write() as unit:
        number = unit.runs.start(
            "sample-hrr",
            trigger="manual",
            orchestrator="direct",
            flow_run="",
            parameters={},
            now=parts.now(),
        )
        unit.runs.plan(number, 40)
        unit.commit()
    page = client.get(f"/runs/{number}")
    assert 'max="40" value="0"' in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert client.get("/runs/99/progress").status_code == 404


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"source": "un-known"}, 400, "choose a source"),
        ({"source": "sample-hrr", "countries": "Atlantis"}, 400, "Atlantis"),
        ({"source": "sample-hrr", "editions": "../x"}, 400, "not an edition"),
    ],
)
def test_a_run_that_cannot_be_is_refused_in_words(
    open_monitor: Open, fields: dict[str, str], status: int, says: str
) -> None:
    client, parts = open_monitor()
    answer = send(client, "/runs/new", "/runs/new", **fields)
    assert (answer.status_code, says in answer.text) == (status, True)
    with parts.store.read() as unit:
        assert unit.runs.count() == 0


def test_a_second_run_of_a_source_is_refused_while_one_is_under_way(open_monitor: Open) -> None:
    client, parts = open_monitor()
    with open_parts(settings_for(parts.settings.home)) as other:
        lock = take_source_lock(other, "sample-hrr")
        try:
            answer = send(client, "/runs/new", "/runs/new", source="sample-hrr")
        finally:
            lock.release()
    assert (answer.status_code, "under way" in answer.text) == (409, True)


def test_with_a_prefect_server_the_deployment_is_triggered(
    open_monitor: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Server, str, object]] = []

    def trigger(server: Server, deployment: str, parameters: object) -> str:
        asked.append((server, deployment, parameters))
        return "0a1b"

    monkeypatch.setattr(start, "find_server", lambda settings: Server("http://127.0.0.1:1/api"))
    monkeypatch.setattr(start, "trigger", trigger)
    client, _ = open_monitor()
    answer = send(client, "/runs/new", "/runs/new", source="sample-hrr", full="yes")
    assert answer.url.path == "/runs/started/0a1b"
    wanted = {"source": "sample-hrr", "full": True}
    assert asked == [(Server("http://127.0.0.1:1/api"), "ingest/ingest", wanted)]


BEGINS, SLOT = "It begins within seconds.", "AwaitingConcurrencySlot"


@pytest.mark.parametrize(
    ("state", "under_way", "says"),
    [
        (("SCHEDULED", "Scheduled", ""), [], BEGINS),
        (("PENDING", "Pending", ""), [("sample-hrr", "api")], BEGINS),
        (("RUNNING", "Running", ""), [], "It has begun"),
        (("SCHEDULED", "Late", ""), [], "Nothing has taken it up."),
        (("SCHEDULED", SLOT, ""), [], "Waits for its turn: another run that was asked for"),
        (
            ("SCHEDULED", SLOT, "waits: another run"),
            [("uk-cpin", "api"), ("sample-hrr", "scheduled")],
            "Waits for run 2 of sample-hrr, begun 16:32; tries again at 16:33:10 UTC.",
        ),
        (
            ("SCHEDULED", SLOT, "Deployment concurrency limit reached."),
            [("uk-cpin", "scheduled"), ("us-state-irf", "api")],
            "Waits for run 2 of us-state-irf, begun 16:32; tries again at 16:33:10 UTC.",
        ),
        (("CANCELLED", "Cancelled", "refused: another run is under way"), [], "It was refused: "),
        (("FAILED", "Failed", "Traceback"), [], "It ended before it looked at anything."),
    ],
)
def test_a_run_that_has_not_begun_says_what_it_waits_for_in_plain_words(
    open_monitor: Open,
    monkeypatch: pytest.MonkeyPatch,
    state: tuple[str, str, str],
    under_way: list[tuple[str, str]],
    says: str,
) -> None:
    client, parts = open_monitor()
    began = parts.now().replace(hour=16, minute=32, second=50)
    again = began + timedelta(seconds=20)
    with parts.store.write() as unit:
        for source, trigger in under_way:
            unit.runs.start(
                source,
                trigger=trigger,
                orchestrator="prefect",
                flow_run="",
                parameters={},
                now=began,
            )
        unit.commit()
    waits = FlowRunState(*state, source="sample-hrr", scheduled_at=again)
    monkeypatch.setattr(start_run, "find_server", lambda _: Server("http://127.0.0.1:1/api"))
    monkeypatch.setattr(start_run, "flow_run_state", lambda *_: waits)
    shown = client.get("/runs/started/0a1b")
    said = " ".join(re.sub(r"<[^>]+>", "", shown.text).split())
    assert says in said
    for word in ("Awaiting", "Pending", "concurrency", "Traceback", "Late"):
        assert word not in said
    assert ("Refresh" in shown.headers) == (not waits.is_final)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"full": True}, "everything fetched and read"),
        ({"editions": ["2023", "2024"]}, "editions: 2023, 2024"),
        ({"countries": ["KAZ"], "full": True}, "countries: KAZ; everything fetched and read"),
        ({"urls": ["https://www.example.org/a"]}, "urls: https://www.example.org/a"),
        ({"since": "2020", "count": 5, "none": None}, "since: 2020; count: 5"),
        ({}, "what was due, or the newest editions"),
    ],
)
def test_the_page_of_a_run_shows_every_kind_of_parameter(
    open_monitor: Open, asked: dict[str, object], says: str
) -> None:
    client, parts = open_monitor()
    with parts.store.write() as unit:
        number = unit.runs.start(
            "sample-hrr",
            trigger="api",
            orchestrator="direct",
            flow_run="",
            parameters=asked,
            now=parts.now(),
        )
        unit.commit()
    shown = client.get(f"/runs/{number}")
    assert shown.status_code == 200
    assert says in shown.text


def test_runs_are_listed_with_a_strip_and_told_one_by_one(client: httpx.Client) -> None:
    listed = client.get("/runs?source=sample-hrr")
    assert "some pages failed" in listed.text
    assert client.get("/runs?state=sold").status_code == 404
    assert "No run fits" in client.get("/runs?state=crashed").text
    blocked = client.get("/runs/5")
    assert "Technical Difficulties" in blocked.text or "blocked" in blocked.text
    unchanged = client.get("/runs/5?outcome=unchanged")
    assert "Unchanged: 21 pages" in unchanged.text
    assert client.get("/runs/5?outcome=sold").status_code == 404
    assert client.get("/runs/99").status_code == 404


def test_every_state_of_a_day_has_a_letter() -> None:
    from monitor.layout.strip import LETTERS

    assert set(LETTERS) == set(DayState)
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_a_source_tells_its_promise_floors_budget_and_plan(client: httpx.Client) -> None:
    shown = client.get("/sources/sample-hrr")
    for words in ("promised every 48 hours", "What is asked next", "robots.txt", "Alarm below"):
        assert words in shown.text
    assert client.get("/sources/nowhere").status_code == 404
    assert "sample-hrr" in client.get("/sources").text


def test_figures_for_prometheus(client: httpx.Client) -> None:
    told = client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    assert 'reportwatch_held{what="reports"} 37.0' in told.text
    assert 'reportwatch_source_stale{source="sample-hrr"} 0.0' in told.text
    assert 'reportwatch_last_run_pages{outcome="unchanged",source="sample-hrr"}' in told.text
    assert figure(told.text, "database_bytes") > 100_000


def figure(metrics: str, name: str) -> float:
    """Return a figure without labels."""
    return float(re.findall(rf"^reportwatch_{name} (\S+)$", metrics, re.M)[0])


def test_each_figure_of_operation_moves_with_what_it_measures(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    names = ("last_check", "last_backup", "last_attended")
    times = [f"{name}_timestamp_seconds" for name in names]
    before = client.get("/metrics").text
    assert [figure(before, name) for name in (*times, "log_bytes")] == [0.0] * 4
    assert "prefect_up" not in before
    now = parts.now()
    with parts.store.write() as unit:
        unit.heartbeats.beat("check", now)
        unit.heartbeats.beat("backup", now)
        unit.heartbeats.beat("attend", now)
        unit.hosts.ask(now, {"www.example": HostDay(7, 7000)})
        reader = unit.subscribers.named(SUBSCRIBER)
        unit.outbox.put(MessageKind.STILL, reader.id, {}, now - timedelta(hours=1), "w.example")
        unit.commit()
    logs = parts.settings.home / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "monitor.log").write_text("x" * 500)
    after = client.get("/metrics").text
    assert [figure(after, name) for name in times] == [now.timestamp()] * 3
    assert figure(after, "log_bytes") == 500
    assert figure(after, "oldest_due_alert_age_seconds") >= 3600
    assert 'reportwatch_requests_today{host="www.example"} 7.0' in after
    assert 'reportwatch_bytes_today{host="www.example"} 7000.0' in after
