"""The compose file started without containers: its order, its health, a mail, pages by a proxy."""

from __future__ import annotations

import base64
import os
import shutil
import ssl
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from composed import FOLDER, Composed, Instance, composed, wait_until
from postgres import find_programs

from deployments.sample_site import SampleSite, serve

NEEDED = ("redis-server", "redis-cli", "nginx", "curl", "openssl", "setpriv")
SOURCE = "sample-hrr"
SILENT_EDIT = 2


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the users of the compose file may enter, as those of pytest are not."""
    made = Path(tempfile.mkdtemp(prefix="reportwatch-compose-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def ingest(running: Composed) -> None:
    """Have a worker ingest the sample site, and wait for the end of it."""
    words = ("deployment", "run", "ingest/ingest", "--param", f"source={SOURCE}", "--watch")
    said = running.run("worker", "prefect", *words)
    logs = [running.programs[f"worker-{number}"].said() for number in (1, 2)]
    assert "Completed" in said or "COMPLETED" in said, [said, *logs]


def no_mail(running: Composed) -> str:
    """Return what those say who would have sent a mail."""
    who = [name for name in running.programs.by_name if name.startswith(("attend", "worker"))]
    said = [
        f"{name} {running.programs[name].is_running()}: {running.programs[name].said()}"
        for name in who
    ]
    outbox = running.run("worker", "reportwatch", "alerts")
    return "\n".join(("no mail has come", outbox, *said))


def asked(running: Composed, path: str, credential: str = "") -> int:
    """Ask the proxy by HTTPS, as a reader does, and return the status of its answer."""
    trusted = ssl.create_default_context(cafile=running.folder / "secrets" / "certificate.pem")
    request = urllib.request.Request(f"https://localhost:{running.ports['proxy-1', 8443]}{path}")
    if credential:
        shown = base64.b64encode(f"operator:{credential}".encode()).decode()
        request.add_header("Authorization", f"Basic {shown}")
    try:
        with urllib.request.urlopen(request, timeout=30, context=trusted) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.slow
def test_what_the_compose_file_names_starts_in_its_order_and_mails_an_edit(folder: Path) -> None:
    missing = [each for each in NEEDED if not shutil.which(each, path=_path())]
    if missing or find_programs() is None:
        pytest.skip(f"not installed: {', '.join(missing or ['postgresql'])}")
    site = SampleSite()
    with serve(site) as origin:
        settings = {"REPORTWATCH_VIA": origin, "REPORTWATCH_DELAY": "0"}
        with composed(folder, scale={"worker": 2, "attend": 2}, more=settings) as running:
            order = running.up()
            assert order[:3] == ["postgres", "redis", "mail"]
            assert order.index("prefect-server") < order.index("deploy") < order.index("worker")
            assert order[-1] == "proxy"
            assert running.codes == {"prefect-database-1": 0, "deploy-1": 0}
            assert len(running.programs.by_name) == 13

            ingest(running)
            running.run("worker", "reportwatch", "subscribe", "reader@example.org")
            site.advance(SILENT_EDIT)
            ingest(running)
            kept = running.volume("mail") / "mail"
            (mail,) = wait_until(lambda: sorted(kept.glob("*.eml")), lambda: no_mail(running))
            told = message_from_bytes(mail.read_bytes(), policy=policy.default)
            assert told["To"] == "reader@example.org"
            assert "Gandoria 2023" in told["Subject"]
            links = told.get_body(("plain",))
            assert links and f"https://localhost:{running.ports['proxy-1', 8443]}/reports/" in (
                links.get_content()
            )

            password = running.environment(Instance("monitor"))["REPORTWATCH_ADMIN_PASSWORD"]
            assert asked(running, "/reports") == 401
            assert asked(running, "/reports", password) == 200
            assert asked(running, "/metrics", password) == 404

            # Prefect's interface too, from where a read-only root lets it be.
            at = f"http://127.0.0.1:{running.ports['prefect-server-1', 4200]}/"
            with urllib.request.urlopen(at, timeout=30) as answer:
                assert "<title>" in answer.read().decode()
            assert "Failed to" not in running.programs["prefect-server-1"].said()

            alive = {name for name, each in running.programs.by_name.items() if each.is_running()}
            assert len(alive) == 11, alive
            codes = running.down()
            assert list(codes)[-1] == "postgres-1"
            # -15: a program that SIGTERM ends at once, and that has nothing to put in order.
            assert {name: code for name, code in codes.items() if code not in {0, -15}} == {}
    assert not (FOLDER / "nginx.conf").read_text().count("127.0.0.1/32")


def _path() -> str:
    return os.pathsep.join((os.environ["PATH"], "/usr/sbin"))
