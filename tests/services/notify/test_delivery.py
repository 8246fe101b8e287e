"""Delivery: real mails to a real server, each once, and none lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from received import mails
from sqlalchemy import text
from walk_stage import START, Watch

from alerts.sink import Sink
from reports.notices.states import AlertState
from reports.notices.subscription import Every
from services.notify.workers import MOST_WORKERS
from services.settings import BadSetting
from services.signing import unsubscribe_url


@pytest.fixture
def edited(watch: Watch, sink: Sink) -> Watch:
    """One edit that ann@law.example wants to hear of, and a server to tell her by."""
    watch.set(smtp_url=sink.url)
    watch.at(0)
    watch.subscribe()
    watch.at(2)
    return watch


def states(watch: Watch) -> list[tuple[str, int]]:
    with watch.parts.store.read() as unit:
        return [(each.state.value, each.attempts) for each in unit.alerts.all()]


class Moody(Sink):
    """A mail server that answers as it is told, recipient by recipient."""

    answers: dict[str, str]

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        refusal = self.answers.get(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"


@contextmanager
def moody(folder: Path, **answers: str) -> Iterator[Moody]:
    server = Moody(folder)
    server.answers = {f"{name}@law.example": answer for name, answer in answers.items()}
    with server:
        yield server


def test_an_edit_reaches_its_reader_once(edited: Watch, sink: Sink) -> None:
    assert edited.deliver().document.as_json() == {"sent": 1, "retrying": 0, "dead": 0}
    (mail,) = mails(sink)
    assert mail["To"] == "ann@law.example"
    assert mail["X-Reportwatch-Report"] == "sample-hrr/2023/XAG"
    assert "Gandoria 2023" in mail["Subject"]
    assert "credible reports of" in mail.get_body(("plain",)).get_content()
    assert edited.deliver().document.as_json() == {"sent": 0, "retrying": 0, "dead": 0}
    assert states(edited) == [("sent", 1)]


def test_nothing_due_needs_no_mail_server(watch: Watch) -> None:
    assert watch.deliver().document.as_json() == {"sent": 0, "retrying": 0, "dead": 0}


def test_without_a_mail_server_alerts_are_kept_and_the_setting_is_named(
    edited: Watch, sink: Sink
) -> None:
    edited.set(smtp_url="")
    with pytest.raises(BadSetting, match="REPORTWATCH_SMTP_URL"):
        edited.deliver()
    assert edited.parts.store.is_free("deliver-1")
    edited.set(smtp_url=sink.url)
    assert edited.deliver().sent == 1


def test_a_server_that_is_down_is_tried_again_when_it_is_time(edited: Watch, sink: Sink) -> None:
    edited.set(smtp_url="smtp://127.0.0.1:1")
    assert edited.deliver().retrying == 1
    edited.set(smtp_url=sink.url)
    assert edited.deliver().sent == 0  # not before half a minute is over
    edited.now += timedelta(seconds=30)
    assert edited.deliver().sent == 1
    assert states(edited) == [("sent", 2)]


def test_the_schedule_of_retries_ends_after_three_days(edited: Watch) -> None:
    edited.set(smtp_url="smtp://127.0.0.1:1")
    waits = []
    for _ in range(200):
        result = edited.deliver()
        if result.dead:
            break
        with edited.parts.store.read() as unit:
            (view,) = unit.alerts.all()
        waits.append(view.due_at - edited.now)
        edited.now = view.due_at
    assert [each.total_seconds() for each in waits[:5]] == [30, 60, 300, 900, 3600]
    assert sum(waits, timedelta()) > timedelta(days=3)
    assert states(edited)[0][0] == "dead"


def test_a_greylisted_mail_comes_later_under_the_same_name(edited: Watch, tmp_path: Path) -> None:
    with moody(tmp_path / "moody", ann="451 come back later") as server:
        edited.set(smtp_url=server.url)
        assert edited.deliver().retrying == 1
        with edited.parts.store.read() as unit:
            (view,) = unit.alerts.all()
        assert (view.state, view.last_error) == (
            AlertState.RETRYING,
            "the server refused the recipient: 451 come back later",
        )
        server.answers.clear()
        edited.now += timedelta(minutes=1)
        assert edited.deliver().sent == 1
        assert mails(server)[0]["Message-ID"] == view.message_id


def test_a_refused_recipient_is_a_dead_letter_and_harms_nobody_else(
    watch: Watch, tmp_path: Path
) -> None:
    with moody(tmp_path / "moody", ann="550 no such user") as server:
        watch.set(smtp_url=server.url)
        watch.at(0)
        for name in ("ann", "bob"):
            watch.subscribe(f"{name}@law.example")
        watch.at(2)
        assert watch.deliver().document.as_json() == {"sent": 1, "retrying": 0, "dead": 1}
        assert sorted(states(watch)) == [("dead", 1), ("sent", 1)]
        server.answers.clear()
        with watch.parts.store.write() as unit:
            assert unit.alerts.revive(watch.now) == 1
            unit.commit()
        assert watch.deliver().sent == 1


@pytest.mark.usefixtures("seen")
def test_a_server_that_fails_again_and_again_is_left_until_later(watch: Watch) -> None:
    watch.subscribe()
    watch.at(8)
    watch.set(smtp_url="smtp://127.0.0.1:1")
    assert watch.deliver().retrying == 3
    assert sorted(states(watch)) == [("due", 0)] * 10 + [("retrying", 1)] * 3


@pytest.mark.on_both
def test_many_changes_are_one_mail(each_watch: Watch, sink: Sink) -> None:
    each_watch.set(smtp_url=sink.url, mass_change=12)
    each_watch.at(0)
    each_watch.subscribe()
    each_watch.at(8)
    assert each_watch.deliver().sent == 1
    (mail,) = mails(sink)
    assert "13" in mail["Subject"]


def test_a_digest_comes_in_the_morning(watch: Watch, sink: Sink) -> None:
    watch.set(smtp_url=sink.url)
    watch.at(0)
    watch.subscribe(every=Every.DAY)
    watch.at(2)
    watch.at(3)
    assert watch.deliver().sent == 0
    watch.now = START.replace(hour=6) + timedelta(days=1)
    assert watch.deliver().sent == 1
    assert len(mails(sink)) == 1


def test_one_delivery_too_many_is_refused(edited: Watch, sink: Sink) -> None:
    store = edited.parts.store
    held = [store.lock(f"deliver-{place}") for place in range(1, MOST_WORKERS + 1)]
    assert edited.deliver().is_refused
    assert mails(sink) == []
    held.pop().release()
    assert edited.deliver().sent == 1
    for each in held:
        each.release()


def test_whoever_leaves_while_mails_go_out_gets_none(each_watch: Watch, tmp_path: Path) -> None:
    class Leaving(Moody):
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            with each_watch.parts.store.write() as unit:
                unit.subscriptions.remove("bob@law.example")
                unit.commit()
            return await super().handle_DATA(server, session, envelope)

    server = Leaving(tmp_path / "leaving")
    server.answers = {}
    with server:
        each_watch.set(smtp_url=server.url)
        each_watch.at(0)
        for name in ("ann", "bob"):
            each_watch.subscribe(f"{name}@law.example")
        each_watch.at(2)
        assert each_watch.deliver().sent == 1
        assert [mail["To"] for mail in mails(server)] == ["ann@law.example"]


def test_a_mail_whose_texts_are_damaged_does_not_hold_up_the_others(
    edited: Watch, sink: Sink
) -> None:
    with edited.parts.store.write() as unit:
        of_gandoria = "SELECT version.id FROM version JOIN report ON report.id = report_id"
        where = f"version_id IN ({of_gandoria} WHERE country = 'XAG')"
        unit._connection.execute(
            text(f"UPDATE reading SET body = :none WHERE {where}"), {"none": b"?"}
        )
        unit.commit()
    opening = edited.site.report("2023/XAL").summary[0].split(".")[0]
    edited.site.edit("2023/XAL", opening, f"At last {opening}")
    edited.run()
    assert edited.deliver().document.as_json() == {"sent": 1, "retrying": 0, "dead": 1}
    with edited.parts.store.read() as unit:
        (view,) = unit.alerts.all([AlertState.DEAD])
    assert "damaged" in view.last_error
    assert "restore a backup" in view.last_error


def test_links_to_unsubscribe_are_signed_and_stay_the_same(edited: Watch) -> None:
    settings = edited.parts.settings
    assert unsubscribe_url(settings, "ann@law.example") == ""
    edited.set(public_url="https://watch.example")
    settings = edited.parts.settings
    link = unsubscribe_url(settings, "ann@law.example")
    assert link.startswith("https://watch.example/unsubscribe?address=ann%40law.example&token=")
    assert link == unsubscribe_url(settings, "ann@law.example")
    assert link[-64:] != unsubscribe_url(settings, "bob@law.example")[-64:]
    assert (settings.home / "secret").stat().st_mode & 0o077 == 0


def test_a_secret_that_was_never_written_whole_is_made_anew(edited: Watch) -> None:
    """The process that made the file was killed before it wrote."""
    edited.set(public_url="https://watch.example")
    (edited.parts.settings.home / "secret").touch(mode=0o600)
    unsubscribe_url(edited.parts.settings, "ann@law.example")
    assert len((edited.parts.settings.home / "secret").read_text()) == 64
