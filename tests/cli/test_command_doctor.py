"""`doctor` says what works, what does not and what to do, and changes nothing."""

from __future__ import annotations

import pwd
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from command import Ran, reportwatch

from alerts.sink import Sink
from deployments.sample_site import SampleSite
from flows.prefect_api import Addresses
from reports.notices.subscription import Channel, SubscriptionFilter
from services.agreed_settings import agree
from services.assembly import open_parts, utc_now
from services.settings import load_settings
from storage.unit import Unit

HOUR = timedelta(hours=1)
OURS = 1500
ACCOUNTS = (
    ("root", 0, "/bin/bash"),
    ("daemon", 2, "/usr/sbin/nologin"),
    ("us", OURS, "/bin/bash"),
    ("nobody", 65534, "/bin/sh"),
    ("a-service", 1001, "/usr/sbin/nologin"),
    ("another", 1002, "/bin/false"),
)
PEOPLE = (("ann", 1000, "/bin/bash"), ("bob", 1003, ""), ("cem", 1004, "/bin/zsh"))


@pytest.fixture(autouse=True)
def accounts(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the machine have these accounts: a few that are nobody's, and those of ``people``."""

    def have(*people: tuple[str, int, str]) -> None:
        rows = [
            pwd.struct_passwd((name, "x", uid, uid, "", "/", shell))
            for name, uid, shell in (*ACCOUNTS, *people)
        ]
        monkeypatch.setattr("pwd.getpwall", lambda: rows)
        monkeypatch.setattr("services.health.accounts.os.geteuid", lambda: OURS)

    have()
    return have


@pytest.mark.parametrize(
    ("people", "says"),
    [
        (PEOPLE[:1], "accounts here: ann"),
        (PEOPLE, "accounts here: ann, bob, cem"),
        ((*PEOPLE, ("dee", 2000, "/bin/sh")), "accounts here: ann, bob, cem and 1 more"),
    ],
    ids=["one", "three", "four"],
)
def test_a_monitor_without_a_password_among_others_is_warned_of(
    blank: Path,
    accounts: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    people: tuple[tuple[str, int, str], ...],
    says: str,
) -> None:
    accounts(*people)
    found = examined(reportwatch("doctor", "--json"))["password"]
    assert found["status"] == "warn"
    assert found["says"].endswith(says)
    assert "REPORTWATCH_ADMIN_PASSWORD" in found["remedy"]
    monkeypatch.setenv("REPORTWATCH_ADMIN_PASSWORD", "correct horse")
    assert "password" not in examined(reportwatch("doctor", "--json"))


def examined(ran: Ran) -> dict[str, dict[str, str]]:
    """Return the checks by name; each keeps the contract's keys."""
    document = ran.document
    assert set(document) == {"status", "checks"}
    for each in document["checks"]:
        assert set(each) == {"name", "status", "says", "remedy"}
        assert each["status"] in ("ok", "warn", "fault")
        assert each["says"]
        assert bool(each["remedy"]) is (each["status"] != "ok"), each
    worst = max((each["status"] for each in document["checks"]), key=["ok", "warn", "fault"].index)
    assert document["status"] == worst
    assert ran.code == (1 if worst == "fault" else 0)
    return {each["name"]: each for each in document["checks"]}


def status(ran: Ran) -> dict[str, str]:
    return {name: each["status"] for name, each in examined(ran).items()}


def write(work: Callable[[Unit], Any]) -> None:
    with open_parts(load_settings()) as parts, parts.store.write() as unit:
        work(unit)
        unit.commit()


def test_a_fresh_home_has_no_fault_and_says_what_is_missing(blank: Path) -> None:
    assert status(reportwatch("doctor", "--json")) == {
        "settings": "ok",
        "home": "ok",
        "disk": "ok",
        "mail": "warn",
        "operator": "warn",
        "contact": "warn",
        "prefect": "warn",
        "database": "ok",
        "clock": "ok",
        "backups": "warn",
        "freshness": "warn",
    }


ATTENDED = {
    "never": (None, "fault", "nobody ever attended: "),
    "now": (timedelta(), "ok", "the last sign of life is of "),
    "long ago": (HOUR, "fault", "nobody attends since "),
}


@pytest.mark.parametrize("when", ATTENDED)
def test_where_workers_were_deployed_to_somebody_must_attend(sample: Path, when: str) -> None:
    ago, expected, says = ATTENDED[when]
    with open_parts(load_settings()) as parts:
        agree(parts)
    if ago is not None:
        write(lambda unit: unit.heartbeats.beat("attend", utc_now() - ago))
    found = examined(reportwatch("doctor", "--json"))
    assert found["agreed settings"]["status"] == "ok"
    assert found["attend"]["status"] == expected
    assert found["attend"]["says"].startswith(says)


def test_settings_that_differ_from_those_of_the_other_machines_are_a_fault(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_parts(load_settings()) as parts:
        agree(parts)
    monkeypatch.setenv("REPORTWATCH_MASS_CHANGE", "5")
    found = examined(reportwatch("doctor", "--json"))["agreed settings"]
    assert found["status"] == "fault"
    assert found["says"] == "REPORTWATCH_MASS_CHANGE is 5 here, 20 in the database"


def test_people_see_each_check_with_what_to_do(sample: Path) -> None:
    ran = reportwatch("doctor")
    assert ran.code == 0
    for line in (
        "OK    settings: every setting can be used",
        "WARN  mail: no mail server is set: alerts and alarms are kept, and nobody gets them",
        "      Set REPORTWATCH_SMTP_URL.",
        "OK    freshness: 1 source read as promised",
        "no fault; see the warnings",
    ):
        assert line in ran.out.splitlines()


def test_a_bad_setting_is_a_fault_and_nothing_else_is_looked_at(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_WORKERS", "many")
    found = examined(reportwatch("doctor", "--json"))
    assert list(found) == ["settings"]
    assert "REPORTWATCH_WORKERS" in found["settings"]["says"]


def test_a_home_that_is_no_folder_is_a_fault(home: Path) -> None:
    home.write_text("")
    found = examined(reportwatch("doctor", "--json"))
    assert found["home"]["status"] == "fault"
    assert "database" not in found


@pytest.mark.parametrize(
    ("free", "wanted"), [(5 * 2**30, "ok"), (900 * 2**20, "warn"), (199 * 2**20, "fault")]
)
def test_little_disk_space_is_told(
    blank: Path, monkeypatch: pytest.MonkeyPatch, free: int, wanted: str
) -> None:
    class Usage:
        def __init__(self, _path: object) -> None:
            self.free = free

    monkeypatch.setattr("shutil.disk_usage", Usage)
    assert status(reportwatch("doctor", "--json"))["disk"] == wanted


def test_a_damaged_database_is_a_fault(blank: Path) -> None:
    (blank / "reportwatch.sqlite").write_bytes(b"broken" * 999)
    for leftover in blank.glob("reportwatch.sqlite-*"):
        leftover.unlink()
    found = examined(reportwatch("doctor", "--json"))
    assert found["database"]["status"] == "fault"
    assert "freshness" not in found


def test_a_password_is_shown_nowhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORTWATCH_DATABASE_URL", "postgresql://me:s3cret@127.0.0.1:1/nothing")
    monkeypatch.setenv("REPORTWATCH_SMTP_URL", "smtp://me:s3cret@127.0.0.1:1")
    monkeypatch.setenv("PREFECT_API_URL", "http://me:s3cret@127.0.0.1:1/api")
    ran = reportwatch("doctor", "--json")
    found = status(ran)
    assert (found["database"], found["mail"], found["prefect"]) == ("fault", "fault", "fault")
    assert "s3cret" not in ran.out + ran.err


def test_a_mail_server_is_greeted_and_gets_no_mail(
    blank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_OPERATOR", "ops@law.example")
    with Sink(tmp_path / "mail") as sink:
        monkeypatch.setenv("REPORTWATCH_SMTP_URL", sink.url)
        found = status(reportwatch("doctor", "--json"))
        assert sink.mails() == []
    assert (found["mail"], found["operator"]) == ("ok", "ok")


def test_an_empty_contact_is_warned_of_with_the_setting_that_mends_it(
    blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = examined(reportwatch("doctor", "--json"))["contact"]
    assert missing["status"] == "warn"
    assert "REPORTWATCH_CONTACT" in missing["remedy"]
    monkeypatch.setenv("REPORTWATCH_CONTACT", "desk@law.example")
    given = examined(reportwatch("doctor", "--json"))["contact"]
    assert (given["status"], given["remedy"]) == ("ok", "")
    assert "desk@law.example" in given["says"]


def test_a_mail_server_that_does_not_answer_is_a_fault(
    blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_SMTP_URL", "smtp://127.0.0.1:1")
    found = examined(reportwatch("doctor", "--json"))["mail"]
    assert found["status"] == "fault"
    assert found["says"].startswith("cannot reach 127.0.0.1:1")


def test_an_up_whose_prefect_server_does_not_answer_is_a_fault(blank: Path) -> None:
    nobody = "http://127.0.0.1:1"
    Addresses(f"{nobody}/api", nobody, nobody, 1).write(blank)
    found = examined(reportwatch("doctor", "--json"))["prefect"]
    assert found["status"] == "fault"
    assert "logs/prefect.log" in found["remedy"]


def test_a_clock_that_was_set_back_is_a_fault(sample: Path) -> None:
    write(lambda unit: unit.heartbeats.beat("check", utc_now() + HOUR))
    assert status(reportwatch("doctor", "--json"))["clock"] == "fault"


def test_a_broken_promise_is_a_fault_and_raises_no_alarm(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_FRESH_HOURS", "0.0000001")
    found = examined(reportwatch("doctor", "--json"))["freshness"]
    assert found["status"] == "fault"
    assert found["says"].startswith("sample-hrr: Not read in time: last read well on ")
    assert "`reportwatch ingest sample-hrr`" in found["remedy"]
    with open_parts(load_settings()) as parts, parts.store.read() as unit:
        assert unit.alarms.open() == []
        assert unit.heartbeats.all() == {}


def test_a_source_that_is_scheduled_and_not_read_yet_is_not_counted_as_read(sample: Path) -> None:
    write(lambda unit: unit.heartbeats.beat("scheduled:uk-cpin", utc_now()))
    found = examined(reportwatch("doctor", "--json"))["freshness"]
    assert found["status"] == "ok"
    assert found["says"] == "1 source read as promised; scheduled and not read yet: uk-cpin"


def test_a_stopped_scheduler_is_a_fault_and_a_living_one_is_well(sample: Path) -> None:
    write(lambda unit: unit.heartbeats.beat("check", utc_now()))
    assert status(reportwatch("doctor", "--json"))["scheduler"] == "ok"
    write(lambda unit: unit.heartbeats.beat("check", utc_now() - HOUR))
    assert status(reportwatch("doctor", "--json"))["scheduler"] == "fault"


def test_a_run_that_came_to_nothing_is_a_warning_while_the_promise_holds(sample: Path) -> None:
    facts = {"trigger": "manual", "orchestrator": "direct", "flow_run": "", "parameters": {}}

    def fail(unit: Unit) -> None:
        run_id = unit.runs.start("sample-hrr", now=utc_now(), **facts)
        unit.runs.end(run_id, "failed", now=utc_now(), seconds=1, error="down \x1b[31m")

    write(fail)
    ran = reportwatch("doctor", "--json")
    assert status(ran)["run_blocked"] == "warn"
    assert "\x1b" not in ran.out + reportwatch("doctor").out


def test_publishers_are_asked_for_robots_and_the_newest_index_alone(
    sample: Path, site: tuple[SampleSite, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served, origin = site
    asked: list[str] = []
    render = served.render
    monkeypatch.setattr(served, "render", lambda path: (asked.append(path), render(path))[1])
    monkeypatch.setenv("REPORTWATCH_VIA", origin)
    assert "publisher sample-hrr" not in status(reportwatch("doctor", "--json"))
    assert asked == []
    found = examined(reportwatch("doctor", "--publishers", "--json"))["publisher sample-hrr"]
    assert found["status"] == "ok"
    assert "lists 13 reports; robots.txt: ok" in found["says"]
    assert len(asked) == 2


def test_a_publishers_site_that_does_not_answer_is_a_fault(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_VIA", "http://127.0.0.1:1")
    found = examined(reportwatch("doctor", "--publishers", "--json"))["publisher sample-hrr"]
    assert found["status"] == "fault"
    assert "cannot be reached" in found["says"]
    assert "robots.txt could not be read" in found["says"]


def test_doctor_looks_whether_payloads_can_be_read(sample: Path, tmp_path: Path) -> None:
    assert "payloads" not in status(reportwatch("doctor", "--json"))
    assert reportwatch("db", "payloads", "--to", tmp_path / "pages").code == 0
    found = examined(reportwatch("doctor", "--json"))["payloads"]
    assert (found["status"], found["says"]) == (
        "ok",
        f"26 payloads in {tmp_path / 'pages'}, which answers",
    )
    (tmp_path / "pages").rename(tmp_path / "away")
    found = examined(reportwatch("doctor", "--json"))["payloads"]
    assert found["status"] == "fault"
    assert "Is its disk mounted?" in found["says"]


def test_webhooks_that_another_secret_encrypted_are_a_fault(
    blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_SECRET", "the first")
    room = ("json://room.example/", Channel.APPRISE, SubscriptionFilter(), utc_now())
    write(lambda unit: unit.subscriptions.add(*room))
    assert "secret" not in examined(reportwatch("doctor", "--json"))
    monkeypatch.setenv("REPORTWATCH_SECRET", "another")
    found = examined(reportwatch("doctor", "--json"))["secret"]
    assert found["status"] == "fault"
    assert found["says"].startswith("1 webhook or chat room cannot be read: REPORTWATCH_SECRET")
    shown = reportwatch("subscribers", "--json").document
    assert "unreadable:1" in str(shown)
    assert reportwatch("unsubscribe", "unreadable:1").code == 0
    assert "secret" not in examined(reportwatch("doctor", "--json"))
