"""Several documents of one country are told apart by their titles, and lead people to pages."""

from __future__ import annotations

from pathlib import Path

from content_api import ROOT, SITE, identity, serving, two_countries
from monitor_stage import Clock, monitor_over, settings_for

from services.assembly import open_parts
from services.ingest import ingest
from services.runs.run import IngestRequest


def test_documents_go_by_country_and_title_and_lead_to_the_page_for_people(tmp_path: Path) -> None:
    with serving(two_countries()) as origin, open_parts(settings_for(tmp_path), Clock()) as parts:
        ingest(parts, IngestRequest("uk-cpin", via=origin))
    with monitor_over(tmp_path) as (stranger, _):
        listed = stranger.get("/reports?source=uk-cpin").text
        note = stranger.get(f"/reports/uk-cpin/current/TCD/{identity(11)}").text
        changes = stranger.get("/changes").text
    assert "river pilots, Chad, May 2024</span>" in listed
    assert "<h1>Chad current</h1>" in note
    path = "/government/publications/chad-country-policy-and-information-notes/"
    assert f'href="{SITE}{path}river-pilots-may-2024-accessible"' in note
    assert f'href="{SITE}{ROOT}' not in note
    assert (
        ">Country policy and information note: river pilots, Chad, May 2024: published<" in changes
    )
