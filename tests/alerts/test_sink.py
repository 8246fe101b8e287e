"""The sink keeps what is sent to it, and says so."""

import os
import signal
import smtplib
import subprocess
import sys

from alerts.sink import Sink, main

MAIL = "From: a@x.example\r\nTo: b@x.example\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\n\r\nHello\r\n"


def post(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost", timeout=10) as client:
        client.sendmail("a@x.example", ["b@x.example"], MAIL)


def test_each_mail_becomes_a_numbered_file(tmp_path):
    lines = []
    with Sink(tmp_path / "mail", on_mail=lines.append) as sink:
        post(sink.port)
        post(sink.port)
        assert [path.name for path in sink.mails()] == ["0001.eml", "0002.eml"]
        assert sink.mails()[0].read_bytes() == MAIL.encode()
    assert lines[0] == "0001.eml From: a@x.example, To: b@x.example, Subject: Café"
    assert {path.suffix for path in (tmp_path / "mail").iterdir()} == {".eml"}


def test_a_folder_that_holds_mail_is_continued(tmp_path):
    (tmp_path / "9999.eml").write_bytes(b"")
    (tmp_path / "10000.eml").write_bytes(b"")
    with Sink(tmp_path) as sink:
        post(sink.port)
        assert sink.mails()[-1].name == "10001.eml"


def test_it_runs_as_a_program(tmp_path):
    command = [sys.executable, "-m", "alerts.sink", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ) as program:
        first = program.stderr.readline()
        post(int(first.split()[0].rpartition(":")[2]))
        told = program.stderr.readline()
        program.send_signal(signal.SIGINT)
        last = program.stderr.read()
    assert first.startswith("smtp://127.0.0.1:")
    assert told == "0001.eml From: a@x.example, To: b@x.example, Subject: Café\n"
    assert last.startswith("1 mail in ")
    assert program.returncode == 0


def test_a_mail_that_was_kept_is_printed_as_a_mail_program_shows_it(tmp_path, capsys):
    (tmp_path / "0001.eml").write_bytes(MAIL.encode())
    main(["--show", str(tmp_path / "0001.eml")])
    assert capsys.readouterr().out == "To: b@x.example\nSubject: Café\n\nHello\n"
