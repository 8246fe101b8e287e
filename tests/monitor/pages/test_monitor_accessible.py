"""axe-core finds no serious fault on any page: light and dark, on a wide screen and on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from axe import serious_faults
from browsing import open_browser
from monitor_pages import GANDORIA
from monitor_pages import PAGES as ALWAYS_THERE
from monitor_stage import Clock, monitor_over
from playwright.sync_api import Browser

from services.evidence.verify_bundle import CERTIFICATE, open_bundle
from services.history.import_pages import ImportRequest, import_saved
from services.transparency.checkpoints import make_checkpoint

PAGES = (*ALWAYS_THERE, "/alerts/1")
SAMPLE = (*ALWAYS_THERE[::8], "/alerts/1")
"""Pages for the suite; the slow tier looks at every one."""
UNDECIDED = Path(__file__).parents[2] / "examples" / "us-state-hrr" / "builder-without-name.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


@pytest.fixture(scope="module")
def address(filled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A monitor in which everything has happened, a text that waits for a decision too."""
    home = tmp_path_factory.mktemp("accessible") / "home"
    shutil.copytree(filled_home, home)
    with monitor_over(home, Clock()) as (client, parts):
        import_saved(parts, ImportRequest((UNDECIDED,), "us-state-hrr"))
        make_checkpoint(parts)
        with parts.store.write() as unit:
            unit.outbox.bind(parts.now() + timedelta(days=9), 100, "localhost")
            unit.commit()
        yield str(client.base_url)


@pytest.mark.parametrize(
    ("width", "scheme", "paths"),
    [
        (400, "dark", SAMPLE),
        *(
            pytest.param(width, scheme, PAGES, marks=pytest.mark.slow)
            for width, scheme in product((1280, 400), ("light", "dark"))
        ),
    ],
    ids=lambda value: f"{len(value)} pages" if isinstance(value, tuple) else None,
)
def test_axe_finds_no_serious_fault_on_any_page(
    browser: Browser, address: str, width: int, scheme: str, paths: Sequence[str]
) -> None:
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    faults: list[str] = []
    for path in paths:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        faults += [f"{path}: {each}" for each in serious_faults(page)]
    context.close()
    assert faults == []


@pytest.mark.parametrize(("width", "scheme"), [*product((1280, 320), ("light", "dark"))])
def test_axe_finds_no_serious_fault_in_a_certificate(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    bundle = context.request.get(f"{address}{GANDORIA}/v/1/evidence.wacz")
    assert bundle.ok, bundle.text()
    page = context.new_page()
    page.set_content(open_bundle(bundle.body())[CERTIFICATE].decode())
    assert page.title().startswith("Certificate")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    faults = serious_faults(page)
    context.close()
    assert faults == []
