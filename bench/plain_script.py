"""The yardstick: what one would write in an afternoon with requests, BeautifulSoup and sqlite.

``python bench/plain_script.py DATABASE ORIGIN EDITION…`` or ``… --url URL``. Parses whole pages
with bs4 over lxml, compares the executive summary's hash, keeps the page under zlib level 6, and
commits after each page. It skips parsing where the raw bytes are known and sends If-None-Match. It
has no identity, no gate, no robots, no pauses, no evidence, no alerts, no sections.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import time
import zlib
from collections import Counter
from urllib.parse import urlsplit

import requests
from bs4 import BeautifulSoup

INDEX = "/reports/{}-country-reports-on-human-rights-practices/"
TABLES = """
CREATE TABLE IF NOT EXISTS page (
    url TEXT PRIMARY KEY, raw TEXT, summary TEXT, etag TEXT, seen REAL
);
CREATE TABLE IF NOT EXISTS version (url TEXT, seen REAL, sha256 TEXT, summary TEXT, body BLOB);
"""


def addresses(session: requests.Session, origin: str, edition: str) -> list[str]:
    """Return the report pages an edition's index lists."""
    page = session.get(origin + INDEX.format(edition), timeout=30)
    soup = BeautifulSoup(page.text, "lxml")
    return [str(link["href"]) for link in soup.select("li a[href]")]


def summary_of(html: bytes) -> str:
    """Return the text of the executive summary."""
    soup = BeautifulSoup(html, "lxml")
    heading = soup.select_one("#report-toc__exec-summary, .report__section-title")
    section = heading.find_parent("section") if heading else None
    return section.get_text(" ", strip=True) if section else ""


def look(session: requests.Session, database: sqlite3.Connection, origin: str, url: str) -> str:
    """Fetch one page, store it where its summary is new, and say what came of it."""
    row = database.execute("SELECT raw, summary, etag FROM page WHERE url = ?", (url,)).fetchone()
    headers = {"If-None-Match": row[2]} if row and row[2] else {}
    answer = session.get(origin + urlsplit(url).path, headers=headers, timeout=30)
    if answer.status_code == 304:
        return "unchanged"
    answer.raise_for_status()
    now, etag = time.time(), answer.headers.get("ETag", "")
    raw = hashlib.sha256(answer.content).hexdigest()
    if row and row[0] == raw:
        return "unchanged"
    text = summary_of(answer.content)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if not row or row[1] != digest:
        body = zlib.compress(answer.content, 6)
        database.execute(
            "INSERT INTO version VALUES (?, ?, ?, ?, ?)", (url, now, digest, text, body)
        )
    database.execute("REPLACE INTO page VALUES (?, ?, ?, ?, ?)", (url, raw, digest, etag, now))
    database.commit()
    if not row:
        return "published"
    return "edited" if row[1] != digest else "unchanged"


def main() -> None:
    """Look at every page once and print the counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("origin")
    parser.add_argument("editions", nargs="*")
    parser.add_argument("--url", action="append", default=[])
    chosen = parser.parse_args()
    database = sqlite3.connect(chosen.database)
    database.executescript(TABLES)
    counts: Counter[str] = Counter()
    with requests.Session() as session:
        urls = [*chosen.url]
        for edition in chosen.editions:
            urls += addresses(session, chosen.origin, edition)
        for url in urls:
            counts[look(session, database, chosen.origin, url)] += 1
    print(json.dumps({"counts": {"checked": sum(counts.values()), **counts}}))


if __name__ == "__main__":
    main()
