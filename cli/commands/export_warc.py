"""What ``export --format warc`` does: captures as a WARC file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cli import context
from cli.output.results import Refusal, print_json, say
from reports.text.plain import counted

if TYPE_CHECKING:
    from services.assembly import Parts
    from services.exports.warc import WarcCounts


def export_warc(path: Path, *, report: str, version: int | None, source: str, as_json: bool) -> int:
    """Write the captures of everything, a source, a report or one of its versions."""
    from documents.operations import ExportedWarc
    from services.exports.whole_files import replacing

    if version is not None and not report:
        raise Refusal("--version goes with --report: a number names a version of one report", 2)
    if report and source:
        raise Refusal("--report names its source already: leave out --source", 2)
    with context.parts() as opened:
        if str(path) == "-":
            counts = _write(opened, sys.stdout.buffer, report, version, source)
        else:
            with replacing(path) as partial, partial.open("wb") as file:
                counts = _write(opened, file, report, version, source)
    if as_json:
        print_json(ExportedWarc(path=str(path), format="warc", **vars(counts)))
    elif str(path) != "-":
        say(
            f"{counted(counts.captures, 'capture')} written to {path}. Further captures: "
            f"{counts.revisits} with the same bytes again, {counts.without_body} that differ in "
            f"noise and have no bytes, {counts.misses} misses that removals rest on"
        )
    return 0


def _write(
    opened: Parts, stream: BinaryIO, report: str, version: int | None, source: str
) -> WarcCounts:
    from reports.model.identity import BadReportName, ReportId
    from scrapers.registry import source_named
    from services.exports.warc import WarcCounts, write_version, write_warc
    from storage.read.captured_pages import CaptureScope

    if source:
        source_named(source)
    try:
        name = ReportId.parse(report) if report else None
    except BadReportName as error:
        raise Refusal(str(error), 2) from None
    if name is None:
        return write_warc(opened.store, stream, CaptureScope(source=source))
    with opened.store.read() as unit:
        if unit.versions.get(name, version or 1) is None:
            what = f"version {version} of {name}" if version else str(name)
            raise Refusal(f"there is no {what}; `reportwatch reports` lists what is held")
        if version is None:
            return write_warc(opened.store, stream, CaptureScope(report=name))
        placed = write_version(unit, name, version, stream)
    misses = [each for each in placed if each.status in (404, 410)]
    return WarcCounts(captures=1, misses=len(misses))
