"""What the linters of others say of the files for other machines; one that is missing is named.

`make linters` installs those that the package index has into .venv-linters.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from shipped import BASE, COMPOSE, FOLDER, ROOT, SYSTEMD, TRIAL, WORKLOADS, boxes_of, pod_of

PATH = os.pathsep.join((str(ROOT / ".venv-linters" / "bin"), os.environ["PATH"], "/usr/sbin"))
MOST_EXPOSED = 2.0
"""Of 10, by `systemd-analyze security`; the units have 1.4."""

SCHEMAS = ("1.30", "1.33", "1.37")
"""Versions of Kubernetes whose schemas the manifests are held against."""


def found(*names: str) -> str:
    """Return the first of these programs that is installed; skip the test if none is."""
    for name in names:
        if program := shutil.which(name, path=PATH):
            return program
    pytest.skip(f"{' or '.join(names)} is not installed: see `make linters`")


def said(command: Sequence[str | Path], folder: Path = ROOT) -> str:
    """Run a linter to its end and return what it said; fail with that if it found a fault."""
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of deployments/ with secrets made, as a person has it."""
    copy = tmp_path_factory.mktemp("shipped") / "deployments"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("secrets", "__pycache__"))
    for each in (COMPOSE, TRIAL):
        subprocess.run(
            [copy / "compose" / "new-secrets.sh", copy / each.relative_to(FOLDER) / "secrets"],
            check=True,
        )
    return copy


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    assert said([found("hadolint"), ROOT / "Dockerfile"]) == ""


def test_yamllint_finds_nothing() -> None:
    rules = FOLDER / ".yamllint.yaml"
    assert said([found("yamllint"), "--strict", "-c", rules, FOLDER]) == ""


def test_docker_compose_understands_the_file(shipped: Path) -> None:
    program = found("docker-compose")
    for profile in ([], ["--profile", "trial"]):
        config = said([program, *profile, "config"], shipped / "compose")
        services = yaml.safe_load(config)["services"]
        assert len(services) == 10 + bool(profile)
        assert services["worker"]["environment"]["REPORTWATCH_SECRET"]
        assert "warn" not in said([program, *profile, "config", "--quiet"], shipped / "compose")


def built(shipped: Path, program: str, folder: Path) -> str:
    """Return what kustomize makes of a folder."""
    words = [program, "kustomize"] if program.endswith("kubectl") else [program, "build"]
    return said([*words, shipped / folder.relative_to(FOLDER)])


def test_kustomize_builds_pods_that_the_restricted_standard_admits(shipped: Path) -> None:
    program = found("kustomize", "kubectl")
    declared = list(yaml.safe_load_all(built(shipped, program, TRIAL)))
    assert len(declared) == 41
    pods = {e["metadata"]["name"]: pod_of(e) for e in declared if e["kind"] in WORKLOADS}
    assert len(pods) == 10
    assert sum(len(boxes_of(pod)) for pod in pods.values()) >= 10
    for name, pod in pods.items():
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] > 0, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for box in boxes_of(pod):
            assert box["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
    kinds = [each["kind"] for each in declared]
    assert kinds.count("PodDisruptionBudget") == 3


def test_the_manifests_keep_to_the_schemas_of_kubernetes(shipped: Path, tmp_path: Path) -> None:
    validate, kubectl = found("kubernetes-validate"), found("kustomize", "kubectl")
    for folder in (BASE, TRIAL):
        whole = tmp_path / f"{folder.name}.yaml"
        whole.write_text(built(shipped, kubectl, folder))
        for version in SCHEMAS:
            told = said([validate, "-k", version, "--strict", whole])
            assert told.count(" passed for resource ") == whole.read_text().count("\nkind: ")


@pytest.mark.parametrize("unit", sorted(SYSTEMD.glob("*.service")), ids=lambda each: each.name)
def test_systemd_understands_the_unit_and_finds_it_confined(unit: Path, tmp_path: Path) -> None:
    program = found("systemd-analyze")
    # Where it is installed is not here: any program there is, stands for it.
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.M)
    copy = tmp_path / unit.name.replace("@", "@8091")
    copy.write_text(text)
    assert said([program, "verify", copy]) == ""
    told = said(
        [program, "security", "--offline=yes", f"--threshold={MOST_EXPOSED * 10:.0f}", copy]
    )
    (exposed,) = re.findall(r"exposure level for \S+: (\d+\.\d)", told)
    assert 0 < float(exposed) <= MOST_EXPOSED


def test_nginx_understands_its_configuration(shipped: Path, tmp_path: Path) -> None:
    program = found("nginx")
    folder = shipped / "compose"
    text = (folder / "nginx.conf").read_text()
    for name in ("certificate", "key"):
        assert text.count(f"/run/secrets/{name};") == 1
        text = text.replace(f"/run/secrets/{name};", f"{folder}/secrets/{name}.pem;")
    assert text.count("http://monitor:8080") == 1
    settings = tmp_path / "nginx.conf"
    settings.write_text(text.replace("http://monitor:8080", "http://127.0.0.1:8080"))
    assert "test is successful" in said([program, "-t", "-c", settings])
