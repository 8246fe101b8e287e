"""webchanges as one of the watchers: its command with a file of jobs, and the report it prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bench.child import run
from bench.peers.watcher import MAIN_REGION, Told, Watcher

_TOLD = re.compile(r"^([A-Z_, ]+): .*?(https?://[^\s)]+)\)?$", re.M)
_CONFIG = {
    "version_check": {"enabled": False},
    "report": {"text": {"minimal": True}},  # a line for each job instead of whole differences
}


class Webchanges(Watcher):
    """One job for each page: whole pages, or the text of the report's element alone."""

    program = "webchanges"

    def __init__(self, folder: Path, *, is_tuned: bool) -> None:
        self.set_up = "tuned" if is_tuned else "as it comes"
        self._folder = folder
        self._filters = [{"css": MAIN_REGION}, "html2text"] if is_tuned else []

    def prepare(self) -> None:
        """Write its jobs and its configuration, in the JSON that YAML is a superset of."""
        jobs = [{"url": self.origin + path} for path in self.paths]
        if self._filters:
            jobs = [{**job, "filters": self._filters} for job in jobs]
        lines = "\n---\n".join(json.dumps(job) for job in jobs)
        (self.home / "jobs.yaml").write_text(lines + "\n")
        (self.home / "config.yaml").write_text(json.dumps(_CONFIG) + "\n")

    def look(self) -> Told:
        """Run all jobs once."""
        files = {"--jobs": "jobs.yaml", "--config": "config.yaml", "--database": "snapshots.db"}
        command = [str(self._folder / "bin" / "webchanges")]
        for option, name in files.items():
            command += [option, str(self.home / name)]
        cost, report = run(command, self.environment())
        told = [(verb.partition(",")[0], self.path_of(url)) for verb, url in _TOLD.findall(report)]
        changed = [path for verb, path in told if verb == "CHANGED"]
        return Told(changed, sum(verb == "ERROR" for verb, _ in told), cost.cpu)
