"""What the operator should see to is said where sources are listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import reportwatch
from removal_stage import hold_removals

from reports.watch.alarm import AlarmKind, Finding
from services.assembly import open_parts
from services.settings import load_settings

HELD = Finding(
    AlarmKind.HELD_BACK,
    "sample-hrr",
    "3 pages held back \x1b[31m(2023: 3).",
    ("sample-hrr/2023/XAB", "sample-hrr/2023/XAC"),
    "`reportwatch review` lists them.",
)


def raise_alarm() -> None:
    with open_parts(load_settings()) as parts, parts.store.write() as unit:
        run_id = unit.runs.start(
            "sample-hrr",
            trigger="manual",
            orchestrator="direct",
            flow_run="",
            parameters={},
            now=parts.now(),
        )
        unit.alarms.see("sample-hrr", HELD, run_id, parts.now())
        unit.runs.end(run_id, "done", now=parts.now(), seconds=1.0)
        unit.commit()


def test_open_alarms_are_listed_with_their_source(sample: Path) -> None:
    raise_alarm()
    ran = reportwatch("sources", "--json")
    alarms = {each["source"]: each["alarms"] for each in ran.document}
    assert alarms["us-state-hrr"] == []
    (alarm,) = alarms["sample-hrr"]
    assert (alarm["kind"], alarm["subject"]) == ("held_back", "sample-hrr")
    assert alarm["examples"] == list(HELD.examples)
    assert alarm["raised_at"] == alarm["seen_at"]
    assert alarm["raised_at"].endswith("Z")


def test_open_alarms_are_told_to_people_below_the_table(sample: Path) -> None:
    assert "ALARM" not in reportwatch("sources").out
    raise_alarm()
    shown = reportwatch("sources").out
    assert shown.index("us-state-hrr") < shown.index("ALARM, sample-hrr, since ")
    assert "\x1b" not in shown and "3 pages held back" in shown
    for told in (*HELD.examples, HELD.remedy):
        assert told in shown


def test_a_source_not_read_in_time_is_stale(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def states() -> dict[str, str]:
        return {each["source"]: each["state"] for each in reportwatch("sources", "--json").document}

    assert (states()["sample-hrr"], states()["us-state-hrr"]) == ("ok", "never_read")
    monkeypatch.setenv("REPORTWATCH_FRESH_HOURS", "0.0000001")
    assert states()["sample-hrr"] == "stale"
    assert "stale" in reportwatch("sources").out


def test_an_alarm_about_the_program_itself_is_told_to_people(blank: Path) -> None:
    stopped = Finding(AlarmKind.SCHEDULER, "scheduler", "The scheduler has stopped.")
    with open_parts(load_settings()) as parts, parts.store.write() as unit:
        unit.alarms.see("reportwatch", stopped, None, parts.now())
        unit.commit()
    assert "ALARM, reportwatch, since " in reportwatch("sources").out


def test_an_operator_who_could_not_be_told_is_a_failure_of_the_delivery(
    blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_alarm()
    assert reportwatch("deliver").code == 0
    monkeypatch.setenv("REPORTWATCH_OPERATOR", "ops@law.example")
    monkeypatch.setenv("REPORTWATCH_SMTP_URL", "smtp://127.0.0.1:1")
    ran = reportwatch("deliver", "--json")
    assert (ran.code, ran.document) == (1, {"sent": 0, "retrying": 0, "dead": 0})
    assert "the operator could not be notified of 1 alarm" in ran.err


def test_an_alarm_that_was_seen_is_listed_by_its_own_command_alone(sample: Path) -> None:
    assert reportwatch("alarms").out.strip() == "there is no alarm"
    raise_alarm()
    (alarm,) = reportwatch("alarms", "--json").document
    assert (alarm["kind"], alarm["source"]) == ("held_back", "sample-hrr")
    assert alarm["acknowledged_at"] is None
    number = str(alarm["alarm"])
    (seen,) = reportwatch("alarms", "seen", number, "--who", "Ann", "--json").document
    assert (seen["acknowledged_by"], seen["acknowledged_at"][-1]) == ("Ann", "Z")
    assert "ALARM" not in reportwatch("sources").out
    assert "Acknowledged by Ann on " in reportwatch("alarms").out
    again = reportwatch("alarms", "seen", number)
    assert again.code == 0 and "Acknowledged by Ann" in reportwatch("alarms").out
    sources = {each["source"]: each["alarms"] for each in reportwatch("sources", "--json").document}
    assert sources["sample-hrr"] == [seen]


def test_of_a_long_name_as_much_is_kept_as_the_database_holds(sample: Path) -> None:
    raise_alarm()
    (seen,) = reportwatch("alarms", "seen", "1", "--who", " " + 300 * "x", "--json").document
    assert seen["acknowledged_by"] == 128 * "x"


@pytest.mark.parametrize(("given", "code"), [(("99",), 1), ((), 2), (("0",), 2), (("x",), 2)])
def test_only_an_open_alarm_can_be_acknowledged(
    sample: Path, given: tuple[str, ...], code: int
) -> None:
    raise_alarm()
    assert reportwatch("alarms", "seen", *given).code == code
    assert "ALARM" in reportwatch("sources").out


@pytest.mark.parametrize(
    ("how", "outcome", "told"), [("--release", "released", 13), ("--drop", "dropped", 0)]
)
def test_removals_held_are_released_or_dropped_by_one_line(
    sample: Path, how: str, outcome: str, told: int
) -> None:
    reportwatch("subscribe", "ann@law.example")
    before = len(reportwatch("alerts", "--json").document)
    with open_parts(load_settings()) as parts:
        number = str(hold_removals(parts))
    (alarm,) = reportwatch("alarms", "--json").document
    assert (alarm["kind"], alarm["subject"]) == ("mass_removal", "2023")
    (waiting,) = reportwatch("review", "--json").document
    assert (waiting["state"], waiting["edition"]) == ("mass", "2023")
    assert waiting["decide"] == f"reportwatch review {number} --release"
    assert f"reportwatch review {number} --release, or --drop\n" in reportwatch("review").out
    assert len(reportwatch("alerts", "--json").document) == before
    for wrong in ("--accept", "--dismiss"):
        assert reportwatch("review", number, wrong).code == 1
    assert reportwatch("review", number, "--release", "--drop").code == 2
    ran = reportwatch("review", number, how, "--who", "Ann", "--json")
    assert (ran.code, ran.document["outcome"]) == (0, outcome)
    assert len(ran.document["removed"]) == told
    alerts = reportwatch("alerts", "--json").document
    assert len([each for each in alerts if each["address"] == "ann@law.example"]) == told
    assert len(reportwatch("reports", "--state", "removed", "--json").document) == told
    for list_of in ("alarms", "review"):
        assert reportwatch(list_of, "--json").document == []
    assert reportwatch("review", number, how).code == 1
