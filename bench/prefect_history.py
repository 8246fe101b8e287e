"""Measure what runs leave in Prefect's own database, and compute what ten years of them take.

``python -m bench.prefect_history data/prefect/prefect.db`` reads the database of a server that has
done some tens of runs, its rows for each run of a flow and its bytes for each row, and multiplies
them with the runs of a day (deployments/prefect.yaml) and the days that are kept: runs with their
states, tasks, logs and artifacts for 90, events for 7. Only the rows and bytes are measured.
"""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

RUNS_A_DAY = {"ingest": 3 * 24, "deliver": 12 * 24, "check": 4 * 24}
KEPT_DAYS, EVENT_DAYS = 90, 7
OF_A_RUN = {
    "flow_run": "1",
    "flow_run_state": "(SELECT count(*) FROM flow_run_state x WHERE x.flow_run_id = r.id)",
    "task_run": "(SELECT count(*) FROM task_run x WHERE x.flow_run_id = r.id)",
    "task_run_state": "(SELECT count(*) FROM task_run_state x JOIN task_run t"
    " ON t.id = x.task_run_id WHERE t.flow_run_id = r.id)",
    "log": "(SELECT count(*) FROM log x WHERE x.flow_run_id = r.id)",
    "artifact": "(SELECT count(*) FROM artifact x WHERE x.flow_run_id = r.id)",
}
OF_EVENTS = ("events", "event_resources")


def bytes_of_a_row(opened: sqlite3.Connection, table: str) -> float:
    """Return the bytes in use of a table and its indexes, for each of its rows."""
    (used,) = opened.execute(
        "SELECT sum(pgsize - unused) FROM dbstat WHERE name IN"
        " (SELECT name FROM sqlite_master WHERE tbl_name = ?)",
        (table,),
    ).fetchone()
    (rows,) = opened.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    return used / rows if rows else 0.0


def bytes_of_a_run(opened: sqlite3.Connection) -> dict[str, tuple[int, float]]:
    """Return of each flow how many runs there were, and the bytes that each leaves for 90 days."""
    sums = ", ".join(f"sum({count})" for count in OF_A_RUN.values())
    query = (
        f"SELECT f.name, count(*), {sums} FROM flow_run r JOIN flow f ON f.id = r.flow_id"
        " WHERE r.state_type != 'SCHEDULED' GROUP BY 1"
    )
    each = [bytes_of_a_row(opened, table) for table in OF_A_RUN]
    return {
        name: (runs, sum(n * size for n, size in zip(rows, each, strict=True)) / runs)
        for name, runs, *rows in opened.execute(query)
    }


def report(opened: sqlite3.Connection, a_day: Mapping[str, int]) -> str:
    """Return in words what was measured and what follows."""
    found = bytes_of_a_run(opened)
    lines = [
        f"{name}: {runs} runs, {size / 1e3:.1f} kB each, kept {KEPT_DAYS} days"
        for name, (runs, size) in found.items()
    ]
    done = sum(runs for runs, _ in found.values())
    events = sum(
        bytes_of_a_row(opened, table)
        * opened.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        for table in OF_EVENTS
    )
    of_events = events / done
    lines.append(f"events: {of_events / 1e3:.1f} kB a run of any kind, kept {EVENT_DAYS} days")
    kept = KEPT_DAYS * sum(a_day[name] * size for name, (_, size) in found.items() if name in a_day)
    short = EVENT_DAYS * sum(a_day.values()) * of_events
    lines.append(
        f"computed for {sum(a_day.values())} runs a day: {kept / 1e6:.0f} MB of runs and "
        f"{short / 1e6:.0f} MB of events, from day {KEPT_DAYS} on as long as it runs"
    )
    return "\n".join(lines)


def main() -> int:
    """Print the report of one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    chosen = parser.parse_args()
    with closing(sqlite3.connect(f"file:{chosen.database}?mode=ro", uri=True)) as opened:
        print(report(opened, RUNS_A_DAY))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
