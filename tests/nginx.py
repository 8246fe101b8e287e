"""A real nginx before a program, as docs/operations/monitor.md says to set it up."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from programs import free_port

from services.waiting import wait_for

MONITOR = Path(__file__).parents[1] / "docs" / "operations" / "monitor.md"
PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

_AROUND = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{server}
}}
"""


def documented_server() -> str:
    """Return the server block of the documents."""
    (found,) = re.findall(r"```nginx\n(.*?)```", MONITOR.read_text(), re.S)
    return str(found)


@contextmanager
def nginx_before(origin: str, certificate: Path, folder: Path) -> Iterator[int]:
    """Serve a program by HTTPS; gives the port. Skips the test if nginx is not installed."""
    if PROGRAM is None:
        pytest.skip("nginx is not installed: `.ci/run` installs nginx-light")
    port = free_port()
    server = documented_server()
    for old, new in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("http://127.0.0.1:8080", origin),
        ("/etc/ssl/watch.example.pem", str(certificate)),
        ("/etc/ssl/private/watch.example.key", str(certificate)),
    ):
        assert server.count(old) == 1, old
        server = server.replace(old, new)
    user = "user root;" if os.geteuid() == 0 else ""
    settings = folder / "nginx.conf"
    settings.write_text(_AROUND.format(folder=folder, server=server, user=user))
    command = [PROGRAM, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(settings)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        try:
            assert wait_for(lambda: _answers(port) or None, 20), (folder / "error.log").read_text()
            yield port
        finally:
            running.terminate()
            running.wait(20)


def _answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0
