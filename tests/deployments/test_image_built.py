"""The image's steps taken without Docker: what .dockerignore lets in, uv's own lines, a run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from programs import clean_environment
from shipped import ROOT, of_image

STEPS = 2


@pytest.mark.slow
def test_the_steps_of_the_dockerfile_make_an_environment_that_needs_no_checkout(
    tmp_path: Path,
) -> None:
    source, made = tmp_path / "source", tmp_path / "made"
    let_in = re.findall(r"^!([\w.]+)/?$", (ROOT / ".dockerignore").read_text(), re.M)
    assert len(let_in) >= 15
    for name in let_in:
        there = ROOT / name
        if there.is_dir():
            shutil.copytree(
                there, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.env")
            )
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(there, source)
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    steps = [each.removeprefix("RUN ") for each in lines if each.startswith("RUN uv ")]
    assert len(steps) == STEPS
    environment = {
        **clean_environment(),
        "UV_PROJECT_ENVIRONMENT": str(made),
        "PATH": os.pathsep.join((str(ROOT / ".venv" / "bin"), os.environ["PATH"])),
    }
    environment.pop("VIRTUAL_ENV", None)
    for step in steps:
        # Docker has no cache of uv's to use; here there is one.
        words = ["sh", "-euc", step.replace("--no-cache", "")]
        ended = subprocess.run(
            words, cwd=source, env=environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
    shutil.rmtree(source)

    installed = {each.name for each in (made / "bin").iterdir()}
    assert {"reportwatch", "prefect"} <= installed and "pytest" not in installed
    found = subprocess.run(
        [made / "bin" / "python", "-c", "import hatchling"], capture_output=True, check=False
    )
    assert found.returncode == 1  # what builds is not in what runs
    home = {"REPORTWATCH_HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]}
    for words in (["reportwatch", "--version"], ["reportwatch", "db", "upgrade"]):
        ran = subprocess.run(
            [made / "bin" / words[0], *words[1:]],
            cwd=tmp_path,
            env=home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    commands = [each.command for each in of_image()]
    assert [each[:2] for each in commands] == [("python", "-m")] * 2
    for _, _, module, *_ in commands:
        there = f"import importlib.util as u; assert u.find_spec({module!r})"
        subprocess.run([made / "bin" / "python", "-c", there], check=True, cwd=tmp_path)
    data = list((made / "lib").glob("python*/site-packages/deployments/prefect.yaml"))
    assert len(data) == 1
