"""Put the monitor together: routes, gatekeeper, and one page for everything that goes wrong."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from functools import cache

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as RoutingError

from monitor.api.changes import change_api_router
from monitor.api.description import describe
from monitor.api.operating import operating_api_router
from monitor.api.reports import report_api_router
from monitor.api.subscriptions import subscription_api_router
from monitor.doors.access_log import AccessLog
from monitor.doors.allowance import Allowance
from monitor.doors.authentication import Reception
from monitor.doors.gatekeeper import SECURITY_HEADERS, Gatekeeper
from monitor.doors.login import login_router
from monitor.endpoints.canary_arrival import canary_router
from monitor.endpoints.feeds import feed_router
from monitor.endpoints.log_files import log_file_router
from monitor.endpoints.probes import probe_router
from monitor.pages.alarms import alarm_router
from monitor.pages.appearance import appearance_router
from monitor.pages.captured import captured_router
from monitor.pages.changes import change_router
from monitor.pages.cite import cite_router
from monitor.pages.comparisons import comparison_router
from monitor.pages.evidence import evidence_router
from monitor.pages.log import log_router
from monitor.pages.messages import messages_router
from monitor.pages.outbox import outbox_router
from monitor.pages.overview import overview_router
from monitor.pages.readers import reader_router
from monitor.pages.report import report_router
from monitor.pages.report_lists import report_list_router
from monitor.pages.reviews import review_router
from monitor.pages.runs import run_router
from monitor.pages.search import search_router
from monitor.pages.settings import settings_router
from monitor.pages.sources import source_router
from monitor.pages.start_run import running_router
from monitor.pages.subscriptions import subscription_router
from monitor.pages.topics import topic_router
from monitor.pages.unsubscribe import unsubscribe_router
from monitor.pages.watching import watching_router
from monitor.web.corrections import answer_nearly
from monitor.web.countries import UnknownCountry
from monitor.web.problems import MOST_REPEATED, answer_problem
from monitor.web.rendering import FOLDER
from reports.text.plain import one_line
from services.assembly import Parts, ensure_home, open_parts
from services.logs import log_to_standard_error
from services.settings import load_settings
from storage.database.errors import NotStorable, StorageError

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_log = logging.getLogger(__name__)


def create_app(parts: Parts) -> FastAPI:
    """Return the monitor over open parts, which stay the caller's to close."""
    return _assemble(parts, None)


def app_from_environment() -> FastAPI:
    """Return the monitor made from the settings (uvicorn's ``--factory``).

    Raises services.settings.BadSetting or storage.database.errors.DatabaseUnusable.
    """
    settings = load_settings()
    log_to_standard_error(settings.log_format, settings.log_level, {"monitor": "INFO"})
    ensure_home(settings.home)
    closing = ExitStack()
    parts = closing.enter_context(open_parts(settings))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with closing:
            gc.collect()
            gc.freeze()  # what is loaded by now stays: to search it held up a page by 0.1 seconds
            yield

    return _assemble(parts, lifespan)


def _assemble(parts: Parts, lifespan: Lifespan | None) -> FastAPI:
    app = FastAPI(
        title="reportwatch",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # they would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.openapi = lambda: describe(app)  # type: ignore[method-assign] # as FastAPI's manual has it
    app.state.parts = parts
    app.state.reception = Reception(parts)
    app.state.letters = Allowance()
    keeping_pages = (overview_router(), topic_router(), source_router(), feed_router())
    for router in (*stateless_routers(), *keeping_pages):
        app.include_router(router)
    app.mount(
        "/static", StaticFiles(directory=FOLDER / "static", packages=[("exhibits", "static")])
    )
    app.add_middleware(
        Gatekeeper, reception=app.state.reception, public_url=parts.settings.public_url
    )
    app.add_middleware(AccessLog)
    app.add_exception_handler(RoutingError, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_bad_request)
    app.add_exception_handler(StorageError, _on_storage)
    app.add_exception_handler(NotStorable, _on_odd_value)
    app.add_exception_handler(Exception, _on_fault)
    return app


@cache
def stateless_routers() -> tuple[APIRouter, ...]:
    """Return the routes that keep nothing: one set serves every application of a process.

    To make it takes a quarter of a second: FastAPI makes a model of each parameter.
    """
    makers = (
        report_list_router,
        change_router,
        report_router,
        captured_router,
        cite_router,
        evidence_router,
        appearance_router,
        comparison_router,
        search_router,
        unsubscribe_router,
        canary_router,
        login_router,
        running_router,
        run_router,
        review_router,
        alarm_router,
        outbox_router,
        messages_router,
        reader_router,
        settings_router,
        probe_router,
        log_router,
        log_file_router,
        subscription_router,
        watching_router,
        subscription_api_router,
        report_api_router,
        change_api_router,
        operating_api_router,
    )
    return tuple(routes() for routes in makers)


_PLAIN = {
    404: "There is no page at this address.",
    405: "This page can be read, but not changed.",
}


def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, RoutingError)
    if isinstance(error, HTTPException) and (page := answer_nearly(request, error)):
        return page
    text = str(error.detail)
    if not isinstance(error, HTTPException):  # the router's own, in the words of the protocol
        text = _PLAIN.get(error.status_code, text)
    alike = error.alike if isinstance(error, UnknownCountry) else ()
    return _answer(request, error.status_code, text, error.headers, alike)


def _on_bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fault = error.errors()[0]
    where, *names = fault["loc"]
    if where == "path":
        return _answer(request, 404, _PLAIN[404])
    name = one_line(".".join(map(str, names)), MOST_REPEATED)
    return _answer(request, 400, f"{name} cannot be used: {one_line(fault['msg'], MOST_REPEATED)}.")


def _on_storage(request: Request, error: Exception) -> Response:
    _log.error("%s", error)
    text = "The database does not answer; the monitor's log says why. Try again in a minute."
    return _answer(request, 503, text)


def _on_odd_value(request: Request, error: Exception) -> Response:
    text = str(error)
    return _answer(request, 400, f"{text[:1].upper()}{text[1:]}.")


def _on_fault(request: Request, error: Exception) -> Response:
    """Answer for a fault of the program; this answer passes no middleware."""
    _log.error("this is a fault of the program", exc_info=error)
    text = "This is a fault of the program; its log says more."
    return _answer(request, 500, text, SECURITY_HEADERS)


def _answer(
    request: Request, status: int, text: str, headers: object = None, alike: Sequence[str] = ()
) -> Response:
    more = dict(headers) if isinstance(headers, dict) else None
    return answer_problem(request.url.path, status, text, more, alike=alike)
