"""How every program of ours logs: a record a line, as text or as JSON, naming the run it is of.

Whatever a message holds, it makes no line of its own: in text a line break is named, and a
traceback stands below its line, set in; in JSON both are escaped.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Any

from reports.text.plain import one_line, visible

TEXT, JSON = "text", "json"

LONGEST_MESSAGE = 10_000
LONGEST_TRACE = 40_000
"""Characters of a traceback that are kept: its end, which says what happened."""

SET_IN = "    | "
"""Before each line of a traceback in text: no line of the log itself begins so."""

OUR_LOGGERS = (
    "cli",
    "monitor",
    "flows",
    "exhibits",
    "services",
    "scrapers",
    "storage",
    "alerts",
    "reports",
)
"""What the level is set for. Others' loggers tell addresses with their queries below WARNING."""

SAID = "reportwatch"
"""The logger of what a command says to people, in JSON."""

OF_ANSWERS = ("client", "method", "path", "status", "milliseconds")
"""What the monitor's line of an answer has as fields of its own in JSON, beside its message."""

_about: ContextVar[Mapping[str, Any]] = ContextVar("about", default=MappingProxyType({}))


def name_run(run_id: int, source: str) -> None:
    """Have what this thread or task logs from now on say which run it is of.

    A thread that a run starts is given the run's context (`contextvars.copy_context`).
    """
    _about.set({"run_id": run_id, "source": source})


@contextmanager
def about(**facts: str) -> Iterator[None]:
    """Have what is logged in the block say what it is about: ``report``, ``edition``, ``url``."""
    token = _about.set({**_about.get(), **{name: fact for name, fact in facts.items() if fact}})
    try:
        yield
    finally:
        _about.reset(token)


class TextLines(logging.Formatter):
    """A record as a line for people, and its traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        facts = _facts(record)
        run = [f"run {facts['run_id']}"] if "run_id" in facts else []
        what = facts.get("report") or "/".join(
            str(facts[name]) for name in ("source", "edition") if name in facts
        )
        where = " ".join(filter(None, (*run, what, facts.get("url", ""))))
        place = f" [{one_line(where, LONGEST_MESSAGE)}]" if where else ""
        line = (
            f"{_time(record)} {record.levelname} {record.name}{place} {visible(_message(record))}"
        )
        trace = (f"\n{SET_IN}{visible(each)}" for each in _trace(self, record).splitlines())
        return line + "".join(trace)


class JsonLines(logging.Formatter):
    """A record as one JSON object: only fields that the documents name."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        line: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **_facts(record),
        }
        line |= {name: vars(record)[name] for name in OF_ANSWERS if name in vars(record)}
        if trace := _trace(self, record):
            line["exception"] = trace
        # ASCII alone, and of ASCII nothing that steers a terminal.
        return json.dumps(line, default=str).replace("\x7f", "\\u007f")


class _Form:
    """The form that this program logs in."""

    is_json = False


def log_to_standard_error(form: str, level: str, usual: Mapping[str, str]) -> None:
    """Log to standard error from now on; may be called again once more is known.

    ``level`` is for all loggers of ours; if it is empty, ``usual`` has the levels by logger, and
    what it does not name logs warnings, as everything else does. Changes nothing in a program that
    has arranged its own logging.
    """
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
        root.handlers[0].setFormatter(TextLines())
        log_what_ends_us()
    ours = [each for each in root.handlers if isinstance(each.formatter, TextLines | JsonLines)]
    if not ours:
        return
    for handler in ours:
        handler.setFormatter(JsonLines() if form == JSON else TextLines())
    _Form.is_json = form == JSON
    set_levels(level, usual)
    logging.getLogger(SAID).setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # it brings handlers of its own
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def set_levels(level: str, usual: Mapping[str, str]) -> None:
    """Set the levels of our loggers: ``level`` for all, or those that ``usual`` names."""
    for name in OUR_LOGGERS:
        logging.getLogger(name).setLevel(level.upper() or usual.get(name, "NOTSET"))


def is_json() -> bool:
    """Return whether what goes to standard error is JSON, so that nothing else may be printed."""
    return _Form.is_json


def log_what_ends_us() -> None:
    """Log an error that nobody caught, and Python's warnings, as everything else is."""

    def ended(
        kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        logging.getLogger(SAID).critical("ended by an error", exc_info=(kind, error, trace))

    sys.excepthook = ended
    threading.excepthook = lambda args: ended(args.exc_type, args.exc_value, args.exc_traceback)
    logging.captureWarnings(capture=True)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    """Return which run a record is of, as far as it is known; Prefect knows its flow run."""
    facts = dict(_about.get())
    if flow_run := getattr(record, "flow_run_id", None):
        facts["flow_run"] = str(flow_run)
    return facts


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(record: logging.LogRecord) -> str:
    text = record.getMessage()
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}…"


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = (
        formatter.formatException(record.exc_info) if record.exc_info else record.exc_text,
        formatter.formatStack(record.stack_info) if record.stack_info else "",
    )
    return "\n".join(filter(None, parts))[-LONGEST_TRACE:]
