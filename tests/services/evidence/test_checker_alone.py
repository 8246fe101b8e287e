"""The checker runs alone: one file, the standard library and cryptography, Python 3.9."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.evidence import verify_bundle
from services.evidence.container import packed
from tests.evidence_stage import evidence_of
from tests.services.evidence.bundle_stage import Stage

SOURCE = Path(verify_bundle.__file__)


@pytest.fixture
def bundle(stage: Stage, tmp_path: Path) -> Path:
    """A bundle, and the checker that came in it."""
    path = tmp_path / "evidence.wacz"
    body = packed(evidence_of(stage.log, 9, 32, 40))
    path.write_bytes(body)
    (tmp_path / "alone.py").write_bytes(verify_bundle.open_bundle(body)[verify_bundle.VERIFIER])
    return path


def _ran(bundle: Path, *words: str) -> tuple[int, str, str]:
    """Run the checker without this project on its path."""
    program = [sys.executable, "-I", "-W", "error", str(bundle.parent / "alone.py"), *words]
    done = subprocess.run(program, capture_output=True, text=True, cwd=bundle.parent, check=False)
    return done.returncode, done.stdout, done.stderr


def test_it_is_written_for_python_3_9_and_imports_nothing_else() -> None:
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 9))
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [
        each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names
    ]
    tops = {name.partition(".")[0] for name in named}
    assert len(tops) > 15
    assert tops - set(sys.stdlib_module_names) == {"cryptography"}


def test_exit_codes(stage: Stage, bundle: Path) -> None:
    broken = bundle.with_name("broken.wacz")
    broken.write_bytes(bundle.read_bytes()[:-9])
    key = str(stage.log.key.public)
    cases: list[tuple[tuple[str, ...], int]] = [
        ((str(bundle),), 0),
        ((str(bundle), "--log-key", key), 0),
        ((str(bundle), "--quote", "the Gandorian\nharbour\u00a0guard"), 0),
        ((str(bundle), "--quote", "the Gandorian harbor guard"), 1),
        ((str(bundle), "--witness-key", str(stage.forger.own.witnesses[0].public)), 1),
        ((str(bundle), "--now", "2020-01-01T00:00:00Z"), 1),
        ((str(broken),), 1),
        (("nothing.wacz",), 1),
        ((), 2),
        ((str(bundle), "--log-key", "nonsense"), 2),
        ((str(bundle), "--witness-key", key), 2),
        ((str(bundle), "--tsa-cert", "nothing.pem"), 2),
        ((str(bundle), "--quote", " "), 2),
        ((str(bundle), "--now", "yesterday"), 2),
    ]
    found = [(words, _ran(bundle, *words)[0]) for words, _ in cases]
    assert found == cases


def test_it_says_in_plain_words_what_it_found(stage: Stage, bundle: Path) -> None:
    _, out, _ = _ran(bundle, str(bundle))
    assert "VERIFIED: 13 checks passed; absent: removals. It is no legal advice." in out
    assert "signed by a key that the bundle itself carries." in out
    assert "not proven: Whose key that is: anybody can make one." in out
    _, out, _ = _ran(bundle, str(bundle), "--log-key", str(stage.forger.own.key.public))
    assert "REFUSED  log's signature: a checkpoint is not signed by the key of the log that" in out
    assert "REFUSED: " in out.splitlines()[-1]


def test_json_says_the_same(bundle: Path) -> None:
    code, out, _ = _ran(bundle, str(bundle), "--json", "--quote", "No other list is known.")
    said = json.loads(out)
    assert (code, said["verified"], said["report"]) == (0, True, "sample-hrr/2009/XAG")
    place = said["places"][0]
    assert (place["section"], place["paragraph"]) == ("Respect for the Person", 2)
    members = verify_bundle.open_bundle(bundle.read_bytes())
    payload = verify_bundle.Evidence(members).payload
    assert [payload[first:end] for first, end in place["bytes"]] == [b"No other\n list is known."]


def test_a_quotation_may_go_over_paragraphs(bundle: Path) -> None:
    _, out, _ = _ran(
        bundle, str(bundle), "--json", "--quote", "answered for it. The Chamber of Tides"
    )
    (place,) = json.loads(out)["places"]
    assert (place["paragraph"], place["paragraphs"], len(place["bytes"])) == (1, 2, 2)


def test_what_a_bundle_says_cannot_steer_a_terminal(bundle: Path) -> None:
    name = bundle.with_name("a\x1b[2Jb.wacz")
    name.write_bytes(b"no bundle")
    _, out, _ = _ran(bundle, str(name))
    assert "\x1b" not in out
