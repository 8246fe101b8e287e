"""Every page and answer stands on PostgreSQL as it does on SQLite."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from databases import TEMPLATE
from monitor_pages import EVERYTHING, PAGES
from monitor_stage import Clock, monitor_over, settings_for, subscribe
from postgres import PostgresServer

from deployments.sample_site import SampleSite
from deployments.sample_site import serve as serve_site
from services.access import make_token, right_of_token
from services.assembly import open_parts
from services.ingest import ingest
from services.runs.run import IngestRequest

NOT_THERE = ("/reviews/1", "/nowhere")


def test_every_page_and_answer_stands_on_postgresql(
    migrated_postgres: PostgresServer, tmp_path: Path
) -> None:
    name = migrated_postgres.create(TEMPLATE)
    facts = {"database_url": migrated_postgres.url(name)}
    clock, site = Clock(), SampleSite()
    with (
        serve_site(site) as origin,
        open_parts(settings_for(tmp_path, **facts), now=clock) as parts,
    ):
        subscribe(parts, "ann@law.example")
        for step in range(len(site.timeline.steps)):
            site.advance(step)
            ingest(parts, IngestRequest("sample-hrr", via=origin))
            clock.now += timedelta(days=1)
    with monitor_over(tmp_path, clock, **facts) as (client, opened):
        for path in (*PAGES, *EVERYTHING, "/metrics", "/feeds/changes.atom?kind=edited"):
            if path not in NOT_THERE:
                assert client.get(path).status_code == 200, path
        made = make_token(opened, "notebook", may_operate=True, days=1)
        assert right_of_token(opened, made.key) == 2
    migrated_postgres.drop(name)
