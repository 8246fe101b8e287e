"""The programs of the compose file without containers: its commands, variables, users and order.

What Docker does is done by other means, and no more than that: a name of a service becomes loopback
and a free port, a volume or tmpfs a folder, and what the images of PostgreSQL and Redis do by
themselves is done with Debian's packages. Everything else is the file's, word for word.
"""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from cluster import HOST, ROOT
from postgres import find_programs
from programs import PATIENCE, Program, Programs, clean_environment, free_port, programs

FOLDER = ROOT / "deployments" / "compose"
INSIDE = {
    "postgres": (5432,),
    "redis": (6379,),
    "prefect-server": (4200,),
    "worker": (8080,),
    "monitor": (8080,),
    "proxy": (8443, 8081),
    "mail": (8825,),
}
"""The ports that the programs listen on in their containers."""

BIN = Path(sys.executable).parent
FRONT = "172.31.250.0/24"
IMAGES_OWN = ("HOME", "PREFECT_HOME", "REPORTWATCH_HOME", "REPORTWATCH_LOG_FORMAT")


@dataclass(frozen=True)
class Instance:
    """One container: a service of the file and which one of it this is."""

    service: str
    number: int = 1

    @property
    def name(self) -> str:
        return f"{self.service}-{self.number}"


@dataclass
class Composed:
    """The programs of the compose file, by the names that `docker compose` gives them."""

    folder: Path
    file: dict[str, Any]
    programs: Programs
    scale: Mapping[str, int]
    more: Mapping[str, str]
    ports: dict[tuple[str, int], int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def up(self) -> list[str]:
        """Start every service when those that it depends on are as it says; return the order."""
        done: list[str] = []
        waiting = dict(self.file["services"])
        for service in waiting:
            for number in range(1, self._count(service) + 1):
                for port in INSIDE.get(service, ()):
                    self.ports[f"{service}-{number}", port] = free_port()
        while waiting:
            ready = [s for s, each in waiting.items() if set(each.get("depends_on", ())) <= {*done}]
            assert ready, f"these wait for each other: {sorted(waiting)}"
            for service in ready:
                self._start_service(service, waiting.pop(service))
                done.append(service)
        return done

    def down(self) -> dict[str, int]:
        """Stop what runs, the last started first; return the exit codes by name."""
        return {
            name: each.stop()
            for name, each in reversed(self.programs.by_name.items())
            if each.is_running()
        }

    def run(self, service: str, *words: str) -> str:
        """Run a command as `docker compose exec` does, to its end; return what it said."""
        instance = Instance(service)
        ended = subprocess.run(
            ["timeout", str(PATIENCE), *self._as_user(instance, words)],
            env=self.environment(instance),
            cwd=self._home(instance),
            capture_output=True,
            text=True,
            check=False,
        )
        logs = "\n".join(f"{n}: {each.said(1500)}" for n, each in self.programs.by_name.items())
        assert ended.returncode == 0, f"{words}: {ended.stdout}{ended.stderr}\n{logs}"
        return ended.stdout

    def volume(self, name: str) -> Path:
        return self.folder / "volumes" / name

    def environment(self, instance: Instance) -> dict[str, str]:
        """Return the variables of a container: the image's, the files', its own, in that order."""
        service = self.file["services"][instance.service]
        given: dict[str, str] = {}
        if service["image"].startswith("reportwatch:"):
            given |= _of_image()
        for name in service.get("env_file", ()):
            given |= _variables(self.folder / name)
            given |= self.more if name == "watch.env" else {}
        given |= service.get("environment", {})
        return {
            **clean_environment(),
            "PATH": os.pathsep.join((str(BIN), os.environ["PATH"], "/usr/sbin")),
            "PYTHONPATH": str(ROOT),
            **self._scratch(instance),
            **{name: self._put(value, instance, name) for name, value in given.items()},
            **self._of_postgres(instance),
        }

    def command(self, instance: Instance) -> list[str]:
        """Return the command of a container, for loopback."""
        service = self.file["services"][instance.service]
        words = [self._put(each, instance) for each in service["command"]]
        if instance.service == "postgres":
            port, socket = self.ports["postgres-1", 5432], self._place(instance, "/tmp")
            facts = (f"port={port}", f"listen_addresses={HOST}")
            sockets = f"unix_socket_directories={socket}"
            words += [part for each in (*facts, sockets) for part in ("-c", each)]
            found = find_programs()
            assert found
            words[0] = str(found / "postgres")
        if instance.service == "redis":
            words += ["--port", str(self.ports["redis-1", 6379]), "--bind", HOST]
        return words

    def _start_service(self, name: str, service: Mapping[str, Any]) -> None:
        for number in range(1, self._count(name) + 1):
            instance = Instance(name, number)
            self._make_folders(instance)
            if name == "postgres":
                self._initialize(instance)
            log = self.folder / f"{instance.name}.log"
            program = Program(
                name=instance.name,
                command=self._as_user(instance, self.command(instance)),
                environment=self.environment(instance),
                log=log,
                is_ready=lambda: True,
                folder=self._home(instance),
            )
            self.programs.by_name[instance.name] = program
            program.start()
            if service["restart"] == "no":
                assert program.child
                self.codes[instance.name] = program.child.wait(PATIENCE)
                assert self.codes[instance.name] == 0, program.said()
            else:
                program.is_ready = self._healthy(instance)
                program.wait()
                if name == "postgres":
                    self._databases(instance)

    def _count(self, service: str) -> int:
        replicas = self.file["services"][service].get("deploy", {}).get("replicas", 1)
        return self.scale.get(service, int(replicas))

    def _healthy(self, instance: Instance) -> Any:
        """Return the health check of a container; without one it is ready once it runs."""
        check = self.file["services"][instance.service]["healthcheck"]
        if check.get("disable"):
            return lambda: True
        words = [self._put(each, instance) for each in check["test"][1:]]
        if instance.service == "postgres":  # before its script has run it has no database of ours
            words[words.index("reportwatch")] = "postgres"

        def ask() -> bool:
            asked = subprocess.run(
                self._as_user(instance, words),
                env=self.environment(instance),
                capture_output=True,
                timeout=60,
                check=False,
            )
            return asked.returncode == 0

        return ask

    def _put(self, text: str, instance: Instance, name: str = "") -> str:
        """Return a word of the file with loopback and folders for what a container has."""
        own = {port: self.ports[instance.name, port] for port in INSIDE.get(instance.service, ())}
        places = self._places(instance)
        if places:
            any_place = "|".join(map(re.escape, places))
            inside = re.compile(rf"(?<![\w.-])({any_place})(?=$|[/;,:\s])")
            text = inside.sub(lambda found: str(places[found[1]]), text)
        for service, ports in INSIDE.items():
            for port in ports:
                at = f"{HOST}:{self.ports[f'{service}-1', port]}"
                text = re.sub(rf"(?<![\w-]){service}:{port}\b", at, text)
        for port, free in own.items():
            text = re.sub(rf"\b(127\.0\.0\.1|localhost):{port}\b", rf"\g<1>:{free}", text)
        text = text.replace("localhost:8443", f"localhost:{self.ports['proxy-1', 8443]}")
        text = text.replace(FRONT, f"{HOST}/32")
        if text == "0.0.0.0" or (text in INSIDE and name.endswith("_HOST")):
            return HOST
        if name == "PREFECT_REDIS_MESSAGING_PORT":
            return str(self.ports["redis-1", int(text)])
        return str(own[int(text)]) if text.isdigit() and int(text) in own else text

    def _places(self, instance: Instance) -> dict[str, Path]:
        """Return what lies where a container has volumes, scratch folders and secrets."""
        service = self.file["services"][instance.service]
        found: dict[str, Path] = {}
        for each in service.get("tmpfs", ()):
            place = each.split(":")[0]
            found[place] = self.folder / "scratch" / instance.name / place.strip("/")
        for each in service.get("volumes", ()):
            source, place, *_ = each.split(":")
            is_file = source.startswith("./")
            found[place] = self.folder / source if is_file else self.volume(source)
        for each in service.get("secrets", ()):
            found[f"/run/secrets/{each}"] = self.folder / self.file["secrets"][each]["file"]
        return dict(sorted(found.items(), key=lambda each: -len(each[0])))

    def _place(self, instance: Instance, place: str) -> Path:
        return self._places(instance)[place]

    def _home(self, instance: Instance) -> Path:
        places = self._places(instance)
        return places.get("/var/lib/reportwatch", places.get("/data", self.folder))

    def _make_folders(self, instance: Instance) -> None:
        user = self._user(instance)
        for each in self._places(instance).values():
            if not each.exists():
                each.mkdir(parents=True)
                if os.geteuid() == 0:
                    os.chown(each, user, user)
        if instance.service == "proxy":
            file = self.folder / "nginx.conf"
            listen = self.ports["proxy-1", 8443]
            text = self._put(file.read_text(), instance)
            text = text if user else f"user root;\n{text}"
            assert text.count("listen 8443 ssl") == 1
            file.write_text(text.replace("listen 8443 ssl", f"listen {HOST}:{listen} ssl"))

    def _user(self, instance: Instance) -> int:
        if instance.service == "postgres":  # its programs want a user that has a name
            names = {each.pw_name: each.pw_uid for each in pwd.getpwall()}
            return names.get("postgres", names["nobody"])
        if not _is_open_to_others():
            return os.getuid()
        return int(self.file["services"][instance.service]["user"].split(":")[0])

    def _as_user(self, instance: Instance, words: Sequence[str]) -> list[str]:
        """Return a command as the file's user, with no capability and none to be had.

        Where that user cannot reach our interpreter or sources, it is root without capabilities.
        """
        if os.geteuid() != 0:
            return list(words)
        user = self._user(instance)
        confined = [
            "--pdeathsig=KILL",
            "--clear-groups",
            "--no-new-privs",
            "--bounding-set=-all",
            "--inh-caps=-all",
        ]
        return ["setpriv", f"--reuid={user}", f"--regid={user}", *confined, *words]

    def _scratch(self, instance: Instance) -> dict[str, str]:
        """Return where programs that make files of their own for a while put them: in its /tmp."""
        found = self._places(instance).get("/tmp")
        return {"TMPDIR": str(found)} if found else {}

    def _of_postgres(self, instance: Instance) -> dict[str, str]:
        if instance.service != "postgres":
            return {}
        socket = self._place(instance, "/tmp")
        return {"PGPORT": str(self.ports["postgres-1", 5432]), "PGHOST": str(socket)}

    def _initialize(self, instance: Instance) -> None:
        """Make PostgreSQL's files, as its image does at the first start."""
        found, variables = find_programs(), self.environment(instance)
        assert found
        password = self.folder / "scratch" / "password"
        password.write_text(variables["POSTGRES_PASSWORD"])
        password.chmod(0o644)
        words = [str(found / "initdb"), "-D", variables["PGDATA"], "-A", "scram-sha-256"]
        words += ["-U", variables["POSTGRES_USER"], f"--pwfile={password}"]
        subprocess.run(
            self._as_user(instance, words),
            check=True,
            capture_output=True,
            cwd=self.folder,
            env=variables,
        )

    def _databases(self, instance: Instance) -> None:
        """Run the script that the image runs after that, then the file's own health check."""
        variables = self.environment(instance)
        variables |= {"PGPASSWORD": variables["POSTGRES_PASSWORD"]}
        subprocess.run(
            self._as_user(instance, [str(self.folder / "databases.sh")]), check=True, env=variables
        )
        check = self.file["services"]["postgres"]["healthcheck"]["test"][1:]
        subprocess.run(check, check=True, env=variables, capture_output=True)


def _is_open_to_others() -> bool:
    """Return whether other users may read our interpreter and our sources."""
    ways = [Path(sys.executable).resolve(), BIN, ROOT / "cli"]
    return all(part.stat().st_mode & 0o001 for way in ways for part in (way, *way.parents))


def _of_image() -> dict[str, str]:
    text = (ROOT / "Dockerfile").read_text().rpartition("\nENV ")[2].partition("\nWORKDIR")[0]
    found = dict(each.split("=", 1) for each in shlex.split(text.replace("\\\n", " ")))
    return {name: found[name] for name in IMAGES_OWN}


def _variables(file: Path) -> dict[str, str]:
    lines = [each for each in file.read_text().splitlines() if each and not each.startswith("#")]
    return dict(each.split("=", 1) for each in lines)  # type: ignore[misc]


@contextmanager
def composed(
    folder: Path, *, scale: Mapping[str, int], more: Mapping[str, str]
) -> Iterator[Composed]:
    """Give the programs of a copy of the compose file's folder, with secrets of its own.

    ``more`` are settings that its operator adds to `watch.env`.
    """
    copy = folder / "compose"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("secrets"))
    subprocess.run([copy / "new-secrets.sh"], check=True)
    (copy / "secrets").chmod(0o755)  # Docker mounts the files; here they are where they are
    (copy / "scratch").mkdir()
    file = yaml.safe_load((copy / "compose.yaml").read_text())
    with programs() as started:
        yield Composed(copy, file, started, scale, more)


def wait_until(what: Any, why: str) -> Any:
    """Return the first true answer of what other programs do; fail with ``why`` if none comes."""
    deadline = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < deadline, why() if callable(why) else why
        time.sleep(0.5)
    return found
