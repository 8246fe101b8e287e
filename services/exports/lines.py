"""Every version held, one JSON object a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TextIO

from documents.show import ExportedVersion

if TYPE_CHECKING:
    from storage.store import Store


def write_versions(store: Store, file: TextIO) -> int:
    """Write every version in order of report and number; return how many they are."""
    count = 0
    with store.read() as unit:
        reports = {view.report: view for view in unit.reports.find()}
        for view in unit.versions.every():
            notices = unit.reports.notices(view.report)
            line = ExportedVersion.of(view, reports[view.report], notices)
            file.write(json.dumps(line.as_json(), ensure_ascii=False) + "\n")
            count += 1
    return count
