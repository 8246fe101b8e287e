"""Install the other watchers, as ``requirements.txt`` pins them, away from our own packages."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from bench.child import ROOT, run

FOLDER = ROOT / ".venv-peers"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def installed(folder: Path = FOLDER, requirements: Path = REQUIREMENTS) -> Path:
    """Return the folder of an environment that has them; make it where it has other versions.

    Raises BenchFailed where they cannot be had, as without a package index.
    """
    stamp = folder / "installed"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return folder
    uv = str(Path(sys.executable).with_name("uv"))
    environment = dict(os.environ)
    made = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)]
    run(made, environment)
    python = str(folder / "bin" / "python")
    run([uv, "pip", "install", "--quiet", "--python", python, "-r", str(requirements)], environment)
    stamp.write_text(wanted)
    return folder
