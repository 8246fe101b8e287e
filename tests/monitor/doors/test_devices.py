"""A browser in which a password was given once is let in while others guess from its address."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from login_form import log_in
from monitor_stage import Clock, Open, monitor_over

from monitor.doors.devices import DEVICE_DAYS
from monitor.doors.login_throttle import FREE, Attempts

OPERATOR, READER = "correct horse", "battery staple"
DEVICE = "reportwatch-device"


@pytest.fixture(autouse=True)
def _brakes_never_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no wait be over because the machine is slow."""
    monkeypatch.setattr("monitor.doors.authentication.Attempts", lambda: Attempts(lambda: 0.0))


def guess_until_refused(client: httpx.Client) -> int:
    """Guess as somebody at the same address; return how many guesses were looked at."""
    with httpx.Client(base_url=client.base_url) as guesser:
        for looked_at in range(50):
            if log_in(guesser, f"guess {looked_at}").status_code == 429:
                return looked_at
    raise AssertionError("nobody is refused")


def test_whoever_was_here_before_is_let_in_while_others_guess(open_monitor: Open) -> None:
    client, _ = open_monitor(admin_password=OPERATOR, reader_password=READER)
    assert log_in(client, OPERATOR).status_code == 303
    assert guess_until_refused(client) == FREE
    del client.cookies["reportwatch"]
    for _ in range(10):
        assert log_in(client, OPERATOR).status_code == 303
        assert guess_until_refused(client) == 0  # nobody else gains by it
    del client.cookies[DEVICE]
    assert log_in(client, OPERATOR).status_code == 429


def test_a_known_browser_has_a_brake_of_its_own(open_monitor: Open) -> None:
    client, _ = open_monitor(admin_password=OPERATOR)
    log_in(client, OPERATOR)
    held = client.cookies[DEVICE]
    guess_until_refused(client)
    answers = [log_in(client, f"guess {each}").status_code for each in range(FREE)]
    assert answers == [429] * FREE  # no answer tells a guess from a refusal
    assert log_in(client, OPERATOR).status_code == 429
    assert client.cookies[DEVICE] == held  # and none brings a new one


def test_a_readers_browser_helps_to_guess_no_operators_password(open_monitor: Open) -> None:
    client, _ = open_monitor(admin_password=OPERATOR, reader_password=READER)
    log_in(client, READER)
    guess_until_refused(client)
    assert log_in(client, OPERATOR).status_code == 429
    assert log_in(client, READER).status_code == 303
    answers = [log_in(client, OPERATOR).status_code for _ in range(2 * FREE)]
    assert answers == [429] * 2 * FREE


def test_whoever_knows_the_readers_password_does_not_reset_the_brake_by_it(
    open_monitor: Open,
) -> None:
    client, _ = open_monitor(admin_password=OPERATOR, reader_password=READER)
    with httpx.Client(base_url=client.base_url) as guesser:
        answers = []
        for each in range(FREE):
            log_in(guesser, READER)
            guesser.cookies.clear()
            answers.append(log_in(guesser, f"guess {each}").status_code)
        assert answers == [403] * FREE
        assert log_in(guesser, f"guess {FREE}").status_code == 429


def test_a_known_browser_is_forgotten_in_time_and_with_its_password(open_monitor: Open) -> None:
    clock = Clock()
    client, parts = open_monitor(clock=clock, admin_password=OPERATOR)
    log_in(client, OPERATOR)
    cookies = dict(client.cookies)
    with monitor_over(parts.settings.home, clock, admin_password="changed") as (other, _):
        other.cookies.update(cookies)
        guess_until_refused(other)
        assert log_in(other, "changed").status_code == 429
    guess_until_refused(client)
    clock.now += timedelta(days=DEVICE_DAYS, seconds=-1)
    assert log_in(client, OPERATOR).status_code == 303
    client.cookies.clear()
    client.cookies.update(cookies)
    clock.now += timedelta(seconds=1)
    guess_until_refused(client)
    assert log_in(client, OPERATOR).status_code == 429


@pytest.mark.parametrize(
    "altered",
    [
        lambda cookie: cookie[:-1] + ("0" if cookie[-1] != "0" else "1"),
        lambda cookie: "x" + cookie,
        lambda cookie: cookie.replace(".1.", ".2."),
        lambda cookie: cookie.rpartition(".")[0],
        lambda _: "a.2.99999999999999999999.b",
        lambda _: "...",
        lambda _: "ü.²." * 3,
        lambda _: "",
    ],
    ids=["signature", "name", "right", "no signature", "far off", "dots", "odd digits", "empty"],
)
def test_a_cookie_that_was_not_made_here_is_none(open_monitor: Open, altered: object) -> None:
    client, _ = open_monitor(admin_password=OPERATOR, reader_password=READER)
    log_in(client, READER)
    cookie = client.cookies[DEVICE]
    guess_until_refused(client)
    client.cookies.clear()
    changed = altered(cookie)  # type: ignore[operator]
    sent = {"Cookie": f"{DEVICE}={changed}".encode()}
    client.headers.update(sent)
    assert log_in(client, READER).status_code == 429
