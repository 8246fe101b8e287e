"""What is waited for, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services import waiting
from services.waiting import wait_for


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses that were made, on a clock that only they move."""
    made: list[float] = []
    monkeypatch.setattr(waiting.time, "sleep", made.append)
    monkeypatch.setattr(waiting.time, "monotonic", lambda: sum(made))
    return made


def test_first_true_answer_is_returned(pauses: list[float]) -> None:
    answers: Iterator[str] = iter(["", "", "here", "later"])
    assert wait_for(lambda: next(answers), 10, pause=0.5) == "here"
    assert pauses == [0.5, 0.5]


def test_what_is_there_is_not_waited_for(pauses: list[float]) -> None:
    assert wait_for(lambda: "here", 0) == "here"
    assert pauses == []


def test_waiting_ends_with_the_last_answer(pauses: list[float]) -> None:
    assert wait_for(lambda: None, 2, pause=0.5) is None
    assert pauses == [0.5] * 4
