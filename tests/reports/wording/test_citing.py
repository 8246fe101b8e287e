"""Citations of every source, in every style, beside the published rules of each."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reports.model.identity import ReportId
from reports.model.notes import EDITION_NOTE
from reports.model.reading import Reading, Section
from reports.model.values import VersionView
from reports.text.fingerprint import text_sha256
from reports.wording.bibtex import bibtex_entry
from reports.wording.cited import Cited, NoSuchPart, cited_part
from reports.wording.csl import csl_entry
from reports.wording.styles import Font, apa, apa_in_text, bluebook, oscola, plain
from scrapers.registry import institution_of

READING = Reading(
    "Executive Summary",
    ("There were changes.", "Significant issues included: torture."),
    sections=(
        Section("1", "Respect for the Integrity of the Person", ("a. Killing", "None.")),
        Section("", "Worker Rights", ("Fishermen could form unions.",)),
        Section("2", "Respect for Civil Liberties", ("a. Press", "Two papers closed.")),
    ),
)
WHEN = datetime(2026, 11, 21, 10, 3, 22, tzinfo=UTC)
MEMENTO = "https://web.archive.org/web/20261121100322/https://site.example/x"


def cited(source: str, title: str, published_on: str, *, section: str = "", paragraph: int = 0,
          notes: tuple[str, ...] = (), memento: str = "", public: str = "") -> Cited:  # fmt: skip
    reading = replace(READING, notes=notes)
    view = VersionView(
        ReportId(source, "2021", "KAZ"), 3, title, reading, "https://site.example/x/", WHEN, WHEN,
        "0" * 64, 1, memento,
    )  # fmt: skip
    part = cited_part(reading, section, paragraph)
    return Cited(view, part, institution_of(source), published_on, public)


HRR = ("us-state-hrr", "2021 Country Reports on Human Rights Practices: Gandoria", "2022-04-12")
IRF = ("us-state-irf", "2021 Report on International Religious Freedom: Gandoria", "2022-06-02")
CPIN = ("uk-cpin", "Country policy and information note: ferries, Gandoria", "2024-05-03")
EDITION = f"{EDITION_NOTE}Version 6.0, February 2026"
WHOLE = text_sha256(READING.all_blocks)[:12]
SECTION = READING.sections[2].section_sha256[:12]
BLOCK = text_sha256(["Two papers closed."])[:12]
SUMMARY = READING.text_sha256[:12]

BLUEBOOK = [
    (HRR, {"section": "report"},
     "Bureau of Democracy, Hum. Rts. & Lab., U.S. Dep't of State, 2021 Country Reports on Human "
     "Rights Practices: Gandoria (2022), https://site.example/x/ (version 3 captured Nov. 21, 2026,"
     f" 10:03:22 UTC, sha256:{WHOLE})."),
    (HRR, {"section": "2", "paragraph": 2, "memento": MEMENTO, "public": "https://w.example"},
     "Bureau of Democracy, Hum. Rts. & Lab., U.S. Dep't of State, 2021 Country Reports on Human "
     "Rights Practices: Gandoria § 2, para. 2 (2022), https://site.example/x/ "
     f"[{MEMENTO}; https://w.example/reports/us-state-hrr/2021/KAZ/v/3/p/s3-p2-{BLOCK[:8]}]"
     f" (version 3 captured Nov. 21, 2026, 10:03:22 UTC, sha256:{BLOCK})."),
    (IRF, {},
     "Off. of Int'l Religious Freedom, U.S. Dep't of State, 2021 Report on International Religious "
     "Freedom: Gandoria, Executive Summary (2022), https://site.example/x/ (version 3 captured "
     f"Nov. 21, 2026, 10:03:22 UTC, sha256:{SUMMARY})."),
    (CPIN, {"section": "report", "notes": (EDITION,)},
     "U.K. Home Off., Country policy and information note: ferries, Gandoria (Version 6.0, "
     "February 2026), https://site.example/x/ (version 3 captured Nov. 21, 2026, 10:03:22 UTC, "
     f"sha256:{WHOLE})."),
    ((*HRR[:2], ""), {"section": "report"},
     "Bureau of Democracy, Hum. Rts. & Lab., U.S. Dep't of State, 2021 Country Reports on Human "
     "Rights Practices: Gandoria, https://site.example/x/ (last visited Nov. 21, 2026) (version 3 "
     f"captured Nov. 21, 2026, 10:03:22 UTC, sha256:{WHOLE})."),
]  # fmt: skip

OSCOLA = [
    (HRR, {"section": "2", "paragraph": 2, "public": "https://w.example/"},
     "Bureau of Democracy, Human Rights, and Labor, ‘2021 Country Reports on Human Rights Practices"
     ": Gandoria’ (US Department of State 2022) s 2, para 2 <https://site.example/x/> accessed 21 "
     f"November 2026 (version 3 captured 10:03:22 UTC, sha256:{BLOCK}, archived at "
     f"<https://w.example/reports/us-state-hrr/2021/KAZ/v/3/p/s3-p2-{BLOCK[:8]}>)."),
    (CPIN, {"notes": (EDITION,), "paragraph": 1},
     "Home Office, ‘Country policy and information note: ferries, Gandoria’ (Version 6.0, February "
     "2026) Executive Summary, para 1 <https://site.example/x/> accessed 21 November 2026 (version "
     f"3 captured 10:03:22 UTC, sha256:{text_sha256(READING.blocks[:1])[:12]})."),
    ((*IRF[:2], "not a date"), {"section": "report"},
     "Office of International Religious Freedom, ‘2021 Report on International Religious Freedom: "
     "Gandoria’ (US Department of State) <https://site.example/x/> accessed 21 November 2026 "
     f"(version 3 captured 10:03:22 UTC, sha256:{WHOLE})."),
]  # fmt: skip

APA = [
    (HRR, {"section": "2"},
     "Bureau of Democracy, Human Rights, and Labor. (2022). 2021 Country Reports on Human Rights "
     "Practices: Gandoria. U.S. Department of State. https://site.example/x/ (version 3 captured "
     f"November 21, 2026, 10:03:22 UTC, sha256:{SECTION})",
     "(Bureau of Democracy, Human Rights, and Labor, 2022, Section 2)"),
    (CPIN, {"notes": (EDITION,), "paragraph": 2, "memento": MEMENTO},
     "Home Office. (2026). Country policy and information note: ferries, Gandoria (Version 6.0, "
     "February 2026). https://site.example/x/ (version 3 captured November 21, 2026, 10:03:22 UTC, "
     f"sha256:{text_sha256(READING.blocks[1:])[:12]}, archived at {MEMENTO})",
     "(Home Office, 2026, Executive Summary section, para. 2)"),
    ((*IRF[:2], ""), {"section": "report"},
     "Office of International Religious Freedom. (n.d.). 2021 Report on International Religious "
     "Freedom: Gandoria. U.S. Department of State. Retrieved November 21, 2026, from "
     f"https://site.example/x/ (version 3 captured November 21, 2026, 10:03:22 UTC, "
     f"sha256:{WHOLE})",
     "(Office of International Religious Freedom, n.d.)"),
    (("gone-source", "A report?", "2022-01-01"), {"section": "worker"},
     "A report? (2022). https://site.example/x/ (version 3 captured November 21, 2026, 10:03:22 "
     f"UTC, sha256:{READING.sections[1].section_sha256[:12]})",
     "(A report?, 2022, Worker Rights section)"),
]  # fmt: skip


@pytest.mark.parametrize(("report", "asked", "said"), BLUEBOOK)
def test_bluebook_cites_a_report_of_an_institution(report, asked, said):
    citation = bluebook(cited(*report, **asked))
    assert plain(citation) == said
    assert [piece.text for piece in citation if piece.font is Font.SMALL_CAPS][-1] == report[1]


@pytest.mark.parametrize(("report", "asked", "said"), OSCOLA)
def test_oscola_cites_a_document_without_isbn_from_the_web(report, asked, said):
    assert plain(oscola(cited(*report, **asked))) == said


@pytest.mark.parametrize(("report", "asked", "said", "in_text"), APA)
def test_apa_has_an_entry_and_words_for_the_sentence(report, asked, said, in_text):
    what = cited(*report, **asked)
    assert (plain(apa(what)), apa_in_text(what)) == (said, in_text)


def test_the_line_names_the_part_and_both_archives():
    what = cited(*HRR, section="civil", paragraph=2, memento=MEMENTO, public="https://w.example")
    assert what.line == (
        "U.S. Dep't of State, Bureau of Democracy, Human Rights, and Labor, 2021 Country Reports "
        "on Human Rights Practices: Gandoria, Section 2. Respect for Civil Liberties, paragraph 2, "
        "https://site.example/x/, version 3, captured 2026-11-21T10:03:22Z, "
        f"sha256:{text_sha256(['Two papers closed.'])}, archived at "
        f"https://w.example/reports/us-state-hrr/2021/KAZ/v/3/p/s3-p2-{BLOCK[:8]} / {MEMENTO}."
    )


def test_no_permalink_is_invented_without_a_public_address():
    for public in ("", "nonsense", "javascript:alert(1)"):
        what = cited(*HRR, public=public, paragraph=1)
        assert (what.permalink, what.archives) == ("", ())


@pytest.mark.parametrize(
    ("section", "paragraph", "said"),
    [
        ("7", 0, "no section '7'; this version has: Section 1. Respect for the Integrity of the"),
        ("respect", 0, "'respect' fits several: Section 1."),
        ("1", 3, "section 1 has no paragraph 3: it has 2"),
        ("summary", 9, "Executive Summary has no paragraph 9: it has 2"),
        ("report", 1, "a paragraph is cited with its section"),
    ],
)
def test_a_part_that_is_not_there_is_refused_with_what_there_is(section, paragraph, said):
    with pytest.raises(NoSuchPart, match=said):
        cited_part(READING, section, paragraph)


def test_a_report_without_summary_is_cited_whole():
    assert cited_part(replace(READING, blocks=())).name == ""
    with pytest.raises(NoSuchPart, match="it has none"):
        cited_part(replace(READING, blocks=()), paragraph=1)


HOSTILE = "\\input{/etc/passwd} {x} $y$ 5% #1 a_b ~ ^ & <script>\n@misc{a}\u202e"


def test_bibtex_has_no_command_of_tex_but_ours():
    entry = bibtex_entry(cited("us-state-hrr", HOSTILE, "2022-04-12", section="2", memento=MEMENTO))
    assert (
        r"{{{\textbackslash}input{\textbraceleft}/etc/passwd{\textbraceright} {\textbraceleft}x"
        r"{\textbraceright} \$y\$ 5\% \#1 a\_b {\textasciitilde} {\textasciicircum} \& "
        r"{\textless}script{\textgreater} @misc{\textbraceleft}a{\textbraceright}⟨U+202E⟩}}"
        in entry
    )
    assert entry.count("{") == entry.count("}")
    assert entry.splitlines()[0] == f"@techreport{{us-state-hrr-2021-KAZ-v3-{SECTION[:8]},"


def test_bibtex_gives_every_field():
    assert bibtex_entry(cited(*HRR, section="2", paragraph=2, memento=MEMENTO)) == (
        f"@techreport{{us-state-hrr-2021-KAZ-v3-s3-p2-{BLOCK[:8]},\n"
        "  author = {{Bureau of Democracy, Human Rights, and Labor}},\n"
        "  title = {{2021 Country Reports on Human Rights Practices: Gandoria}},\n"
        "  institution = {{U.S. Department of State}},\n"
        "  year = {2022},\n"
        "  month = apr,\n"
        "  url = {https://site.example/x/},\n"
        "  urldate = {2026-11-21},\n"
        "  note = {section 2; paragraph 2; version 3; captured 2026-11-21T10:03:22Z; "
        f"sha256:{text_sha256(['Two papers closed.'])}; archived at \\url{{{MEMENTO}}}}},\n"
        "}\n"
    )


def test_csl_json_has_what_reference_managers_read():
    entry = csl_entry(cited(*CPIN, notes=(EDITION,), memento=MEMENTO))
    assert entry == {
        "id": f"uk-cpin-2021-KAZ-v3-{SUMMARY[:8]}",
        "type": "report",
        "title": "Country policy and information note: ferries, Gandoria",
        "author": [{"literal": "Home Office"}],
        "edition": "Version 6.0, February 2026",
        "issued": {"date-parts": [[2026, 2]]},
        "accessed": {"date-parts": [[2026, 11, 21]]},
        "URL": "https://site.example/x/",
        "archive_location": MEMENTO,
        "language": "en",
        "note": "Executive Summary; version 3; captured 2026-11-21T10:03:22Z; "
        f"sha256:{READING.text_sha256}",
    }
