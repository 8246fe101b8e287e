"""Several documents of one country are told apart by their titles, and lead people to pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from content_api import ROOT, SITE, Note, identity, serving, two_countries
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
        form = stranger.get("/subscribe").text
    assert 'value="TCD"> Chad</label>' in form
    assert identity(11) not in form
    assert "river pilots, Chad, May 2024</span>" in listed
    assert "<h1>Chad current</h1>" in note
    path = "/government/publications/chad-country-policy-and-information-notes/"
    assert f'href="{SITE}{path}river-pilots-may-2024-accessible"' in note
    assert f'href="{SITE}{ROOT}' not in note
    assert (
        ">Country policy and information note: river pilots, Chad, May 2024: published<" in changes
    )


SAID = "Boats are not at risk in any harbour of Chad, and harbours are open in all months."
ANEW = "Skippers pay dues to a guild whose clerks count vessels at dawn. " * 3


def boats(number: int, month: str, said: str) -> Note:
    title = f"Country policy and information note: boats, Chad, {month}"
    return Note(number, f"boats-{number}", title, said)


@pytest.mark.parametrize("said", [SAID.replace("not at", "at"), ANEW], ids=["edited", "anew"])
def test_difference_of_a_next_edition_says_so_and_one_written_anew_is_no_redline(
    tmp_path: Path, said: str
) -> None:
    api = two_countries()
    chad = api.publications[0]
    first = boats(41, "August 2025", SAID)
    chad.notes.append(first)
    with serving(api) as origin, open_parts(settings_for(tmp_path), Clock()) as parts:
        ingest(parts, IngestRequest("uk-cpin", via=origin))
        api.take_away(chad, first)
        chad.notes.append(boats(42, "February 2026", said))
        ingest(parts, IngestRequest("uk-cpin", via=origin))
    here = f"/reports/uk-cpin/current/TCD/{identity(41)}/diff/1..2"
    is_anew = said == ANEW
    with monitor_over(tmp_path) as (stranger, _):
        pages = [stranger.get(f"{here}{each}").text for each in ("", "?view=beside", ".html")]
    for page in pages:
        assert "its next edition, February 2026, follows August 2025: " in page
        assert ("written anew, " in page) is is_anew
        text = page.partition("<main")[2] or page
        assert ("<del>" in text) is not is_anew
        assert (f"<p>{SAID}</p>" in page) is is_anew
        assert (f"<p>{ANEW.strip()}</p>" in page) is is_anew
