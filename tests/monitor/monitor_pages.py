"""Every page of the monitor, and every question of its API that is read, over the sample site."""

from __future__ import annotations

import re

from documents.changes import ChangeDocument
from documents.citation import CitationDocument
from documents.compare import CompareDocument
from documents.diff import DiffDocument
from documents.fate import FateDocument
from documents.notices import AlertDocument, SubscriptionDocument
from documents.reports import ReportDocument, VersionDocument
from documents.runs import RunDocument, RunWithFailures
from documents.search import SearchDocument
from documents.show import ShowDocument
from documents.sources import PlanDocument, SourceDocument
from documents.topics import TopicsDocument

GANDORIA = "/reports/sample-hrr/2023/XAG"

PAGES = (
    "/",
    "/reports",
    "/reports?view=matrix",
    "/reports?view=matrix&show=words",
    GANDORIA,
    "/reports/sample-hrr/2022/XAD/lower-sarn",
    f"{GANDORIA}/v/1",
    f"{GANDORIA}/v/1/captured",
    f"{GANDORIA}/v/1/cite?section=2",
    f"{GANDORIA}/v/1/p/s0-p1-b02eb922",
    f"{GANDORIA}/diff/1..2",
    f"{GANDORIA}/diff/1..2?view=beside",
    "/compare",
    "/compare/sample-hrr/XAG",
    "/compare/sample-hrr/XAG/2022..2023",
    "/changes",
    "/topics",
    "/topics/torture_cidt",
    "/search",
    "/search?q=gendarmerie&when=removed",
    "/sources",
    "/sources/sample-hrr",
    "/runs",
    "/runs/5",
    "/runs/new",
    "/reviews",
    "/reviews/1",
    "/alerts",
    "/subscriptions",
    "/settings",
    "/subscribe",
    "/watch",
    "/log/",
    "/login",
    "/nowhere",
)

EVERYTHING = {
    "/api/v1/reports": list[ReportDocument],
    "/api/v1/reports/sample-hrr/2023/XAG": ShowDocument,
    "/api/v1/reports/sample-hrr/2023/XAG/versions": list[VersionDocument],
    "/api/v1/reports/sample-hrr/2023/XAG/v/2": ShowDocument,
    "/api/v1/reports/sample-hrr/2023/XAG/v/2/cite?section=1": CitationDocument,
    "/api/v1/reports/sample-hrr/2023/XAG/v/1/p/s0-p1-b02eb922": FateDocument,
    "/api/v1/reports/sample-hrr/2023/XAG/diff/1..2": DiffDocument,
    "/api/v1/reports/sample-hrr/2022/XAD/lower-sarn": ShowDocument,
    "/api/v1/reports/sample-hrr/2022/XAD/lower-sarn/versions": list[VersionDocument],
    "/api/v1/reports/sample-hrr/2022/XAD/lower-sarn/v/1": ShowDocument,
    "/api/v1/compare/sample-hrr/XAG/2022..2023": CompareDocument,
    "/api/v1/search?q=mistreatment": SearchDocument,
    "/api/v1/changes": list[ChangeDocument],
    "/api/v1/changes/1": ChangeDocument,
    "/api/v1/topics": TopicsDocument,
    "/api/v1/sources": list[SourceDocument],
    "/api/v1/sources/sample-hrr/plan": PlanDocument,
    "/api/v1/runs": list[RunDocument],
    "/api/v1/runs/5": RunWithFailures,
    "/api/v1/alerts": list[AlertDocument],
    "/api/v1/subscriptions": list[SubscriptionDocument],
}

_OUR_SCRIPTS = re.compile(r'<script src="/static/(steps|copy|selection)\.js" defer></script>')


def without_our_scripts(page: str) -> str:
    """Return a page without the scripts that it is meant to load: any other is hostile."""
    return _OUR_SCRIPTS.sub("", page, count=2)
