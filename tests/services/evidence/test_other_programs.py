"""What programs of others say of a bundle: sha256sum, openssl, wacz, another tlog.

`make oracles` installs into .venv-oracles those that the package index has.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.evidence.container import packed
from services.evidence.verify_bundle import check_bundle
from tests.evidence_stage import evidence_of
from tests.services.evidence.bundle_stage import Stage, refusals

ROOT = Path(__file__).parents[3]
ORACLES = ROOT / ".venv-oracles" / "bin"


@pytest.fixture
def unpacked(stage: Stage, tmp_path: Path) -> Path:
    """The folder of a bundle that was unpacked as VERIFY.txt says."""
    body = packed(evidence_of(stage.log, 21, 32, 40))
    assert refusals(check_bundle("evidence.wacz", body, stage.trust)) == {}
    (tmp_path / "evidence.wacz").write_bytes(body)
    program = [sys.executable, "-m", "zipfile", "-e", "evidence.wacz", "unpacked"]
    subprocess.run(program, cwd=tmp_path, check=True)
    return tmp_path / "unpacked"


def _oracle(name: str) -> Path:
    if not (program := ORACLES / name).exists():
        pytest.skip(f"{name} is not in .venv-oracles: see `make oracles`")
    return program


def _said(folder: Path, *words: str | Path) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_every_line_of_the_instructions_works(unpacked: Path) -> None:
    text = (unpacked / "evidence" / "VERIFY.txt").read_text()
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    sums = {at: line for at, line in enumerate(lines) if line.startswith("# ")}
    shell = shutil.which("sh") or "sh"
    python = Path(sys.executable).parent
    environment = {"PATH": f"{python}{os.pathsep}{os.environ['PATH']}", "BUNDLE": "evidence.wacz"}
    said = []
    for line in lines:
        done = subprocess.run(
            [shell, "-e", "-c", line],
            cwd=unpacked.parent,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        said.append(done.stdout + done.stderr)
    for at, wanted in sums.items():  # a line that prints a digest, and the one it has to be
        assert said[at - 1].split()[0] == wanted.removeprefix("# "), lines[at - 1]
    assert len(sums) == 3
    assert len([each for each in said if each.endswith(": OK\n")]) == 3
    assert any("Verification: OK" in each for each in said)
    assert any("VERIFIED: 13 checks passed; absent: removals." in each for each in said)


def test_openssl_refuses_the_token_of_another_checkpoint(stage: Stage, unpacked: Path) -> None:
    other = stage.log.token(stage.log.checkpoint(7))
    (unpacked / "timestamps" / "1.tsr").write_bytes(other)
    text = (unpacked / "evidence" / "VERIFY.txt").read_text()
    (line,) = [each for each in text.splitlines() if "openssl ts -verify" in each]
    done = subprocess.run(
        line.split(), cwd=unpacked.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "message imprint mismatch" in done.stderr


def test_wacz_finds_it_valid(unpacked: Path) -> None:
    said = _said(unpacked.parent, _oracle("wacz"), "validate", "-f", "evidence.wacz")
    assert "Validation succeeded, the passed WACZ is valid" in said


def test_another_implementation_of_the_log_agrees(unpacked: Path) -> None:
    python = _oracle("python")
    looked = [python, "-c", "import aics_tlog"]
    if subprocess.run(looked, capture_output=True, check=False).returncode:
        pytest.skip("aics-tlog needs Python 3.12: make .venv-oracles with that")
    said = _said(unpacked, python, Path(__file__).with_name("foreign_tlog.py"), unpacked)
    assert said == "inclusion, 2 checkpoints by 3 keys\n"
