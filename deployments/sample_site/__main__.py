"""Run the sample site by itself: ``python -m deployments.sample_site``."""

from __future__ import annotations

import argparse
import sys

from deployments.sample_site.noise import NoiseLevel
from deployments.sample_site.server import STEP_PATH, run
from deployments.sample_site.site import SampleSite
from deployments.sample_site.timeline import load_timeline


def main() -> int:
    """Serve until interrupted or terminated; return the exit code."""
    chosen = _arguments()
    site = SampleSite(chosen.step, chosen.noise, chosen.scale)

    def greet(origin: str) -> None:
        sys.stdout.write(_greeting(site, origin))
        sys.stdout.flush()

    try:
        run(site, chosen.port, greet)
    except OSError as error:
        sys.stderr.write(f"Port {chosen.port} cannot be used ({error}); try --port 0.\n")
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    steps = load_timeline().steps
    parser = argparse.ArgumentParser(
        prog="python -m deployments.sample_site",
        description="Serve the fictional report site on the loopback interface.",
    )
    parser.add_argument("--port", type=int, default=8810, help="0 takes a free one")
    parser.add_argument("--step", type=int, default=0, choices=range(len(steps)))
    parser.add_argument("--noise", default="some", choices=[level.value for level in NoiseLevel])
    parser.add_argument("--scale", type=int, default=0, help="reports of the load edition, 2021")
    return parser.parse_args()


def _greeting(site: SampleSite, origin: str) -> str:
    return (
        f"Sample site at {origin}/country-reports-on-civic-conditions/, step {site.step} "
        f"({site.timeline.steps[site.step].name}).\n"
        f"Move it with: curl -d 2 {origin}{STEP_PATH}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
