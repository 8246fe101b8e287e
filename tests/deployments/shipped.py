"""The files under deployments/ for other machines, as programs: commands and variables by place."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deployments"
COMPOSE = FOLDER / "compose"
KUBERNETES = FOLDER / "kubernetes"
BASE, TRIAL = KUBERNETES / "base", KUBERNETES / "overlays" / "trial"
SYSTEMD = FOLDER / "systemd"
WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")


@dataclass(frozen=True)
class Shipped:
    """A command that a file names, with the variables that the file gives it."""

    place: str
    command: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)


def variables_of(file: Path) -> dict[str, str]:
    """Return the variables of an environment file."""
    lines = [each for each in file.read_text().splitlines() if each and not each.startswith("#")]
    return dict(each.split("=", 1) for each in lines)  # type: ignore[misc]


def compose() -> dict[str, Any]:
    """Return the compose file, its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text())
    return found


def of_compose() -> Iterator[Shipped]:
    """Give each service's command and each health check's, with the file's own variables."""
    for name, service in compose()["services"].items():
        variables = dict(service.get("environment", {}))
        yield Shipped(f"compose {name}", tuple(service["command"]), variables)
        check = service.get("healthcheck", {}).get("test")
        if check:
            assert check[0] == "CMD", name
            yield Shipped(f"compose {name} health", tuple(check[1:]))


def manifests() -> list[dict[str, Any]]:
    """Return what the manifests of the base and of the trial declare."""
    files = [*sorted(BASE.glob("*.yaml")), *sorted(TRIAL.glob("*.yaml"))]
    found = [each for file in files for each in yaml.safe_load_all(file.read_text())]
    return [each for each in found if each["kind"] != "Kustomization"]


def pod_of(workload: dict[str, Any]) -> dict[str, Any]:
    """Return the pod that a workload makes."""
    spec = workload["spec"]
    template = (
        spec["jobTemplate"]["spec"]["template"] if "jobTemplate" in spec else spec["template"]
    )
    pod: dict[str, Any] = template["spec"]
    return pod


def boxes_of(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the containers of a pod, those before the others first."""
    return [*pod.get("initContainers", []), *pod["containers"]]


def of_kubernetes() -> Iterator[Shipped]:
    """Give each container's command and each probe's."""
    for each in manifests():
        if each["kind"] not in WORKLOADS:
            continue
        for box in boxes_of(pod_of(each)):
            place = f"kubernetes {each['metadata']['name']}/{box['name']}"
            variables = {one["name"]: one["value"] for one in box.get("env", [])}
            yield Shipped(place, tuple(box.get("command") or box["args"]), variables)
            for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
                if probe := box.get(kind, {}).get("exec"):
                    yield Shipped(f"{place} {kind}", tuple(probe["command"]))


def of_systemd() -> Iterator[Shipped]:
    """Give each unit's command."""
    for file in sorted(SYSTEMD.glob("*.service")):
        lines = file.read_text().replace("\\\n", " ").splitlines()
        variables: dict[str, str] = {}
        for line in lines:
            if line.startswith("Environment="):
                pairs = shlex.split(line.removeprefix("Environment="))
                variables |= dict(each.split("=", 1) for each in pairs)  # type: ignore[misc]
        (start,) = (each for each in lines if each.startswith("ExecStart="))
        program, *rest = shlex.split(start.removeprefix("ExecStart="))
        yield Shipped(f"systemd {file.name}", (Path(program).name, *rest), variables)


def of_image() -> Iterator[Shipped]:
    """Give the image's own command and its health check."""
    for line in (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines():
        words = line.strip()
        if words.startswith("HEALTHCHECK"):
            yield Shipped("image health", tuple(yaml.safe_load(words.partition(" CMD ")[2])))
        elif words.startswith("CMD "):
            yield Shipped("image", tuple(yaml.safe_load(words.removeprefix("CMD "))))


def every_command() -> list[Shipped]:
    """Return every command that any of the files names."""
    return [*of_compose(), *of_kubernetes(), *of_systemd(), *of_image()]


def environment_files() -> list[Path]:
    """Return the environment files that are shipped; those of secrets are made by a script."""
    return sorted([*COMPOSE.glob("*.env"), *BASE.glob("*.env")])
