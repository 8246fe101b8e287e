"""The messages: what their subjects say, what their bodies hold, and what they never do."""

import html
import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alerts.message import EmptyMessage, compose
from alerts.subjects import LONGEST_SUBJECT
from reports.model.reading import Marked, MarkKind, Section
from reports.model.values import ChangeKind

SUMMARY = (
    "Zembla is a republic with a strong presidency.",
    "There were credible and repeated reports of torture.",
    "The government took steps to punish officials.",
)
CUT = (SUMMARY[0], "There were reports of torture.", SUMMARY[2])
MORE = (*SUMMARY, "Two newspapers were closed.")
SWAPPED = (SUMMARY[0], SUMMARY[1], "The government took no steps to pardon officials.")


def section(*blocks: str) -> Section:
    return Section("2", "Section 2. Civil Liberties", blocks)


def write(desk, message, **options):
    options = {
        "public_url": "https://watch.example",
        "operator": "desk@watch.example",
        "publishers": {"sample-hrr": "Bureau of Civic Reporting"},
        "short_names": {"sample-hrr": "Sample", "other-hrr": "Other family"},
        "now": desk.now,
    } | options
    return compose(message, **options)


def subject(desk, *changes, **fields):
    return write(desk, desk.message(*changes, **fields)).subject


@pytest.mark.parametrize(
    ("after", "fields", "expected"),
    [
        (CUT, {}, "Sample: Zembla 2024: 3 words removed from the Executive Summary"),
        (MORE, {}, "Sample: Zembla 2024: 4 words added to the Executive Summary"),
        (SWAPPED, {}, "Sample: Zembla 2024: +2 −1 words in the Executive Summary"),
        (
            CUT,
            {"issues_removed": ("torture",)},
            "Sample: Zembla 2024: 1 issue gone, −3 words",
        ),
        (
            SWAPPED,
            {"issues_removed": ("a", "b"), "issues_added": ("c",)},
            "Sample: Zembla 2024: 2 issues gone, 1 new, +2 −1 words",
        ),
        (
            MORE,
            {"issues_added": ("closing of newspapers",)},
            "Sample: Zembla 2024: 1 new issue, +4 words",
        ),
        (
            MORE,
            {"returned_to": 1},
            "Sample: Zembla 2024: text returned to the words of version 1 (+4 words)",
        ),
        (
            SWAPPED,
            {"kind": ChangeKind.RESTORED},
            "Sample: Zembla 2024: restored with changed text (+2 −1 words)",
        ),
        (SUMMARY, {"kind": ChangeKind.RESTORED}, "Sample: Zembla 2024: restored, the same text"),
    ],
)
def test_the_subject_says_it_all(desk, after, fields, expected):
    assert subject(desk, desk.edit(after, **fields)) == expected


def test_a_subject_names_the_section_and_counts_the_others(desk):
    before = desk.version(1, sections=(section("Press was free."),))
    edited = desk.version(2, sections=(section("Press was mostly free."),))
    assert (
        subject(desk, desk.change(before=before, after=edited))
        == "Sample: Zembla 2024: 1 word added to Section 2. Civil Liberties"
    )
    both = desk.version(2, *CUT, sections=(section("Press was mostly free."),))
    assert (
        subject(desk, desk.change(before=before, after=both))
        == "Sample: Zembla 2024: +1 −3 words in the Executive Summary and 1 more section"
    )


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (ChangeKind.PUBLISHED, {}, "Sample: Zembla 2024: published"),
        (ChangeKind.REMOVED, {}, "Sample: Zembla 2024: removed from the publisher's site"),
        (ChangeKind.MOVED, {}, "Sample: Zembla 2024: moved to another address"),
        (
            ChangeKind.NOTED,
            {"notes_added": ("Note: mended.",)},
            "Sample: Zembla 2024: a note was added",
        ),
        (
            ChangeKind.COUNTRY_DROPPED,
            {"summary_line": "Zembla is no longer listed"},
            "Sample: Zembla 2024: Zembla is no longer listed",
        ),
        (
            ChangeKind.TOPIC_VANISHED,
            {"title": "All reports", "summary_line": "no report lists corruption any more"},
            "Sample: All reports 2024: no report lists corruption any more",
        ),
        (ChangeKind.PUBLISHED, {"title": "Zembla"}, "Sample: Zembla 2024: published"),
        (ChangeKind.PUBLISHED, {"title": ""}, "Sample: XZA 2024: published"),
        (ChangeKind.PUBLISHED, {"title": "The year 2024"}, "Sample: The year 2024: published"),
    ],
)
def test_every_other_kind_has_its_subject(desk, kind, fields, expected):
    before = None if kind is ChangeKind.PUBLISHED else desk.version(1)
    after = None if kind is ChangeKind.REMOVED else desk.version(1)
    assert subject(desk, desk.change(kind, before, after, **fields)) == expected


def test_a_part_of_a_country_is_named(desk):
    outgoing = desk.change(ChangeKind.PUBLISHED, after=desk.version(1))
    isle = replace(outgoing.change.report, part="blue-harbor")
    outgoing = replace(outgoing, change=replace(outgoing.change, report=isle))
    assert subject(desk, outgoing) == "Sample: Zembla (blue-harbor) 2024: published"


def test_an_edit_is_told_in_full(desk):
    composed = write(desk, desk.message(desk.edit(CUT, issues_removed=("torture",))))
    before, after = desk.version(1), desk.version(2, *CUT)
    for told in (
        "There were [-credible and repeated-] reports of torture.",
        "… 1 paragraph unchanged …",
        "Report:            2024 Country Reports on Civic Conditions: Zembla",
        "source sample-hrr, edition 2024, country XZA",
        "Executive Summary (−3 words)",
        "1 May 2026, 09:05 UTC (2026-05-01T09:05:00Z)",
        "version 1, captured 2 April 2026, 09:05 UTC (2026-04-02T09:05:00Z), last seen 3 April",
        f"sha256:{before.reading.text_sha256}",
        f"sha256:{after.reading.text_sha256}",
        "https://sample.example/reports/2024/zembla/",
        "https://watch.example/reports/sample-hrr/2024/XZA/diff/1..2",
        "Issues no longer listed\n\n  | torture\n",
        "Absence of reporting is not evidence of absence.",
        "[-…-] marks words that were deleted, {+…+} words that were added.",
        "Bureau of Civic Reporting, 2024 Country Reports on Civic Conditions: Zembla, Executive"
        " Summary, https://sample.example/reports/2024/zembla/, version 2, captured"
        f" 2026-04-03T09:05:00Z, sha256:{after.reading.text_sha256}.",
    ):
        assert told in composed.text


def test_the_html_says_the_same_without_anything_from_elsewhere(desk):
    composed = write(desk, desk.message(desk.edit(CUT)))
    page = BeautifulSoup(composed.html, "lxml")
    assert page.html["lang"] == "en"
    quoted = page.select_one("p.q")
    assert quoted.get_text() == ("There were [deleted: credible and repeated] reports of torture.")
    assert "line-through" in quoted.find("del")["style"]
    assert "text-decoration:underline" in page.find("ins")["style"]
    assert page.find_all(["img", "script", "link", "iframe", "form", "object"]) == []
    assert not re.search(r"@import|url\(", composed.html)
    assert "Absence of reporting is not evidence of absence." in page.get_text()


def test_a_section_edit_cites_the_whole_report(desk):
    before = desk.version(1, sections=(section("Press was free."),))
    after = desk.version(2, sections=(section("Press was not free."),))
    text = write(desk, desk.message(desk.change(before=before, after=after))).text
    assert f"whole report, {after.url}, version 2" in text
    assert f"Before: report:    sha256:{before.reading.report_sha256}" in text
    assert f"sha256:{after.reading.report_sha256}." in text
    assert "Absence of reporting" not in text


def test_a_published_report_is_quoted_and_cited(desk):
    text = write(desk, desk.message(desk.change(ChangeKind.PUBLISHED, after=desk.version(1)))).text
    assert "  | There were credible and repeated reports of torture.\n" in text
    assert "https://watch.example/reports/sample-hrr/2024/XZA/v/1" in text
    assert "To cite it:" in text
    assert "[-" not in text
    assert "Absence of reporting" not in text


def test_a_removed_report_is_quoted_as_last_seen(desk):
    text = write(desk, desk.message(desk.change(ChangeKind.REMOVED, desk.version(3)))).text
    assert "Executive Summary as last seen" in text
    assert "version 3, captured" in text
    assert "Absence of reporting is not evidence of absence." in text


def test_a_note_is_quoted(desk):
    note = "Note: This report was updated 4/07/24; see Errata."
    changed = desk.change(ChangeKind.NOTED, desk.version(1), desk.version(1), notes_added=(note,))
    assert f"Notes and notices added\n\n  | {note}\n" in write(desk, desk.message(changed)).text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "write to desk@watch.example."),
        ({"operator": ""}, "ask whoever runs this reportwatch."),
        ({"unsubscribe_url": "https://watch.example/u/1"}, "https://watch.example/u/1"),
        ({"unsubscribe_url": "javascript:alert(1)"}, "write to desk@watch.example."),
    ],
)
def test_every_message_says_how_to_stop_it(desk, options, said):
    composed = write(desk, desk.message(desk.edit(CUT)), **options)
    assert said in composed.text
    page = BeautifulSoup(composed.html, "lxml")
    links = {a.get_text(): a["href"] for a in page.find_all("a")}
    assert said in page.get_text() or links["Stop these messages"] == said


@pytest.mark.parametrize("kind", [None, *MarkKind])
def test_words_struck_or_hidden_are_explained(desk, kind):
    marked = (Marked(kind, "credible and repeated", CUT[1], 2),) if kind else ()
    after = desk.version(2, *CUT)
    after = replace(after, reading=replace(after.reading, marked=marked))
    mail = write(desk, desk.message(desk.change(before=desk.version(1), after=after)))
    for body in (mail.text, mail.html):
        said = " ".join(html.unescape(body).split())
        assert ("by the publisher are still in the page's markup" in said) is bool(kind)


def test_without_a_public_address_there_is_no_link_to_the_monitor(desk):
    composed = write(desk, desk.message(desk.edit(CUT)), public_url="")
    assert "In the monitor" not in composed.text
    assert "diff/1..2" not in composed.html


def test_an_overlong_redline_says_where_the_rest_is(desk):
    after = tuple(f"Paragraph {n} was put in." for n in range(2000))
    text = write(desk, desk.message(desk.edit(after))).text
    assert "more changed paragraphs not shown in this message" in text
    assert "The whole comparison: https://watch.example/reports/" in text
    offline = write(desk, desk.message(desk.edit(after)), public_url="").text
    assert "reportwatch diff XZA 2024 1 2 --source sample-hrr" in offline


def test_nothing_visible_is_never_sent(desk):
    reflowed = desk.edit((" ".join(SUMMARY),))
    wordless = desk.change(ChangeKind.EDITED)
    unnoted = desk.change(ChangeKind.NOTED, desk.version(1), desk.version(1))
    for changes in ([], [reflowed], [wordless], [unnoted], [reflowed, wordless]):
        with pytest.raises(EmptyMessage):
            write(desk, desk.message(*changes))
    assert "2 changes" not in subject(desk, reflowed, desk.edit(CUT))


def test_a_change_whose_versions_are_not_at_hand_is_told_by_its_counts(desk):
    outgoing = desk.change(ChangeKind.EDITED, words_removed=3)
    assert subject(desk, outgoing) == "Sample: Zembla 2024: 3 words removed"


def zemblas(desk, count, after, **fields):
    for n in range(count):
        title = f"2024 Country Reports on Civic Conditions: Isle {n:03}"
        country = f"X{chr(65 + n // 26)}{chr(65 + n % 26)}"
        yield desk.change(
            before=desk.version(1, country=country, title=title),
            after=desk.version(2, *after(n), country=country, title=title),
            **fields,
        )


def test_several_changes_are_told_one_after_the_other(desk):
    changes = list(zemblas(desk, 6, lambda n: CUT))
    composed = write(desk, desk.message(*changes))
    assert composed.subject == (
        "Sample: 6 changes: Isle 000 2024, Isle 001 2024, Isle 002 2024, Isle 003 2024 and 2 more"
    )
    assert composed.text.count("There were [-credible and repeated-] reports") == 6
    assert "Isle 005 2024: 3 words removed from the Executive Summary" in composed.text


def test_a_mass_change_says_what_the_changes_have_in_common(desk):
    def after(n: int) -> tuple[str, ...]:
        return (
            SUMMARY[0],
            SUMMARY[1].replace(" and repeated", ""),
            SUMMARY[2] + f" {n}." * (n >= 20),
        )

    gone = desk.change(ChangeKind.REMOVED, desk.version(1))
    composed = write(desk, desk.message(*zemblas(desk, 25, after), gone, is_mass=True))
    assert composed.subject == "Sample: 1 report gone; 20 reports edited alike; 5 more"
    told = "20 reports edited alike: 2 words removed from the Executive Summary"
    assert told in composed.text
    assert composed.text.count("There were credible [-and repeated-] reports") == 1
    page = BeautifulSoup(composed.html, "lxml")
    rows = [row.get_text(" ", strip=True) for row in page.select("p.row")]
    assert len(rows) == 7
    assert rows[0] == "Zembla 2024 removed from the publisher's site"
    assert page.select_one("p.row a")["href"] == (
        "https://watch.example/reports/sample-hrr/2024/XZA"
    )
    assert "Absence of reporting is not evidence of absence." in composed.text


def test_a_new_edition_is_called_one(desk):
    published = [
        desk.change(ChangeKind.PUBLISHED, after=desk.version(1, country=f"X{letter}A"))
        for letter in "ABCDE"
    ]
    composed = write(desk, desk.message(*published, is_mass=True))
    assert composed.subject == "Sample: a new edition, 2024: 5 reports published"
    assert "published: " not in composed.text
    assert "published</b>: " not in re.sub("</?a[^>]*>", "", composed.html)


def test_headings_that_many_reports_changed_alike_are_told_as_a_new_template(desk):
    def sections(heading: str) -> tuple[Section, ...]:
        return (Section("", heading, ("The police were feared.",)),)

    changes = [
        desk.change(
            before=desk.version(1, country=country, sections=sections("Integrity of the Person")),
            after=desk.version(2, country=country, sections=sections("Security of the Person")),
        )
        for country in ("XZA", "XZB", "XZC", "XZD")
    ]
    composed = write(desk, desk.message(*changes, is_mass=True))
    for told in (composed.text, BeautifulSoup(composed.html, "lxml").get_text(" ", strip=True)):
        assert "In 4 reports the headings of sections changed alike" in told
        assert "“Integrity of the Person” became “Security of the Person”" in told


def test_a_mass_change_lists_no_more_than_a_mail_program_shows(desk):
    changes = zemblas(desk, 300, lambda n: (*SUMMARY, f"New {n}."))
    composed = write(desk, desk.message(*changes, is_mass=True), public_url="")
    assert "and 50 more reports: run `reportwatch changes` for all of them" in composed.text
    assert len(composed.html.encode()) < 102_000  # longer mails are clipped by the largest readers


HOSTILE = st.lists(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "</p></div>",
            "&lt;b&gt;",
            "\r\nBcc: eve@evil.example",
            "{{ 1337*7331 }}",
            "\u202etxt",
            "\x00",
            "\ud800",
            "[-",
            "+}",
            "x",
        ]
    ),
    min_size=1,
    max_size=5,
).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(HOSTILE, HOSTILE.filter(lambda text: "\ud800" not in text), HOSTILE)
@example("A title", "<b>Words</b>", "https://publisher.example/report/")
def test_hostile_text_never_breaks_out(desk, title, text, url):
    before = replace(desk.version(1, "Calm.", title=title), url=url)
    after = replace(desk.version(2, f"Calm. {text}", title=title), url=url)
    outgoing = desk.change(before=before, after=after, issues_removed=(text,), url=url)
    composed = write(desk, desk.message(outgoing), public_url="")
    assert len(composed.subject) <= LONGEST_SUBJECT
    assert not re.search(r"[\x00-\x1f\u202a-\u202e\ud800-\udfff]", composed.subject)
    assert not re.search(r"[\x00\u202a-\u202e\ud800-\udfff]", composed.text + composed.html)
    assert "\nBcc:" not in composed.text
    page = BeautifulSoup(composed.html, "lxml")
    assert page.find_all(["script", "img", "b"]) == []
    assert all(a["href"].startswith("http") for a in page.find_all("a"))
    assert len(page.select("body > div")) == 1
    assert "9801547" not in page.h1.get_text()


def test_a_long_title_leaves_a_subject_of_reasonable_length(desk):
    outgoing = desk.edit(CUT, title="Zembla and the Isles " * 40)
    made = subject(desk, outgoing)
    assert len(made) <= LONGEST_SUBJECT
    assert made.endswith("…: 3 words removed from the Executive Summary")
