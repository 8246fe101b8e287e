"""What may pass for a report page, and what everything else is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.watch.outcome import Outcome
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge
from scrapers.registry import source_named

SOURCE = source_named("us-state-hrr")
EXAMPLES = Path(__file__).parents[2] / "examples" / SOURCE.name
INDEX = SOURCE.index_url("2021")
URL = f"{INDEX}iceland/"
REPORT = (EXAMPLES / "plain-2021.html").read_bytes()


def answer(
    body: bytes = REPORT,
    status: int = 200,
    content_type: str = "text/html; charset=UTF-8",
    redirects: tuple[str, ...] = (),
) -> Response:
    return Response(
        url=URL,
        final_url=redirects[-1] if redirects else URL,
        status=status,
        headers={"content-type": content_type} if content_type else {},
        body=body,
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
        redirects=redirects,
    )


def page(title: str, *paragraphs: str) -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<head><title>{title} - United States Department of State</title></head>"
    return f"<!doctype html><html>{head}<body>{text}</body></html>".encode()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.html")), ids=lambda path: path.stem)
def test_every_example_page_passes(path: Path) -> None:
    expected = Outcome.EMPTY if "viewer" in path.stem else None
    assert judge(answer(path.read_bytes()), SOURCE).outcome is expected


def test_page_of_the_report_builder_passes_at_its_own_address() -> None:
    body = (EXAMPLES / "builder-two-countries.html").read_bytes()
    there = "https://www.state.gov/report/custom/0123456789/"
    assert judge(answer(body, redirects=(there,)), SOURCE).outcome is None


@pytest.mark.parametrize("status", [203, 200])
def test_report_page_passes_without_a_reason(status: int) -> None:
    verdict = judge(answer(status=status), SOURCE)
    assert (verdict.outcome, verdict.reason) == (None, "")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, Outcome.SUSPECTED),
        (410, Outcome.SUSPECTED),
        (401, Outcome.BLOCKED),
        (403, Outcome.BLOCKED),
        (407, Outcome.BLOCKED),
        (429, Outcome.BLOCKED),
        (451, Outcome.BLOCKED),
        (202, Outcome.BLOCKED),
        (206, Outcome.UNREADABLE),
        (400, Outcome.ERROR),
        (405, Outcome.ERROR),
        (408, Outcome.ERROR),
        (418, Outcome.ERROR),
        (500, Outcome.ERROR),
        (502, Outcome.ERROR),
        (503, Outcome.ERROR),
        (599, Outcome.ERROR),
        (300, Outcome.ERROR),
        (301, Outcome.ERROR),
    ],
)
def test_status_decides_before_the_body_is_looked_at(status: int, outcome: Outcome) -> None:
    verdict = judge(answer(status=status), SOURCE)
    assert verdict.outcome is outcome
    assert str(status) in verdict.reason


WALLS = {
    "CAPTCHA": page("Human Verification"),
    "refusal": page("Access Denied", "Reference 18.2f"),
    "heading": b"<html><body><h1>Request Rejected</h1></body></html>",
}


@pytest.mark.parametrize("status", [400, 405, 406, 418, 500, 503])
@pytest.mark.parametrize("name", WALLS)
def test_wall_is_blocked_whatever_its_status(name: str, status: int) -> None:
    verdict = judge(answer(WALLS[name], status=status), SOURCE)
    assert verdict.outcome is Outcome.BLOCKED
    assert str(status) in verdict.reason


@pytest.mark.parametrize("title", ["Service Unavailable", "Scheduled maintenance", "Bad gateway"])
def test_server_that_failed_is_an_error_and_no_wall(title: str) -> None:
    assert judge(answer(page(title), status=503), SOURCE).outcome is Outcome.ERROR


@pytest.mark.parametrize("status", [200, 403, 404, 405, 503])
@pytest.mark.parametrize("header", ["cf-mitigated", "x-amzn-waf-action"])
def test_firewall_that_names_itself_in_a_header_is_blocked(header: str, status: int) -> None:
    response = answer(b"<html></html>", status=status)
    response = replace(response, headers={**response.headers, header: "challenge"})
    assert judge(response, SOURCE).outcome is Outcome.BLOCKED


REFRESH = "<html><head><meta {}></head><body> </body></html>"
LEADING = [
    ('http-equiv="refresh" content="0;url=http://filter.example/a?b"', "http://filter.example/a"),
    ("content='5; URL=https://filter.example/' http-equiv=Refresh", "https://filter.example/"),
]


@pytest.mark.parametrize(("attributes", "target"), LEADING)
def test_page_that_only_leads_to_another_site_is_blocked(attributes: str, target: str) -> None:
    verdict = judge(answer(REFRESH.format(attributes).encode()), SOURCE)
    assert verdict.outcome is Outcome.BLOCKED
    assert verdict.reason.endswith(target)


@pytest.mark.parametrize(
    "body",
    [
        REFRESH.format('http-equiv="refresh" content="0;url=/reports/elsewhere/"').encode(),
        REFRESH.format('http-equiv="refresh" content="30"').encode(),
        REFRESH.format('name="description" content="url=http://filter.example/"').encode(),
        page("News", "The harbour was rebuilt.").replace(
            b"<head>", b'<head><meta http-equiv=refresh content="0;url=http://filter.example/">'
        ),
    ],
)
def test_page_that_leads_nowhere_else_or_says_something_is_no_wall(body: bytes) -> None:
    assert judge(answer(body), SOURCE).outcome is Outcome.UNREADABLE


@pytest.mark.parametrize("status", [404, 410])
def test_missing_page_after_a_redirect_is_no_step_toward_gone(status: int) -> None:
    verdict = judge(answer(status=status, redirects=(f"{INDEX}iceland-2/",)), SOURCE)
    assert verdict.outcome is Outcome.BLOCKED
    assert "after a redirect" in verdict.reason


def test_404_with_a_block_page_is_no_step_toward_gone() -> None:
    verdict = judge(answer(page("Technical Difficulties"), status=404), SOURCE)
    assert verdict.outcome is Outcome.BLOCKED


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("https://www.state.gov/", "the home page"),
        ("https://www.state.gov", "the home page"),
        ("https://2021-2025.state.gov/index.html", "the home page"),
        ("https://www.state.gov/?page=missing", "the home page"),
        (SOURCE.collection_url, "the list of editions"),
        (SOURCE.collection_url.rstrip("/"), "the list of editions"),
        (INDEX, "a list of reports"),
        (SOURCE.index_url("2024").rstrip("/"), "a list of reports"),
        ("https://elsewhere.example/iceland/", "another site"),
        ("https://www.state.gov.elsewhere.example/", "another site"),
    ],
)
def test_redirect_to_a_page_that_is_no_report_is_blocked(there: str, said: str) -> None:
    verdict = judge(answer(redirects=(f"{URL}x/", there)), SOURCE)
    assert verdict.outcome is Outcome.BLOCKED
    assert said in verdict.reason
    assert there in verdict.reason


@pytest.mark.parametrize(
    "there",
    [
        URL,
        f"{INDEX}iceland-2/",
        URL.replace("www", "2021-2025"),
        URL.replace("https://www", "https://2017-2021"),
        f"{INDEX}china/tibet/",
    ],
)
def test_redirect_to_a_report_page_passes(there: str) -> None:
    assert judge(answer(redirects=(there,)), SOURCE).outcome is None


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "text/html", "no body"),
        (b" \n\t", "text/html", "no body"),
        (REPORT, "application/pdf", "application/pdf"),
        (REPORT, "application/json", "application/json"),
        (REPORT, "image/png", "image/png"),
        (REPORT, "text/plain", "text/plain"),
        (b"%PDF-1.7 ...", "text/html", "binary"),
        (b"\x89PNG\r\n\x1a\n", "text/html", "binary"),
        (b"PK\x03\x04zip", "", "binary"),
        (b"\x1f\x8b\x08gzip", "text/html", "binary"),
        (b"<html>\x00\x01\x02</html>", "text/html", "binary"),
        (REPORT.decode().encode("utf-16"), "text/html", "binary"),
    ],
)
def test_what_is_no_web_page_is_unreadable(body: bytes, content_type: str, reason: str) -> None:
    verdict = judge(answer(body, content_type=content_type), SOURCE)
    assert verdict.outcome is Outcome.UNREADABLE
    assert reason in verdict.reason


@pytest.mark.parametrize("content_type", ["", "TEXT/HTML", "application/xhtml+xml;charset=utf-8"])
def test_every_media_type_of_web_pages_passes(content_type: str) -> None:
    assert judge(answer(content_type=content_type), SOURCE).outcome is None


@pytest.mark.parametrize(
    "body",
    [
        page("Technical Difficulties", "We are experiencing technical difficulties."),
        page("State", "We&rsquo;re sorry, the site has technical difficulties."),
        page("Access Denied", "You don't have permission to access this page on this server."),
        page("Error", "You don\u2019t have permission to access this resource."),
        page("Request blocked", "Reference 18.2f"),
        page("The request could not be satisfied", "Request blocked. We cannot connect."),
        page("Just a moment..."),
        page("Attention Required! | Cloudflare", "Sorry, you have been blocked"),
        page("Pardon Our Interruption"),
        page("Forbidden", "nginx"),
        page("State", "Please enable cookies to continue."),
        page("State", "Please enable JS and disable any ad blocker"),
        page("State", "Please verify you are a human."),
        page("State", "Complete the CAPTCHA below."),
        page("Access to this page has been denied"),
        page("Request Rejected", "The requested URL was rejected."),
        page("Service unavailable"),
        page("DNS Filter", "Web access is blocked by the policy of your administrator."),
        page("Filter").replace(b"<body>", b"<body><h1>Blocked</h1>"),
        page("Request Access", "Programmatic access to this site is limited."),
        page("State", "Because of automated requests this page is limited."),
    ],
)  # fmt: skip
def test_block_pages_with_status_200_are_blocked(body: bytes) -> None:
    assert judge(answer(body), SOURCE).outcome is Outcome.BLOCKED


@pytest.mark.parametrize(
    "body",
    [
        page("Page Not Found", "Try a search."),
        page("Page not found", "Access to the archive is denied to no one."),
        page("404"),
        page("State", "We&rsquo;re sorry, that page can&rsquo;t be found."),
        page("State", "The page you asked for cannot be found."),
        page("State", "This page does not exist."),
        page("State", "This content is no longer available."),
    ],
)
def test_soft_404s_are_suspected(body: bytes) -> None:
    verdict = judge(answer(body), SOURCE)
    assert verdict.outcome is Outcome.SUSPECTED
    assert "with status 200" in verdict.reason


def test_soft_404_after_a_redirect_is_no_step_toward_gone() -> None:
    verdict = judge(answer(page("Page Not Found"), redirects=(f"{INDEX}x/",)), SOURCE)
    assert verdict.outcome is Outcome.BLOCKED


@pytest.mark.parametrize(
    "body",
    [
        page("Press release", "The minister went to sea."),
        page("News", *["The minister went to sea and was not found."] * 200),
        b"plain words",
        b"<html></html>",
        b"{}",
        REPORT[: REPORT.index(b'class="report__content"')],
    ],
)
def test_other_pages_hold_no_report(body: bytes) -> None:
    verdict = judge(answer(body), SOURCE)
    assert (verdict.outcome, verdict.reason) == (
        Outcome.UNREADABLE,
        "no report could be read on this page",
    )


RELIGION = "https://www.state.gov/reports/2021-report-on-international-religious-freedom/iceland/"


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        (RELIGION, "a page of another family: Report on International Religious Freedom"),
        ("https://www.state.gov/reports/2021-almanac/iceland/", "International Religious Freedom"),
        ("https://www.state.gov/elsewhere/", "Report on International Religious Freedom"),
    ],
)
def test_page_of_another_family_is_named_as_such(there: str, reason: str) -> None:
    body = (EXAMPLES / "other-family.html").read_bytes()
    verdict = judge(answer(body, redirects=(there,)), SOURCE)
    assert verdict.outcome is Outcome.UNREADABLE
    assert verdict.reason.startswith("there is no report of this source: ")
    assert reason in verdict.reason


class Elsewhere(type(SOURCE)):  # type: ignore[misc]
    """A source that owns the addresses of imported files, so that no redirect is seen."""

    def owns(self, url: str) -> bool:
        return True


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bare-heading-alone", ""),
        (
            "bare-heading-of-nobody",
            "there is no report of this source: the heading 'Remarks at a Reception' names no"
            " report of this family",
        ),
    ],
)
def test_saved_page_without_an_address_passes_where_it_may_be_a_report(
    name: str, reason: str
) -> None:
    body = (EXAMPLES / f"{name}.html").read_bytes()
    verdict = judge(answer(body, redirects=("import:0123/page.html",)), Elsewhere())
    assert verdict.reason == reason


def test_page_without_a_region_is_called_by_the_family_its_address_names() -> None:
    verdict = judge(answer(page("Iceland", "Faiths."), redirects=(RELIGION,)), SOURCE)
    assert verdict.outcome is Outcome.UNREADABLE
    assert "Report on International Religious Freedom" in verdict.reason


class Shelled(type(SOURCE)):  # type: ignore[misc]
    """A source whose pages may be shells."""

    def shell(self, body: bytes) -> str:
        return "a viewer page without text: a script loads it" if b"viewer" in body else ""


def test_shell_whose_text_a_script_loads_is_empty_and_no_block_page() -> None:
    body = page("Report", "viewer", "Please enable JavaScript. Page not found. captcha.")
    verdict = judge(answer(body), Shelled())
    assert verdict.outcome is Outcome.EMPTY
    assert verdict.reason == "a viewer page without text: a script loads it"


def test_words_of_a_builder_page_never_make_it_a_block_page() -> None:
    body = (EXAMPLES / "builder-two-countries.html").read_bytes()
    edited = body.replace(b"was full.", b"was full. Sites were blocked; access denied; captcha.")
    there = "https://www.state.gov/report/custom/0123456789/"
    assert judge(answer(edited, redirects=(there,)), SOURCE).outcome is None


@pytest.mark.parametrize(
    "cut",
    [
        b"Three harbours",
        b'<h4 class="report-toc-section">Section 2',
        b"Ferries ran on time",
        b"<!-- Sidebar -->",
    ],
)
def test_page_cut_off_inside_its_report_is_unreadable(cut: bytes) -> None:
    verdict = judge(answer(REPORT[: REPORT.index(cut)]), SOURCE)
    assert verdict.outcome is Outcome.UNREADABLE
    assert "truncated" in verdict.reason


@pytest.mark.parametrize("end", [b"</main>", b"<footer", b"</html>"])
def test_page_is_whole_once_it_goes_on_after_its_report(end: bytes) -> None:
    cut = REPORT[: REPORT.index(b"<!-- Sidebar -->")] + end + b" and so on"
    assert judge(answer(cut), SOURCE).outcome is None


def test_end_of_the_page_may_be_followed_by_a_comment() -> None:
    assert judge(answer(REPORT + b"<!-- cached -->" * 100), SOURCE).outcome is None


def test_words_of_a_report_never_make_it_a_block_page() -> None:
    said = b"Access Denied. Technical Difficulties. Page Not Found. 404. captcha."
    edited = REPORT.replace(b"All lamps were lit.", said).replace(b"Iceland -", b"404 -")
    assert judge(answer(edited), SOURCE).outcome is None


@settings(max_examples=200)
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.lists(
            st.sampled_from(
                [b"<title>", b"</title", b"<h1>", b"<p>", b"</html>", b"\xff", b"<!--", b"captcha",
                 b'<div class="report__content">', b"404", b"</main>", b"<title", b"\x00"]
            ),
            max_size=30,
        ).map(b"".join),
    ),
    status=st.sampled_from([200, 404, 500]),
    redirects=st.sampled_from([(), ("https://www.state.gov/x",), ("http://[::1]/",)]),
)  # fmt: skip
def test_any_answer_gets_a_verdict(body: bytes, status: int, redirects: tuple[str, ...]) -> None:
    verdict = judge(answer(body, status, redirects=redirects), SOURCE)
    assert (verdict.outcome is None) == (verdict.reason == "")


@pytest.mark.parametrize("unit", [b"<title>", b"<div>", b"404 ", b"<script>", b"not found captch "])
def test_megabytes_of_anything_are_judged_in_bounded_time(unit: bytes) -> None:
    judge(answer(unit * (2_000_000 // len(unit))), SOURCE)


@pytest.mark.parametrize(
    ("content_type", "meta", "charset"),
    [
        ("text/html; charset=gb18030", b"", "gb18030"),
        ('text/html; charset="Shift_JIS"', b"", "Shift_JIS"),
        ("text/html", b'<meta charset="koi8-r">', "koi8-r"),
        ("", b'<meta http-equiv="Content-Type" content="text/html; charset=utf-7">', "utf-7"),
    ],
)  # fmt: skip
def test_page_in_a_foreign_character_set_is_unreadable(
    content_type: str, meta: bytes, charset: str
) -> None:
    body = REPORT.replace(b'<meta charset="UTF-8">', meta).replace(b"<head>", b"<head>" + meta)
    verdict = judge(answer(body, content_type=content_type), SOURCE)
    assert verdict.outcome is Outcome.UNREADABLE
    assert f"said to be written in {charset}" in verdict.reason


@pytest.mark.parametrize(
    "charset", ["utf-8", "UTF8", "us-ascii", "ISO-8859-1", "cp1252", "nonsense"]
)
def test_page_in_a_known_character_set_passes(charset: str) -> None:
    assert judge(answer(content_type=f"text/html; charset={charset}"), SOURCE).outcome is None


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("This content is currently unavailable. Please try again later.", Outcome.BLOCKED),
        ("Please enable JavaScript to view this page.", Outcome.BLOCKED),
        ("We use cookies. Accept all cookies to continue.", Outcome.BLOCKED),
        ("We are experiencing technical difficulties.", Outcome.BLOCKED),
        ("Loading...", Outcome.BLOCKED),
        ("This content is no longer available.", Outcome.SUSPECTED),
        ("The harbour was calm.", None),
    ],
)
@pytest.mark.parametrize(
    "heading", ["", '<h2 class="report__section-title">Executive Summary</h2>']
)
def test_wall_in_a_reports_place_is_no_report(
    said: str, outcome: Outcome | None, heading: str
) -> None:
    region = SOURCE.region(REPORT)
    main = region[region.index(b"</h1>") + 5 :]
    wall = f'<div class="report__content">{heading}<p>{said}</p></div>\n<div class="report__side">'
    verdict = judge(answer(REPORT.replace(main, wall.encode())), SOURCE)
    assert verdict.outcome is outcome


def test_builder_page_that_is_cut_off_is_unreadable() -> None:
    body = (EXAMPLES / "builder-two-countries.html").read_bytes()
    there = "https://www.state.gov/report/custom/0123456789/"
    verdict = judge(answer(body[: body.index(b"All were open")], redirects=(there,)), SOURCE)
    assert "truncated" in verdict.reason
