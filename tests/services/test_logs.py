"""What is logged is a line a record, says which run it is of, and no message can forge it."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterator
from contextvars import copy_context

import pytest

from services import logs
from services.logs import LONGEST_MESSAGE, SET_IN, JsonLines, TextLines, about, name_run

FORGED = "2026-11-29T12:00:00.000Z ERROR cli forged"
LINE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{12}Z (INFO|ERROR) [\w.]+( \[[^]]+\])? ")

HOSTILE = {
    "a line break": f"x\n{FORGED}",
    "a carriage return": f"x\r{FORGED}",
    "another line break": f"x\x0b{FORGED}\x0c{FORGED}\x85{FORGED}",
    "a separator of lines": f"x\u2028{FORGED}\u2029{FORGED}",
    "a colour": "x\x1b[31mred\x1b[0m",
    "a title of the terminal": "x\x1b]0;mine\x07",
    "a single CSI": "x\x9b31m",
    "deleted": "x\x7f\x7f",
    "turned": "x\u202egnorw",
    "half a character": "x\ud800",
    "the end of a string": 'x", "level": "INFO',
    "a traceback": f"Traceback (most recent call last):\n{SET_IN}ValueError",
}


@pytest.fixture(autouse=True)
def _of_no_run() -> Iterator[None]:
    """Begin without the run that a test before may have left in this thread's context."""
    token = logs._about.set({})
    yield
    logs._about.reset(token)


@pytest.fixture
def record() -> logging.LogRecord:
    return logging.LogRecord("services.watch", logging.ERROR, __file__, 1, "says %s", (), None)


def _raised(text: str) -> logging.LogRecord:
    try:
        raise ValueError(text)
    except ValueError:
        return logging.LogRecord(
            "scrapers.read", logging.ERROR, __file__, 1, "failed", (), sys.exc_info()
        )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_message_forges_no_line(name: str, record: logging.LogRecord) -> None:
    text = HOSTILE[name]
    record.args = (text,)
    line = TextLines().format(record)
    assert LINE.match(line)
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    told = JsonLines().format(record)
    assert told.isascii()
    assert told.isprintable()
    assert json.loads(told)["message"] == f"says {text}"
    assert json.loads(told)["level"] == "ERROR"


@pytest.mark.parametrize("name", HOSTILE)
def test_an_exception_forges_no_line(name: str) -> None:
    record = _raised(HOSTILE[name])
    first, *below = TextLines().format(record).split("\n")
    assert LINE.match(first)
    assert len(below) >= 3
    assert all(each.startswith(SET_IN) and each.isprintable() for each in below)
    assert FORGED not in [each.strip() for each in below]
    told = JsonLines().format(record)
    assert told.isprintable()
    assert HOSTILE[name] in json.loads(told)["exception"]


def test_the_names_of_a_run_forge_no_line(record: logging.LogRecord) -> None:
    record.args = ("it",)
    with about(url=f"https://a.example/\n{FORGED}", report="a]\nb"):
        assert len(TextLines().format(record).splitlines()) == 1
        assert len(JsonLines().format(record).splitlines()) == 1


def test_every_line_says_which_run_report_and_page_it_is_of(record: logging.LogRecord) -> None:
    record.args = ("it",)

    def lines() -> Iterator[str]:
        name_run(7, "sample-hrr")
        yield TextLines().format(record)
        with about(edition="2023", url="https://a.example/x", report=""):
            yield TextLines().format(record)
            with about(report="sample-hrr/2023/XAG"):
                yield TextLines().format(record)
                yield JsonLines().format(record)
        yield TextLines().format(record)

    bare, page, report, told, after = copy_context().run(lambda: list(lines()))
    assert " ERROR services.watch [run 7 sample-hrr] says it" in bare
    assert "[run 7 sample-hrr/2023 https://a.example/x] says it" in page
    assert "[run 7 sample-hrr/2023/XAG https://a.example/x] says it" in report
    assert after == bare
    assert json.loads(told) == {
        "time": json.loads(told)["time"],
        "level": "ERROR",
        "logger": "services.watch",
        "message": "says it",
        "run_id": 7,
        "source": "sample-hrr",
        "edition": "2023",
        "url": "https://a.example/x",
        "report": "sample-hrr/2023/XAG",
    }
    assert "[" not in TextLines().format(record)  # another context knows nothing of it


def test_a_thread_of_no_run_says_none(record: logging.LogRecord) -> None:
    record.args = ("it",)
    said: list[str] = []

    def run() -> None:
        name_run(7, "sample-hrr")
        aside = threading.Thread(target=lambda: said.append(TextLines().format(record)))
        aside.start()
        aside.join()

    copy_context().run(run)
    assert len(said) == 1
    assert "run 7" not in said[0]


def test_nothing_but_the_named_fields_is_told(record: logging.LogRecord) -> None:
    record.args = ("it",)
    vars(record).update(parameters={"password": "s3cret"}, flow_run_id="c0ffee", status=200)
    told = json.loads(JsonLines().format(record))
    assert set(told) == {"time", "level", "logger", "message", "flow_run", "status"}


def test_a_line_has_a_bound(record: logging.LogRecord) -> None:
    record.args = ("x" * 1_000_000,)
    assert len(TextLines().format(record)) < LONGEST_MESSAGE + 200
    assert len(JsonLines().format(_raised("x" * 1_000_000))) < 50_000
