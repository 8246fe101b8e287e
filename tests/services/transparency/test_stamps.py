"""Time stamps of an authority that openssl is: asked for, verified, and only then kept."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from time_stamps import CONFIGURATION
from walk_stage import Watch

from services.transparency.daily import checkpoint_now
from services.transparency.reading import log_view
from services.transparency.stamps import Authority, verified

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")

EXTENSIONS = "extendedKeyUsage=critical,timeStamping"


def openssl(*words: str, folder: Path, given: bytes = b"") -> bytes:
    done = subprocess.run(
        ["openssl", *words], cwd=folder, input=given, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a root, and an authority that it certified."""
    made = tmp_path_factory.mktemp("tsa")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    root = ("-x509", "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root of Fiction")
    openssl("req", *curve, *root, "-days", "3650", folder=made)
    asked = ("-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamps of Fiction")
    openssl("req", *curve, *asked, folder=made)
    (made / "ext").write_text(f"{EXTENSIONS}\nkeyUsage=critical,digitalSignature\n")
    signed = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "3650")
    openssl(
        "x509", "-req", "-in", "tsa.csr", *signed, "-extfile", "ext", "-out", "tsa.pem", folder=made
    )
    (made / "serial").write_text("01\n")
    other = ("-x509", "-keyout", "other.key", "-out", "other.pem", "-subj", "/CN=Another Root")
    openssl("req", *curve, *other, "-days", "3650", folder=made)
    return made


@contextmanager
def authority(
    folder: Path, *, certs: str = "", alter: bytes = b"", status: int = 200
) -> Iterator[str]:
    """Answer time stamp requests with openssl; gives the address."""
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder, names_by="sha256") + certs)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            (folder / "asked.tsq").write_bytes(asked)
            words = ("ts", "-reply", "-queryfile", "asked.tsq", "-config", "tsa.cnf")
            reply = alter or openssl(*words, folder=folder)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def stamped(watch: Watch, url: str, trusted: Path) -> tuple[str, ...]:
    watch.set(timestamps=f"{url} {trusted}", allow_private=True)
    return checkpoint_now(watch.parts).faults


def test_a_checkpoint_is_stamped_and_openssl_verifies_it(
    seen: None, watch: Watch, folder: Path
) -> None:
    with authority(folder) as url:
        assert stamped(watch, url, folder / "root.pem") == ()
        assert stamped(watch, url, folder / "root.pem") == ()
    view = log_view(watch.parts)
    assert view.unstamped == ()
    (token,) = view.tokens
    assert view.signed is not None
    (folder / "text").write_bytes(view.signed.note.text.encode())
    (folder / "reply.tsr").write_bytes(token.token)
    words = ("ts", "-verify", "-data", "text", "-in", "reply.tsr", "-CAfile", "root.pem")
    assert b"Verification: OK" in openssl(*words, folder=folder)
    text = view.signed.note.text.encode()
    assert verified(token.token, text, Authority(url, folder / "root.pem")) == token.stamped_at


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"alter": b"nonsense"}, "cannot be verified"),
        ({"status": 500}, "answers 500"),
    ],
)
def test_what_is_no_token_is_not_kept_and_told(
    seen: None, watch: Watch, folder: Path, made: dict[str, object], said: str
) -> None:
    with authority(folder, **made) as url:  # type: ignore[arg-type]
        (fault,) = stamped(watch, url, folder / "root.pem")
    assert said in fault
    assert log_view(watch.parts).tokens == ()
    with watch.parts.store.read() as unit:
        assert [each.kind for each in unit.alarms.open()] == ["transparency"]


def test_a_token_of_an_authority_that_is_not_trusted_is_not_kept(
    seen: None, watch: Watch, folder: Path
) -> None:
    with authority(folder) as url:
        (fault,) = stamped(watch, url, folder / "other.pem")
    assert "cannot be verified" in fault
    assert log_view(watch.parts).tokens == ()


def test_a_token_with_more_certificates_than_were_asked_for_is_refused(
    seen: None, watch: Watch, folder: Path
) -> None:
    """As openssl makes them while ``certs =`` is set in its configuration."""
    with authority(folder, certs=f"certs = {folder}/root.pem") as url:
        (fault,) = stamped(watch, url, folder / "root.pem")
    assert "cannot be verified" in fault
    assert log_view(watch.parts).tokens == ()


def test_a_token_for_another_question_is_not_kept(seen: None, watch: Watch, folder: Path) -> None:
    (folder / "other").write_bytes(b"another text")
    openssl(
        "ts", "-query", "-data", "other", "-sha256", "-cert", "-out", "other.tsq", folder=folder
    )
    with authority(folder) as _:
        words = ("ts", "-reply", "-queryfile", "other.tsq", "-config", "tsa.cnf")
        reply = openssl(*words, folder=folder)
    with authority(folder, alter=reply) as url:
        (fault,) = stamped(watch, url, folder / "root.pem")
    assert "cannot be verified" in fault


def test_without_certificates_or_an_answer_it_is_said(
    seen: None, watch: Watch, folder: Path
) -> None:
    with authority(folder) as url:
        (fault,) = stamped(watch, url, folder / "missing.pem")
    assert "holds no certificates" in fault
    (fault,) = stamped(watch, "http://127.0.0.1:9/tsr", folder / "root.pem")
    assert "does not answer" in fault
