"""What is brought in can be listed, read, compared, told, exported, checked and restored."""

from __future__ import annotations

import email
import email.policy
import json
import sqlite3
from contextlib import closing
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from command import reportwatch

from alerts.sink import Sink
from reports.model.values import ChangeKind

Site = tuple[Any, str]
GANDORIA = "sample-hrr/2023/XAG"


def ingest(site: Site, step: int, *more: str) -> Any:
    site[0].advance(step)
    ran = reportwatch("ingest", "sample-hrr", "--via", site[1], "--json", *more)
    assert ran.code in (0, 1), ran.err
    return ran.document


NAMES = [
    (("Gandoria",), GANDORIA),
    (("gandoria",), GANDORIA),
    (("XAG",), GANDORIA),
    (("Cote d'Ambre",), "sample-hrr/2023/XAC"),
    (("The Halvard Islands",), "sample-hrr/2023/XAH"),
    (("Dorvania",), "sample-hrr/2023/XAD"),
    (("Dorvania", "--part", "lower-sarn"), "sample-hrr/2023/XAD/lower-sarn"),
    (("XAD/lower-sarn",), "sample-hrr/2023/XAD/lower-sarn"),
    (("Lower Sarn",), "sample-hrr/2023/XAD/lower-sarn"),
]


@pytest.mark.parametrize(("words", "report"), NAMES, ids=str)
def test_a_report_is_found_by_every_name_of_its_country(
    words: tuple[str, ...], report: str, sample: Path
) -> None:
    country, *part = words
    ran = reportwatch("show", country, "2023", *part, "--json")
    assert (ran.code, ran.document["report"]) == (0, report)
    listed = reportwatch("reports", "--edition", "2023", "--country", country, "--json").document
    assert ran.document["report"] in [each["report"] for each in listed] or part


def test_filters_of_the_list_all_hold(sample: Path) -> None:
    every = reportwatch("reports", "--json").document
    assert len(every) == 24
    for option in ("source", "edition", "state"):
        for value in {each[option] for each in every}:
            got = reportwatch("reports", f"--{option}", value, "--json").document
            assert got == [each for each in every if each[option] == value]
    assert reportwatch("reports", "--edition", "1999", "--json").document == []
    assert "no stored report fits" in reportwatch("reports", "--edition", "1999").out


def test_versions_are_listed_newest_first_and_each_can_be_shown(sample: Path) -> None:
    log = reportwatch("log", "Gandoria", "2023", "--json").document
    assert [each["version"] for each in log] == [3, 2, 1]
    assert log[0]["text_sha256"] == log[2]["text_sha256"] != log[1]["text_sha256"]
    for each in log:
        words = ("show", "Gandoria", "2023", "--version", str(each["version"]), "--json")
        shown = reportwatch(*words).document
        assert shown["text_sha256"] == each["text_sha256"]
    latest = reportwatch("show", "Gandoria", "2023", "--json").document
    assert latest["version"] == 3


def test_changes_are_chosen_by_time_and_kind(sample: Path) -> None:
    every = reportwatch("changes", "--json").document
    assert [each["kind"] for each in every[:2]] == ["edited", "edited"]
    assert {each["kind"] for each in every[2:]} == {"published"}
    edited = reportwatch("changes", "--kind", "edited", "--json").document
    assert edited == every[:2]
    both = reportwatch("changes", "--kind", "edited", "--kind", "published", "--json").document
    assert both == every
    since = edited[0]["detected_at"]
    assert edited[0] in reportwatch("changes", "--since", since, "--json").document
    assert reportwatch("changes", "--since", "2999-01-01", "--json").document == []
    for kind in ChangeKind:
        assert reportwatch("changes", "--kind", kind, "--json").code == 0


def test_a_diff_tells_the_same_in_every_format(sample: Path) -> None:
    told = reportwatch("diff", "Gandoria", "2023", "1", "2", "--json").document
    assert (told["from_version"], told["to_version"]) == (1, 2)
    pieces = [piece for paragraph in told["summary"] for piece in paragraph]
    assert {piece["op"] for piece in pieces} == {"equal", "delete", "insert"}
    text = reportwatch("diff", "Gandoria", "2023", "1", "2").out
    page = reportwatch("diff", "Gandoria", "2023", "1", "2", "--format", "html").out
    assert f"+{told['words_added']} \u2212{told['words_removed']} words" in text
    for piece in pieces:
        if piece["op"] == "delete":
            assert f"[-{piece['text'].strip()}-]" in text
            assert piece["text"].strip() in _words_of(page, "del")


def test_a_diff_takes_the_latest_two_versions_unless_told(sample: Path) -> None:
    latest = reportwatch("diff", "Gandoria", "2023", "--json").document
    assert (latest["from_version"], latest["to_version"]) == (2, 3)
    from_first = reportwatch("diff", "Gandoria", "2023", "1", "--json").document
    assert (from_first["from_version"], from_first["to_version"]) == (1, 3)
    assert "the words are the same" in reportwatch("diff", "Gandoria", "2023", "1", "3").out


def test_the_export_holds_every_version_with_its_whole_text(sample: Path, tmp_path: Path) -> None:
    ran = reportwatch("export", "out.jsonl", "--json")
    assert ran.document["versions"] == 26
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert len(lines) == 26
    shown = reportwatch("show", "Gandoria", "2023", "--version", "2", "--json").document
    (line,) = [each for each in lines if (each["report"], each["version"]) == (GANDORIA, 2)]
    more = {name: line.pop(name) for name in ("source", "edition", "country", "part", "url")}
    assert line == shown
    assert "/".join((more["source"], more["edition"], more["country"])) == GANDORIA
    assert more["url"] in shown["locations"]
    assert reportwatch("export", "-").out == (tmp_path / "out.jsonl").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "out.jsonl"]


def test_a_subscription_lives_from_subscribe_to_unsubscribe(blank: Path) -> None:
    words = ("--country", "Côte d\u2019Ivoire", "--country", "CIV", "--topic", "torture_cidt")
    made = reportwatch("subscribe", "a@example.org", *words, "--every", "day", "--json").document
    assert (made["countries"], made["topics"]) == (["CIV"], ["torture_cidt"])
    assert (made["every"], made["channel"]) == ("day", "email")
    again = reportwatch("subscribe", "a@example.org", *words, "--every", "day", "--json").document
    assert again == made
    assert made.pop("secret") == ""
    assert reportwatch("subscribers", "--json").document == [made]
    assert reportwatch("unsubscribe", "a@example.org", "--json").document["removed"] == 1
    assert reportwatch("subscribers", "--json").document == []
    assert reportwatch("unsubscribe", "a@example.org").code == 1


def test_alerts_are_sent_once_and_only_to_who_asked(
    site: Site, blank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reportwatch("subscribe", "one@example.org", "--country", "Gandoria")
    reportwatch("subscribe", "other@example.org", "--country", "Belvaria")
    assert reportwatch("deliver", "--json").document == {"sent": 0, "retrying": 0, "dead": 0}
    ingest(site, 0)
    assert reportwatch("alerts", "--json").document == []
    ingest(site, 2)
    (alert,) = reportwatch("alerts", "--json").document
    assert (alert["state"], alert["address"]) == ("due", "one@example.org")
    assert (alert["report"], alert["message_id"]) == (GANDORIA, "")
    unset = reportwatch("deliver", "--json")
    assert unset.code == 3
    assert "REPORTWATCH_SMTP_URL" in unset.document["error"]
    with Sink(tmp_path / "mail") as sink:
        monkeypatch.setenv("REPORTWATCH_SMTP_URL", sink.url)
        sent = reportwatch("deliver", "--json")
        assert (sent.code, sent.document) == (0, {"sent": 1, "retrying": 0, "dead": 0})
        assert reportwatch("deliver", "--json").document == {"sent": 0, "retrying": 0, "dead": 0}
        (mail,) = [_mail(path) for path in sink.mails()]
    assert mail["To"] == "one@example.org"
    assert "Gandoria 2023" in mail["Subject"]
    (alert,) = reportwatch("alerts", "--state", "sent", "--json").document
    assert alert["message_id"] == mail["Message-ID"]
    assert reportwatch("alerts", "--state", "due", "--json").document == []


def test_a_mail_server_that_does_not_answer_is_tried_again(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_SMTP_URL", "smtp://127.0.0.1:1")
    ran = reportwatch("deliver", "--json")
    assert (ran.code, ran.document["sent"]) == (1, 0)
    assert ran.document["retrying"] == 2
    alerts = reportwatch("alerts", "--state", "retrying", "--json").document
    assert {each["attempts"] for each in alerts} == {1}
    assert all(each["last_error"] for each in alerts)


def test_dead_letters_are_made_due_and_sent(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_SMTP_URL", "smtp://127.0.0.1:1")
    reportwatch("deliver")
    with closing(sqlite3.connect(sample / "reportwatch.sqlite")) as database, database:
        database.execute("UPDATE message SET state = 'dead'")
    assert len(reportwatch("alerts", "--state", "dead", "--json").document) == 2
    assert reportwatch("alerts", "retry", "--json").document == {"revived": 2}
    with Sink(tmp_path / "mail") as sink:
        monkeypatch.setenv("REPORTWATCH_SMTP_URL", sink.url)
        assert reportwatch("deliver", "--json").document == {"sent": 2, "retrying": 0, "dead": 0}
        assert len(sink.mails()) == 2


def test_verify_finds_no_fault_and_then_a_damaged_payload(sample: Path) -> None:
    good = reportwatch("verify", "--json")
    assert (good.code, good.document["faults"]) == (0, [])
    assert good.document["readings"] == 26
    with closing(sqlite3.connect(sample / "reportwatch.sqlite")) as database, database:
        (sha256, body) = database.execute("SELECT sha256, body FROM payload LIMIT 1").fetchone()
        damaged = body[:-8] + bytes(8)
        database.execute("UPDATE payload SET body = ? WHERE sha256 = ?", (damaged, sha256))
    bad = reportwatch("verify", "--json")
    assert bad.code == 1
    assert any(sha256 in fault for fault in bad.document["faults"])
    assert sha256 in reportwatch("verify").err


def test_a_backup_brings_back_what_was_there(sample: Path, site: Site, tmp_path: Path) -> None:
    before = reportwatch("reports", "--json").document
    stats = reportwatch("db", "stats", "--json").document
    assert (stats["reports"], stats["versions"]) == (24, 26)
    assert reportwatch("db", "backup", "copy.sqlite", "--json").document == {
        "path": "copy.sqlite",
        "not_in_it": [],
    }
    assert reportwatch("db", "backup", "copy.sqlite").code == 1
    ingest(site, 8)
    assert len(reportwatch("reports", "--json").document) == 37
    restored = reportwatch("db", "restore", "copy.sqlite", "--json").document
    assert reportwatch("reports", "--json").document == before
    kept = Path(restored["kept"]).rename("kept.sqlite")
    assert reportwatch("db", "restore", kept).code == 0
    assert len(reportwatch("reports", "--json").document) == 37
    assert reportwatch("db", "upgrade", "--json").document["revision"]


def test_what_was_kept_survives_a_second_restore(sample: Path, blank_home: Path) -> None:
    empty = blank_home / "reportwatch.sqlite"
    kept = reportwatch("db", "restore", empty, "--json").document["kept"]
    assert reportwatch("db", "restore", kept).code == 0
    assert len(reportwatch("reports", "--json").document) == 24


def test_a_removal_and_a_return_show_in_states_and_changes(
    site: Site, blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_GONE_CHECKS", "2")
    monkeypatch.setenv("REPORTWATCH_GONE_HOURS", "0")
    for step, state, kind in ((0, "present", ""), (5, "suspected", ""), (6, "removed", "removed")):
        ingest(site, step)
        (row,) = reportwatch("reports", "--state", state, "--country", "XAC", "--json").document[
            -1:
        ]
        assert row["edition"] == "2023"
        told = [each["kind"] for each in reportwatch("changes", "--json").document]
        assert not kind or told[0] == kind
    ingest(site, 7)
    assert reportwatch("changes", "--json").document[0]["kind"] == "restored"
    assert reportwatch("reports", "--state", "removed", "--json").document == []


def test_what_cannot_be_identified_waits_for_review_until_somebody_decides(
    blank: Path, tmp_path: Path
) -> None:
    prose = "The government of this country respected the rights of its people in most cases. "
    page = tmp_path / "no name; really.txt"
    page.write_text(f"Executive Summary\n\n{prose * 8}\n")
    ran = reportwatch("import", page, "--json")
    assert ran.code == 1
    (failure,) = ran.document["failures"]
    assert failure["outcome"] == "unidentified"
    (waiting,) = reportwatch("review", "--json").document
    keys = ("review", "source", "url", "country", "edition", "is_edition_inferred", "why")
    assert set(waiting) == {*keys, "state", "text_sha256", "decide"}
    assert waiting["why"]
    assert waiting["decide"].startswith(f"reportwatch review {waiting['review']} --country ")
    assert waiting["decide"] in reportwatch("review").out
    words = ("--country", "Kazakhstan", "--edition", "2021", "--json")
    decided = reportwatch("import", page, *words).document
    (file,) = decided["files"]
    assert (file["report"], file["how"]) == ("us-state-hrr/2021/KAZ", "operator")
    assert reportwatch("review", "--json").document == []
    assert reportwatch("show", "KAZ", "2021", "--json").document["blocks"] == [(prose * 8).strip()]


def test_one_line_decides_what_waits_for_review(blank: Path, tmp_path: Path) -> None:
    prose = "The government of this country respected the rights of its people in most cases. "
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(f"Executive Summary\n\n{prose * 8}{name}\n")
        reportwatch("import", tmp_path / name)
    first, second = (str(each["review"]) for each in reportwatch("review", "--json").document)
    decided = reportwatch("review", first, "--country", "KAZ", "--edition", "2021", "--json")
    assert decided.document["report"] == "us-state-hrr/2021/KAZ"
    assert reportwatch("review", second, "--dismiss", "--json").document["outcome"] == "dismissed"
    assert reportwatch("review", "--json").document == []
    assert reportwatch("show", "KAZ", "2021", "--json").document["blocks"]
    assert reportwatch("review", second, "--accept").code == 1
    assert reportwatch("review", second).code == 2
    assert reportwatch("review", "--accept").code == 2


def test_reread_has_nothing_to_do_after_a_fresh_read(site: Site, blank: Path) -> None:
    ingest(site, 0)
    document = reportwatch("reread", "sample-hrr", "--json").document
    assert document["counts"] == {"checked": 0, "same": 0, "different": 0, "unreadable": 0}
    assert reportwatch("reread", "no-such-source").code == 1
    assert reportwatch("reread", "--edition", "soon").code == 1


def test_ingest_can_be_narrowed_to_a_country_and_to_a_page(site: Site, blank: Path) -> None:
    one = ingest(site, 0, "--edition", "2023", "--country", "Gandoria")
    assert one["counts"]["checked"] == 1
    (report,) = reportwatch("reports", "--json").document
    assert report["report"] == GANDORIA
    again = ingest(site, 0, "--url", report["locations"][0])
    assert again["counts"] == {**again["counts"], "checked": 1, "unchanged": 1}
    full = ingest(site, 0, "--url", report["locations"][0], "--full")
    assert full["counts"]["unchanged"] == 1


def test_noise_on_every_page_is_no_change(site: Site, sample: Path) -> None:
    site[0].advance(3)
    again = ingest(site, 3)
    assert again["counts"] == {**again["counts"], "checked": 24, "unchanged": 24}
    assert again["failures"] == []


def _mail(path: Path) -> EmailMessage:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


class _Marked(HTMLParser):
    """Gathers the text inside one kind of element."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self._tag, self._depth, self.text = tag, 0, ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._depth += tag == self._tag

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == self._tag

    def handle_data(self, data: str) -> None:
        self.text += data if self._depth else ""


def _words_of(page: str, tag: str) -> str:
    marked = _Marked(tag)
    marked.feed(page)
    return marked.text
