"""Send alerts, and have pages saved, once they are due: from inside the runner's process."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import Any

from anyio import to_thread
from prefect import tags
from prefect.client.schemas.objects import State

from flows.deliver import deliver_flow
from flows.reconcile import COURIER_TAG
from services.assembly import Parts
from services.history.save_pages import save_pages
from services.notify.delivery import deliver
from services.waiting import rest

ASK_SECONDS = 1.0
"""How often the outbox is asked whether something is due."""

REST_SECONDS = 60.0
"""How long to wait after a delivery that failed or moved nothing, lest it be tried every second."""

ALARM_SECONDS = timedelta(seconds=60)
"""How long after it was raised an alarm is mailed from here."""

log = logging.getLogger(__name__)


async def deliver_when_due(parts: Parts, stop: asyncio.Event) -> None:
    """Deliver what is due, every time something is, until ``stop`` is set."""
    if not parts.settings.smtp_url:
        log.warning("REPORTWATCH_SMTP_URL is not set: mails are kept, and sent once it is")
    while not stop.is_set():
        wait = ASK_SECONDS
        try:
            if await to_thread.run_sync(partial(_has_due, parts)) and not await _deliver(parts):
                wait = REST_SECONDS
        except Exception:
            log.exception("alerts could not be delivered; trying again in %d s", REST_SECONDS)
            wait = REST_SECONDS
        await rest(stop, wait)


async def save_when_due(parts: Parts, stop: asyncio.Event) -> None:
    """Have the Internet Archive save what changed, if that is set, until ``stop`` is set."""
    while parts.settings.wayback_save and not stop.is_set():
        wait = ASK_SECONDS
        try:
            await to_thread.run_sync(partial(save_pages, parts))
        except Exception:
            log.exception("pages could not be saved; trying again in %d s", REST_SECONDS)
            wait = REST_SECONDS
        await rest(stop, wait)


def _has_due(parts: Parts) -> bool:
    """Return whether to deliver; an alarm not mailed at once is left to the scheduled delivery."""
    now = parts.now()
    with parts.store.read() as unit:
        if unit.outbox.has_due(now, with_mail=bool(parts.settings.smtp_url)):
            return True
        return bool(
            parts.settings.operator and parts.settings.smtp_url
        ) and unit.alarms.has_unreported(now - ALARM_SECONDS)


async def _deliver(parts: Parts) -> bool:
    """Deliver as a flow run, without one if Prefect does not answer; return if anything moved."""
    try:
        state = await to_thread.run_sync(_run_flow)
        if state.is_cancelled():
            return True  # enough deliveries are at it
        counts: dict[str, int] = await state.aresult()
    except Exception as error:
        log.warning("no deliver flow (%s); delivering without", error)
        counts = (await to_thread.run_sync(partial(deliver, parts))).document.as_json()
    return any(counts.values())


def _run_flow() -> State[Any]:
    """Run the flow in a loop of its own.

    Prefect's engine asks its server for some things without awaiting the answer: a server that
    hangs would hold the runner's loop, whose pulse, runs and deliveries then seem to hang as well.
    """

    async def run() -> State[Any]:
        with tags(COURIER_TAG):
            return await deliver_flow(return_state=True)

    return asyncio.run(run())
