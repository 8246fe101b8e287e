"""Where a change, or a list of changes, is shown in the monitor."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from reports.model.values import Change, ChangeKind
from reports.notices.messages import OutgoingChange
from reports.text.plain import web_url
from reports.wording.citation import stamp


def permalink(outgoing: OutgoingChange, public_url: str) -> str:
    """Return the change's page in the monitor; ``""`` if the monitor has no public address."""
    if not web_url(public_url):
        return ""
    report, gone = outgoing.change.report, outgoing.change.vanished
    if gone:
        asked = urlencode({"source": report.source, "edition": report.edition})
        return f"{public_url.rstrip('/')}/topics/{quote(gone.topic, safe='')}?{asked}"
    if outgoing.change.kind is ChangeKind.COUNTRY_DROPPED:  # there is no report to show
        asked = urlencode({"source": report.source, "country": report.country})
        return f"{public_url.rstrip('/')}/reports?{asked}"
    page = f"{public_url.rstrip('/')}/reports/{quote(str(report), safe='/')}"
    if outgoing.change.appearance:
        return f"{page}/appearance/{outgoing.change.id}"
    older, newer = outgoing.change.from_version, outgoing.change.to_version
    if older and newer and older != newer:
        return f"{page}/diff/{older}..{newer}"
    return f"{page}/v/{newer}" if newer else page


def list_link(changes: Sequence[Change], public_url: str) -> str:
    """Return the monitor's list of some changes and few others; ``""`` as for one."""
    if not web_url(public_url):
        return ""
    said = (
        ("source", {change.report.source for change in changes}),
        ("edition", {change.report.edition for change in changes}),
        ("kind", {change.kind.value for change in changes}),
        ("since", {stamp(min(change.detected_at for change in changes))}),
    )
    asked = {name: values.pop() for name, values in said if len(values) == 1}
    return f"{public_url.rstrip('/')}/changes?{urlencode(asked)}"
