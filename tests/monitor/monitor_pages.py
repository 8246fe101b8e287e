"""Every page of the monitor, and every question of its API that is read, over the sample site."""

from __future__ import annotations

from monitor.api import models

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
    "/login",
    "/nowhere",
)

EVERYTHING = {
    "/api/v1/reports": list[models.Report],
    "/api/v1/reports/sample-hrr/2023/XAG": models.Show,
    "/api/v1/reports/sample-hrr/2023/XAG/versions": list[models.Version],
    "/api/v1/reports/sample-hrr/2023/XAG/v/2": models.Show,
    "/api/v1/reports/sample-hrr/2023/XAG/diff/1..2": models.Difference,
    "/api/v1/reports/sample-hrr/2022/XAD/lower-sarn": models.Show,
    "/api/v1/reports/sample-hrr/2022/XAD/lower-sarn/versions": list[models.Version],
    "/api/v1/reports/sample-hrr/2022/XAD/lower-sarn/v/1": models.Show,
    "/api/v1/changes": list[models.Change],
    "/api/v1/changes/1": models.Change,
    "/api/v1/topics": models.Topics,
    "/api/v1/sources": list[models.Source],
    "/api/v1/sources/sample-hrr/plan": models.Plan,
    "/api/v1/runs": list[models.Run],
    "/api/v1/runs/5": models.RunWithFailures,
    "/api/v1/alerts": list[models.Alert],
    "/api/v1/subscriptions": list[models.Subscription],
}
