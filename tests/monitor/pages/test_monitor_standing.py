"""A report says first how it stands: what changed last, since when it is gone, what one can do."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from monitor_stage import Clock, Open, record

from reports.model.identity import ReportId
from reports.model.reading import IssueList, IssueStatus, Reading

GANDORIA = "/reports/sample-hrr/2023/XAG"
NAME = ReportId("sample-hrr", "2023", "XAB")
READING = Reading("Executive Summary", ("It was so.",), issues=IssueList(IssueStatus.UNPARSED))


def standing(text: str) -> str:
    found = re.search(r'<div class="standing">.*?</div>', text, re.S)
    assert found
    return html.unescape(re.sub(r"<[^>]+>|\s+", " ", found[0])).replace("  ", " ")


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_an_edited_report_says_when_and_how_much_before_its_summary(client: httpx.Client) -> None:
    text = client.get(GANDORIA).text
    said = standing(text)
    assert "Last changed" in said
    assert "text returned to the words of version 1 (+11 −4 words)" in said
    assert f'<a href="{GANDORIA}/diff/2..3">See what changed</a>' in text
    places = [text.index(each) for each in ("standing", 'id="summary"', 'id="evidence"')]
    assert places == sorted(places)


def test_a_report_that_never_changed_says_so(open_monitor: Open) -> None:
    client, parts = open_monitor()
    record(parts, NAME, READING)
    text = client.get(f"/reports/{NAME}").text
    assert "Unchanged since it was first captured, 1 Mar 2026, 09:00 UTC" in flat(text)
    assert "See what changed" not in text


def test_its_publication_is_not_its_last_change(open_monitor: Open) -> None:
    clock = Clock()
    client, parts = open_monitor(clock=clock)
    record(parts, NAME, READING)
    clock.now += timedelta(days=2)
    record(parts, NAME, replace(READING, blocks=("It was not so.",)))
    said = standing(client.get(f"/reports/{NAME}").text)
    assert "Last changed 3 Mar 2026, 09:00 UTC : 1 word added to the Executive Summary" in said


def test_a_removed_report_says_since_when_and_how_often_it_was_looked_for(
    open_monitor: Open,
) -> None:
    client, parts = open_monitor(is_filled=True)
    with parts.store.write() as unit:
        sql = unit._connection.exec_driver_sql
        found = (
            "SELECT location_id FROM carries JOIN report ON report.id = report_id"
            " WHERE country = 'XAG' AND edition = '2023' AND is_primary"
        )
        sql(
            "UPDATE location SET miss_count = 4, first_missed_at = '2026-03-20 08:00:00.000000'"
            f" WHERE id IN ({found})"
        )
        sql("UPDATE report SET state = 'removed' WHERE country = 'XAG' AND edition = '2023'")
        unit.commit()
    text = flat(client.get(GANDORIA).text)
    assert "The publisher has removed this report." in text
    assert "Gone since 20 Mar 2026, 08:00 UTC : looked for 4 times, and not found." in text
    assert re.search(r"not found\. Last seen \d+ Mar 2026", text)


@pytest.mark.parametrize(
    ("path", "country"),
    [(GANDORIA, "XAG"), ("/reports/sample-hrr/2022/XAD/lower-sarn", "XAD/lower-sarn")],
)
def test_a_report_leads_to_the_form_that_notifies_of_it(
    client: httpx.Client, path: str, country: str
) -> None:
    text = client.get(path).text
    found = re.search(r'<a href="(/subscribe\?[^"]+)">Notify me when this changes</a>', text)
    assert found
    address = urlsplit(html.unescape(found[1]))
    edition = path.split("/")[3]
    asked = {"country": [country], "source": ["sample-hrr"], "edition": [edition]}
    assert parse_qs(address.query) == asked
    assert client.get(html.unescape(found[1])).status_code == 200


def test_a_report_is_cited_beside_its_title(client: httpx.Client) -> None:
    text = client.get(GANDORIA).text
    cited = re.search(r'<details id="cite"><summary>Cite</summary>(.*?)</details>', text, re.S)
    assert cited
    assert "version 3" in cited[1] and "sha256:" in cited[1]
    assert text.index("cite") < text.index('id="summary"')


def test_a_report_is_not_named_by_its_identifier_before_the_evidence(client: httpx.Client) -> None:
    compared = ("/compare/sample-hrr/XAG", "/compare/sample-hrr/XAG/2022..2023")
    for path in (GANDORIA, f"{GANDORIA}/diff/1..2", *compared, "/", "/changes"):
        text = client.get(path).text
        main = text[text.index("<main") :].partition('<section aria-labelledby="evidence">')[0]
        for_programs = (
            r'<footer class="filing">.*?</footer>|<section aria-labelledby="alarms".*?</section>'
            r'|<details id="cite">.*?</details>'
        )
        read = re.sub(for_programs, "", main, flags=re.S)
        assert "sample-hrr" not in flat(read), path
    assert "sample-hrr/2023/XAG" in flat(client.get(GANDORIA).text)


def test_a_summary_can_be_printed_alone(client: httpx.Client) -> None:
    whole = client.get(GANDORIA).text
    link = re.search(r'href="([^"]+)">Summary alone, to print<', whole)
    assert link
    alone = client.get(html.unescape(link[1])).text
    for shown in ("Gandoria is a federal republic", 'id="issues"', 'class="filing"'):
        assert shown in alone
    for left_out in ('id="sections"', 'id="evidence"', 'id="changes"', "Summary alone, to print"):
        assert left_out in whole
        assert left_out not in alone
    anchors = re.findall(r'href="#([^"]+)"', alone)
    assert len(anchors) > 3
    assert all(f'id="{each}"' in alone for each in anchors)
    assert client.get(f"{GANDORIA}?only=hats").status_code == 404
