"""Tell a report page from everything else a server may send in its place.

The gate comes before the store: block pages, soft 404s, redirects to a home page and cut-off bodies
are outcomes of their own and never become a version. It says what was seen at one look and leaves
it to the store to conclude from several looks that a report is gone.
"""

from __future__ import annotations

import codecs
import re

from reports.text.addresses import split_address
from reports.text.canonical import canonical_block
from reports.watch.outcome import Outcome
from scrapers.fetch.errors import without_query
from scrapers.fetch.response import Response
from scrapers.read.header import absolute
from scrapers.read.markup import without_hidden
from scrapers.read.page import blocks, decode
from scrapers.source import WEB_PAGE, Source, Verdict

_TRUNCATED = Verdict(Outcome.UNREADABLE, "truncated: the page stops before its end")
_GONE = (404, 410)
_REFUSED = (401, 403, 407, 429, 451)
_WALLS = {"cf-mitigated": "Cloudflare", "x-amzn-waf-action": "an AWS firewall"}
"""Headers with which firewalls say that the answer is theirs and not the site's."""
_CHALLENGED = 202  # "accepted": what web application firewalls answer while they test a browser
_PARTIAL = 206
_MAGIC = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF")
_HOME = frozenset({"", "index.html", "index.htm", "index.php", "home", "en"})

_REFUSALS = (
    r"access (?:to this page |to this resource )?(?:has been |is )?(?:denied|forbidden)",
    r"request (?:has been )?(?:blocked|rejected)|requested url was rejected",
    r"(?:been|are|is) blocked\b|^(?:access )?blocked$|unable to access",
    r"^request access$|(?:automated|programmatic) (?:requests|access)\b",
    r"just a moment",
    r"attention required",
    r"checking (?:if the site connection is secure|your browser)",
    r"pardon our interruption",
    r"request unsuccessful|incapsula incident",
    r"captcha|verify (?:that )?you are (?:a )?human|human verification|are you a robot",
    r"unusual (?:traffic|activity)",
    r"(?:enable|accept|allow) (?:all |the use of )?(?:javascript|js|cookies)",
    r"cookies (?:are|must be) (?:disabled|enabled)",
    r"(?:don['\u2019]t|do not) have permission",
    r"\b(?:403|429)\b.{0,3}(?:forbidden|too many requests)|^forbidden\b",
)
_OUT_OF_ORDER = (
    r"technical difficulties",
    r"(?:service|temporarily|currently) unavailable|(?:under|scheduled|for) maintenance",
)
"""What a wall may say instead, and a server that failed says in earnest."""
_MISSING_PHRASES = (
    r"page (?:was |is |could |can)?(?:not|['\u2019]t) (?:be )?found|not found",
    r"(?:can['\u2019]t|cannot|could not|couldn['\u2019]t) (?:be found|find)",
    r"\b404\b",
    r"(?:page|content) (?:does not|doesn['\u2019]t|no longer) exists?",
    r"no longer available|has been removed",
)
_REFUSED_IN_WORDS = re.compile("|".join(_REFUSALS), re.I | re.M)
_BLOCKED = re.compile("|".join((*_REFUSALS, *_OUT_OF_ORDER)), re.I | re.M)
_MISSING = re.compile("|".join(_MISSING_PHRASES), re.I)

_STAND_IN = re.compile(
    r"^(?:please wait|loading)\b\W*$|try again later|something went wrong|content is loading"
    r"|(?:build|edit) (?:a|your) custom report\b|^0\d / select\b",
    re.I | re.M,
)
"""What a wall says inside the right template, where a report should be."""
_WALL_BYTES = 20_000
_WALL_PARAGRAPHS = 9
_WALL_CHARACTERS = 300
"""Letters and digits of a region that may be a wall's; the shortest real reports have thousands."""
_MARKS = re.compile(r"[\W_]+")

_CHARSETS = frozenset(
    {"utf-8", "utf-8-sig", "ascii", "iso8859-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be"}
)
"""UTF-16 has become UTF-8 on its way in; without its mark it is no text at all."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_META_CHARSET = re.compile(rb"<meta\b[^>]*\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_META_BYTES = 4096
_REFRESH = re.compile(
    rb"""<meta\b(?=[^<>]{0,500}\brefresh\b)[^<>]{0,500}\burl\s*=\s*["']?\s*([^\s"'<>]{1,500})""",
    re.I,
)

_TAG = re.compile(rb"<[^<>]*>")
_TAIL = 64 * 1024
_ANCHOR = 256
_SAID_BYTES = 1024 * 1024
_SAID_CHARACTERS = 20_000
_SHORT = 4_000
"""Characters of running text in which "not found" is still about the page itself."""


REPORT_PAGE = Verdict(None)


def judge(response: Response, source: Source) -> Verdict:
    """Return whether a response carries a report page, and what it is otherwise.

    Not for answers that say "not modified" (``response.is_unchanged``): they carry nothing.
    """
    return (
        _judge_status(response)
        or _judge_redirect(response, source)
        or _judge_type(response, source)
        or source.judge_page(response)
        or _judge_web_page(response, source)
    )


def judge_listing(response: Response, source: Source) -> Verdict:
    """Return whether a response may be a listing: the links on it are for the source to count."""
    if response.redirects and (
        not source.owns(response.final_url) or _path(response.final_url) in _HOME
    ):
        return Verdict(Outcome.BLOCKED, f"redirected to {response.final_url}")
    return _judge_status(response) or _judge_type(response, source) or Verdict(None)


def _judge_status(response: Response) -> Verdict | None:
    status = response.status
    if wall := next((name for header, name in _WALLS.items() if header in response.headers), ""):
        return Verdict(Outcome.BLOCKED, f"{wall} holds the page back (status {status})")
    if status in _GONE:
        return _judge_gone(response)
    if status in _REFUSED:
        return Verdict(Outcome.BLOCKED, f"the server refuses the page with status {status}")
    if status == _CHALLENGED:
        return Verdict(Outcome.BLOCKED, "the server answers 202 and holds the page back")
    if status == _PARTIAL:
        return Verdict(Outcome.UNREADABLE, "truncated: the server sent a part of the page (206)")
    if not 200 <= status < 300:
        return _judge_failure(response)
    return None


def _judge_failure(response: Response) -> Verdict:
    """Tell a wall from a failure: who refuses says so in words, whatever the status is."""
    status = response.status
    if found := _REFUSED_IN_WORDS.search(_said(response.body)[0]):
        reason = f"status {status} with a block page: it says {_quote(found)!r}"
        return Verdict(Outcome.BLOCKED, reason)
    return Verdict(Outcome.ERROR, f"the server answers with status {status}")


def _judge_gone(response: Response) -> Verdict:
    """Suspect a page to be gone only if the server says so of the very address asked."""
    if response.redirects:
        where = response.final_url
        return Verdict(Outcome.BLOCKED, f"status {response.status} after a redirect to {where}")
    title = _title(response.body)
    if _BLOCKED.search(title):
        reason = f"status {response.status} with a block page: {title!r}"
        return Verdict(Outcome.BLOCKED, reason)
    return Verdict(Outcome.SUSPECTED, f"the server answers with status {response.status}")


def _judge_redirect(response: Response, source: Source) -> Verdict | None:
    if not response.redirects:
        return None
    url = response.final_url
    if not source.owns(url):
        what = "another site"
    elif _path(url) in _HOME:
        what = "the home page"
    elif _path(url) == _path(source.collection_url):
        what = "the list of editions"
    elif (edition := source.edition_of(url)) and _path(url) == _path(source.index_url(edition)):
        what = "a list of reports"
    else:
        return None
    return Verdict(Outcome.BLOCKED, f"redirected to {what}: {url}")


def _path(url: str) -> str:
    return split_address(url).path.strip("/").lower()


def _judge_type(response: Response, source: Source) -> Verdict | None:
    body = response.body
    if not body.strip():
        return Verdict(Outcome.UNREADABLE, "the answer has no body")
    if response.content_type not in ("", *source.media_types):
        return _judge_other_type(response, source)
    if body.startswith(_MAGIC) or b"\x00" in body[:1024]:
        return Verdict(Outcome.UNREADABLE, f"not {_expected(source)} but a binary file")
    if charset := _foreign_charset(response, is_web=WEB_PAGE in source.media_types):
        known = "only UTF-8, ASCII, Latin-1 and Windows-1252 are read"
        return Verdict(Outcome.UNREADABLE, f"the page is said to be written in {charset}; {known}")
    return None


def _judge_other_type(response: Response, source: Source) -> Verdict:
    """Say what came instead of what was asked for; whoever blocks programs sends web pages."""
    if response.content_type == WEB_PAGE and (found := _BLOCKED.search(_said(response.body)[0])):
        return Verdict(Outcome.BLOCKED, f"a block page: it says {_quote(found)!r}")
    reason = f"not {_expected(source)} but {response.content_type[:60]!r}"
    return Verdict(Outcome.UNREADABLE, reason)


def _expected(source: Source) -> str:
    return "a web page" if WEB_PAGE in source.media_types else " or ".join(source.media_types)


def _foreign_charset(response: Response, *, is_web: bool) -> str:
    """Return a declared character set that would be read wrongly, ``""`` for any other."""
    given = _CHARSET.search(response.headers.get("content-type", ""))
    meta = _META_CHARSET.search(response.body, 0, _META_BYTES) if is_web else None
    name = given[1] if given else meta[1].decode("ascii", "replace") if meta else ""
    try:
        return "" if not name or codecs.lookup(name).name in _CHARSETS else name[:40]
    except LookupError:
        return ""


def _judge_web_page(response: Response, source: Source) -> Verdict:
    region = source.region(response.body)
    if not region:
        if why := source.damage(response.body):
            return Verdict(Outcome.UNREADABLE, why, is_damaged=True)
        return _judge_without_report(response, source)
    if not _is_whole(response.body, region):
        return _TRUNCATED
    if wall := _judge_short(response, region):
        return wall
    is_ours = source.edition_of(response.final_url)
    if not is_ours and (why := source.other_family(response.body, response.final_url)):
        return Verdict(Outcome.UNREADABLE, f"there is no report of this source: {why}")
    return Verdict(None, region=region)


def _judge_short(response: Response, region: bytes) -> Verdict | None:
    """Tell a wall in a report's place: a whole report may say anything, a few words may not."""
    opening, _, _ = region[: 3 * _WALL_BYTES].partition(b"<script")
    if len(opening) > _WALL_BYTES and opening.count(b"<p") > _WALL_PARAGRAPHS:
        return None  # as of nearly every report: the rest need not be looked at
    first, *others = region.split(b"<script")
    bare = first + b"".join(other.partition(b"</script")[2] for other in others)
    if len(bare) > _WALL_BYTES and bare.count(b"<p") > _WALL_PARAGRAPHS:
        return None
    flow = blocks(bare.rpartition(b"</h1")[2].partition(b">")[2] or bare)
    text = "\n".join(block.text for block in flow if not block.is_heading)
    if len(_MARKS.sub(" ", text)) > _WALL_CHARACTERS:
        return None
    if found := _BLOCKED.search(text) or _STAND_IN.search(text):
        return Verdict(Outcome.BLOCKED, f"in the report's place the page says {_quote(found)!r}")
    if found := _MISSING.search(text):
        return _judge_soft_404(response, found)
    return None


def _is_whole(body: bytes, region: bytes) -> bool:
    if body.rfind(b"</html", -_TAIL) >= 0 or b"</html" in body[-_TAIL:].lower():
        return True
    after = max(body.rfind(region[-_ANCHOR:]), 0)
    return body.rfind(b"</main>", after) >= 0 or body.rfind(b"<footer", after) >= 0


def _ends(body: bytes) -> bool:
    """Return whether a page ends with its own end: no text follows it."""
    tail = body[-_TAIL:]
    end = tail.lower().rfind(b"</html")
    return end >= 0 and not _TAG.sub(b"", without_hidden(tail[end:])).strip()


def _judge_without_report(response: Response, source: Source) -> Verdict:
    """Say why no report was read, trusting a page's headings more than its running text.

    Words of a report are not a block page's: a report without a region is looked for first.
    """
    if why := source.shell(response.body):
        return Verdict(Outcome.EMPTY, why)
    headings, text = _said(response.body)
    if found := _BLOCKED.search(headings):
        return Verdict(Outcome.BLOCKED, f"a block page: it says {_quote(found)!r}")
    if found := _MISSING.search(headings):
        return _judge_soft_404(response, found)
    page = source.read(response.body, response.final_url)
    if page.reports or page.undecided:
        return REPORT_PAGE if _ends(response.body) else _TRUNCATED
    if found := _BLOCKED.search(text):
        return Verdict(Outcome.BLOCKED, f"a block page: it says {_quote(found)!r}")
    if len(text) <= _SHORT and (found := _MISSING.search(text)):
        return _judge_soft_404(response, found)
    if not text and (target := _leads_to(response, source)):
        return Verdict(Outcome.BLOCKED, f"a page that only leads to another site: {target}")
    why = source.other_family(response.body, response.final_url)
    said = f"there is no report of this source: {why}" if why else ""
    return Verdict(Outcome.UNREADABLE, said or "no report could be read on this page")


def _leads_to(response: Response, source: Source) -> str:
    """Return the address on another site to which a page sends browsers on, ``""`` for none."""
    found = _REFRESH.search(response.body, 0, _META_BYTES)
    target = absolute(response.final_url, decode(found[1])) if found else ""
    return "" if not target or source.owns(target) else without_query(target)


def _judge_soft_404(response: Response, found: re.Match[str]) -> Verdict:
    reason = f"the page says {_quote(found)!r} with status {response.status}"
    if response.redirects:
        return Verdict(Outcome.BLOCKED, f"{reason}, after a redirect to {response.final_url}")
    return Verdict(Outcome.SUSPECTED, reason)


def _said(body: bytes) -> tuple[str, str]:
    """Return what title and headings say, and what the rest says, as far as it matters."""
    flow = blocks(body[:_SAID_BYTES])
    headings = [block.text for block in flow if block.is_heading]
    text = "\n".join(block.text for block in flow if not block.is_heading)
    return "\n".join([_title(body), *headings])[:_SAID_CHARACTERS], text[:_SAID_CHARACTERS]


def _title(body: bytes) -> str:
    head = body[:_SAID_BYTES]
    lower = head.lower()
    start = lower.find(b">", lower.find(b"<title")) if b"<title" in lower else -1
    end = lower.find(b"</title", start)
    return canonical_block(decode(head[start + 1 : end])) if 0 <= start < end else ""


def _quote(found: re.Match[str]) -> str:
    """Return the words around a phrase, enough to recognise the page by."""
    said = found.string[max(found.start() - 20, 0) : found.end() + 40]
    return said.replace("\n", " ").strip()
