"""LibreOffice opens our documents, prints them, and accepts and rejects their changes as we do.

Slow, and for machines that have it: Debian's libreoffice-writer-nogui and python3-uno.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from filed_stage import LONG, Texts, parts_that_differ, reading, shown, version

from exhibits.filed_documents import render_comparison_docx, render_diff_docx
from reports.compare.diff import compare_readings
from reports.compare.editions import compare_editions
from reports.model.reading import Reading
from reports.model.values import NextEdition

OFFICE = shutil.which("soffice")
PYTHON, UNO = "/usr/bin/python3", Path("/usr/lib/python3/dist-packages/uno.py")
PROGRAM = Path(__file__).with_name("office.py")
SECOND = "Another paragraph, which is long as well, and stays in its place for good."
BEFORE = reading(
    *("The court was credible.", LONG, SECOND, "Two are joined", "here."),
    Life=["All of it goes.", "And this."],
    Liberty=["One. Two is cut off.", "The end stays.", "The last one goes."],
    Workers=["The same."],
)
AFTER = reading(
    *("The court\u202e was <b>fair</b>\x07.", SECOND, LONG, "Two are joined here.", "One more."),
    Liberty=["One.", "Two is cut off now.", "The end stays."],
    Workers=["The same."],
    Property=["A section that is new.", "With two paragraphs."],
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not OFFICE, reason="no LibreOffice: libreoffice-writer-nogui brings soffice"
    ),
]


def made(folder: Path) -> dict[str, tuple[Path, Texts, Texts]]:
    """Write each kind of document; return it with the texts that must be left of its parts."""
    old, new = version(BEFORE), version(AFTER, 2)
    versions = compare_readings(BEFORE, AFTER)
    follows = NextEdition("Version 1.0", "Version 2.0", words_kept=12)
    editions = compare_editions(BEFORE, AFTER)
    whole = [shown(BEFORE.all_blocks)], [shown(AFTER.all_blocks)]
    documents = {
        "versions": (render_diff_docx(old, new, versions), *parts_that_differ(BEFORE, AFTER)),
        "anew": (render_diff_docx(old, new, versions, follows), *whole),
        "editions": (
            render_comparison_docx(version(BEFORE, edition="2022"), version(AFTER), editions),
            *edition_parts(BEFORE, AFTER),
        ),
    }
    written = {}
    for name, (document, olds, news) in documents.items():
        file = folder / f"{name}.docx"
        file.write_bytes(document)
        written[name] = file, olds, news
    return written


def edition_parts(before: Reading, after: Reading) -> tuple[Texts, Texts]:
    outline = compare_editions(before, after).outline
    assert not outline.is_other_outline
    pairs = [(before.blocks, after.blocks)]
    for each in outline.sections:
        one, other = (
            (side.heading, *side.blocks) if side else () for side in (each.before, each.after)
        )
        if one != other:
            pairs.append((one, other))
    return [shown(one) for one, _ in pairs], [shown(other) for _, other in pairs]


def parts_left(paragraphs: list[tuple[str, str]]) -> Texts:
    start = next(n for n, each in enumerate(paragraphs) if each[1] == "The texts")
    parts: list[list[str]] = []
    for style, text in paragraphs[start:]:
        if style == "Heading 2":
            parts.append([])
        elif style == "Report Text":
            parts[-1].append(text)
    return [tuple(part) for part in parts]


def test_every_document_is_printed_as_pages_with_numbers(tmp_path: Path) -> None:
    files = [file for file, *_ in made(tmp_path).values()]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    start = [str(OFFICE), "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*start, *map(str, files)], check=True, capture_output=True, timeout=300)
    reader = shutil.which("pdftotext")
    assert len(files) == 3
    for file in files:
        printed = file.with_suffix(".pdf")
        assert printed.read_bytes().startswith(b"%PDF-")
        if reader:
            ran = subprocess.run([reader, str(printed), "-"], capture_output=True, check=True)
            said = ran.stdout.decode()
            pages = re.findall(r"Page (\d+) of (\d+)", said)
            assert [int(number) for number, _ in pages] == list(range(1, len(pages) + 1))
            assert {int(total) for _, total in pages} == {len(pages)}
            assert "Gandoria" in said
            assert "sha256:" in said


@pytest.mark.skipif(not UNO.is_file(), reason=f"no {UNO}: Debian's python3-uno brings it")
def test_accepting_and_rejecting_in_libreoffice_gives_either_text(tmp_path: Path) -> None:
    documents = made(tmp_path)
    ran = subprocess.run(
        [PYTHON, str(PROGRAM), *(str(file) for file, *_ in documents.values())],
        check=True,
        capture_output=True,
        timeout=300,
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    assert len(told) == 3
    written = list(documents.values())
    assert len(written) == 3
    for file, olds, news in written:
        left = told[str(file)]
        assert left["shown"]["changes"] >= 2
        assert left["accepted"]["changes"] == left["rejected"]["changes"] == 0
        assert parts_left(left["rejected"]["paragraphs"]) == olds
        assert parts_left(left["accepted"]["paragraphs"]) == news
