"""Pages on which people subscribe, confirm and change what they are told of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from monitor.doors.allowance import ask_within_allowance
from monitor.doors.forms import Fields, SentForm, check_form
from monitor.doors.gatekeeper import policy
from monitor.layout.subscription_form import (
    Given,
    SubscriptionForm,
    country_texts,
    lay_out_form,
    time_zones,
)
from monitor.web.links import list_path, report_path
from monitor.web.routing import OpenParts, add_page, page
from monitor.web.visitor import visitor
from reports.model.identity import ReportId
from reports.notices.subscription import FILTER_LISTS, Subscription, SubscriptionFilter
from reports.notices.timing import BadTiming
from services.assembly import Parts
from services.notify import sign_up
from services.notify.sign_up import BadAddress, CannotAsk, NoSuchLetter, TooMany
from services.notify.subscription_filter import (
    BadFilter,
    Timing,
    in_words,
    read_filter,
    standing_words,
)
from services.settings import Settings
from services.signing import is_signed, signature

LongText = Annotated[str, Query(max_length=1024)]
Letter = Annotated[int, Query(ge=1, le=2**31 - 1)]
Several = Annotated[list[str] | None, Query(max_length=50)]


@dataclass(frozen=True)
class Held:
    """One subscription on its owner's page."""

    id: int
    words: str
    standing: str = ""  # of a watched passage, with its note and where its report is shown
    note: str = ""
    path: str = ""

    @classmethod
    def of(cls, one: Subscription) -> Held:
        """Return a subscription as its owner sees it."""
        passage, words = one.filter.passage, in_words(one.filter)
        if passage is None:
            return cls(one.id, words)
        path = report_path(ReportId.parse(passage.report))
        return cls(one.id, words, standing_words(one), passage.note, path)


def subscription_router() -> APIRouter:
    """Return the routes of subscriptions."""
    router = APIRouter()
    add_page(router, "/subscribe", ask_page)
    add_page(router, "/confirm", confirm_page, takes_any=True)
    add_page(router, "/manage", manage_page, takes_any=True)
    posted: dict[str, Callable[..., Any]] = {
        "/subscribe": ask,
        "/confirm": confirm,
        "/manage": manage,
    }
    for path, endpoint in posted.items():
        router.add_api_route(path, endpoint, methods=["POST"], include_in_schema=False)
    return router


def ask_page(
    parts: OpenParts,
    country: Several = None,
    source: Several = None,
    region: Several = None,
    topic: Several = None,
    edition: Several = None,
    kind: Several = None,
) -> HTMLResponse:
    """Show the form; what a link names of a page is chosen already."""
    named = (country, source, region, topic, edition, kind)
    fields = ("countries", "sources", "regions", "topics", "editions", "kinds")
    return _form(parts, {field: each or [] for field, each in zip(fields, named, strict=True)})


def ask(parts: OpenParts, request: Request, form: Fields) -> HTMLResponse:
    """Ask the address's owner to confirm; the answer is the same whether it is known or not."""
    check_form(request, form)
    address = form.one("address").strip()
    is_vouched = form.one("vouched") == "yes" and visitor().may_operate
    secret = ""
    try:
        if is_vouched:
            made = sign_up.subscribe(parts, address, _filter(form), _timing(form))
            secret = made.secret
        else:
            ask_within_allowance(parts, request, address, _filter(form), _timing(form))
    except TooMany as error:
        return _form(parts, form.fields, str(error), 429)
    except (BadAddress, BadFilter, BadTiming, CannotAsk) as error:
        return _form(parts, form.fields, str(error), 400)
    return page(
        "subscribed.html", "/subscribe", address=address, is_vouched=is_vouched, secret=secret
    )


def _form(parts: Parts, given: Given, fault: str = "", status: int = 200) -> HTMLResponse:
    made = page(
        "subscribe.html",
        "/subscribe",
        given=given,
        form=_laid_out(parts, given),
        zones=time_zones(),
        fault=fault,
        can_ask=bool(parts.settings.public_url and parts.settings.smtp_url),
    )
    made.status_code = status
    made.headers["Content-Security-Policy"] = policy(script_src="'self'")
    return made


def _laid_out(parts: Parts, given: Given) -> SubscriptionForm:
    with parts.store.read() as unit:
        stored = unit.reports.sources()
        codes = unit.reports.places()
    separate = {**given, "countries": country_texts(given.get("countries", ()))}
    return lay_out_form(separate, codes, stored)


def confirm_page(parts: OpenParts, letter: Letter, token: LongText = "") -> HTMLResponse:
    """Show what is to be confirmed; programs that follow links in mails change nothing."""
    _check(parts.settings, "confirm", str(letter), token)
    try:
        asked = sign_up.read_letter(parts, letter)
    except NoSuchLetter:
        _refuse_used()
    action = list_path("/confirm", letter=letter, token=token)
    return page("confirm.html", "", asked=asked, action=action, is_done=False)


def confirm(parts: OpenParts, letter: Letter, token: LongText = "") -> HTMLResponse:
    """Confirm; can be repeated safely."""
    _check(parts.settings, "confirm", str(letter), token)
    try:
        asked = sign_up.read_letter(parts, letter)
        address = sign_up.confirm(parts, letter)
    except NoSuchLetter:
        _refuse_used()
    except BadFilter as error:
        raise HTTPException(400, f"{error}.") from None
    manage = list_path(
        "/manage", address=address, token=signature(parts.settings, "manage", address)
    )
    return page("confirm.html", "", asked=asked, action=manage, is_done=True)


def manage_page(parts: OpenParts, address: LongText, token: LongText = "") -> HTMLResponse:
    """Show what an address is told of and when, with what changes it."""
    _check(parts.settings, "manage", address, token)
    return _managing(parts, address, token)


def manage(parts: OpenParts, form: Fields, address: LongText, token: LongText = "") -> Response:
    """Change what an address's owner asks: a filter less or more, or the times."""
    _check(parts.settings, "manage", address, token)
    try:
        if number := form.one("drop"):
            sign_up.drop_own(parts, address, int(number) if number.isdecimal() else 0)
        elif form.one("do") == "times":
            sign_up.change_timing(parts, address, _timing(form))
        elif form.one("do") == "add":
            sign_up.add_own(parts, address, _filter(form))
    except (BadFilter, BadTiming) as error:
        return _managing(parts, address, token, str(error), 400, form.fields)
    return RedirectResponse(list_path("/manage", address=address, token=token), 303)


def _managing(
    parts: Parts,
    address: str,
    token: str,
    fault: str = "",
    status: int = 200,
    given: Given | None = None,
) -> HTMLResponse:
    sent = given or {}
    with parts.store.read() as unit:
        reader = unit.subscribers.named(address)
        held = unit.subscriptions.all(address)
    if reader is None:
        raise HTTPException(404, "This address has been deleted; nothing is sent to it.")
    leave = signature(parts.settings, "unsubscribe", address)
    first, _, last = reader.quiet_hours.partition("-")
    stored = {"time_zone": [reader.time_zone], "digest_hour": [str(reader.digest_hour)]}
    stored |= {"quiet_from": [first], "quiet_to": [last]}
    made = page(
        "manage.html",
        "",
        reader=reader,
        held=list(map(Held.of, held)),
        action=list_path("/manage", address=address, token=token),
        leave=list_path("/unsubscribe", address=address, token=leave),
        fault=fault,
        given={**stored, **sent},
        form=_laid_out(parts, sent),
        zones=time_zones(),
    )
    made.status_code = status
    return made


def _filter(form: SentForm) -> SubscriptionFilter:
    lists = {name: form.all(name) for name in FILTER_LISTS}
    lists["countries"] = country_texts(lists["countries"])
    lists["sections"] = [each for text in form.all("sections") for each in text.split(",")]
    words = {"least": form.one("least", "minor"), "every": form.one("every", "now")}
    return read_filter({**lists, **words})


def _timing(form: SentForm) -> Timing:
    hour = form.one("digest_hour", "6")
    first, last = form.one("quiet_from"), form.one("quiet_to")
    return Timing(
        time_zone=form.one("time_zone", "UTC").strip() or "UTC",
        digest_hour=int(hour) if hour.isdecimal() and len(hour) < 3 else -1,
        quiet_hours=f"{first}-{last}" if first or last else "",
    )


def _check(settings: Settings, purpose: str, text: str, token: str) -> None:
    """Refuse a link that was not made here for this purpose."""
    if not text or not is_signed(settings, purpose, text, token):
        raise HTTPException(
            403,
            "This link is not valid: it may have been cut short or changed. Open the link from "
            "the newest message again.",
        )


def _refuse_used() -> NoReturn:
    raise HTTPException(
        410, "This link is too old, or the address has been deleted meanwhile. Subscribe again."
    )
