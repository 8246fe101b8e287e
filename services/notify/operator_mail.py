"""Notify the operator, by mail, of what should be seen to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage

from alerts.failures import DeliveryFailure
from alerts.mail import Postman, new_email
from alerts.operator_mail import compose_alarms, message_id_of
from reports.text.plain import counted
from reports.watch.alarm import Alarm
from scrapers.registry import short_names
from services.assembly import Parts
from services.notify.channels import smtp_server

AT_MOST_EVERY = timedelta(minutes=15)
AGAIN_AFTER = timedelta(days=3)
"""An alarm that lasts is mailed again after so long, not at every check."""

MAILED_PULSE = "operator-mail"


def mail_operator(parts: Parts) -> tuple[int, str]:
    """Send one mail about all that is new, has lasted for long, or is over.

    At most one in a quarter of an hour: what comes sooner goes into the next. A failure leaves all
    for the next. Returns how many mails were sent, and why none could be (``""``: all is well).
    """
    settings, now = parts.settings, parts.now()
    if not (settings.operator and settings.smtp_url):
        return 0, ""
    with parts.store.read() as unit:
        last = unit.heartbeats.last(MAILED_PULSE)
        if last is not None and now - last < AT_MOST_EVERY:
            return 0, ""
        alarms = [*unit.alarms.unreported(), *unit.alarms.to_repeat(now - AGAIN_AFTER)]
        over = unit.alarms.over()
    if not (alarms or over):
        return 0, ""
    try:
        with Postman(smtp_server(settings), settings.smtp_seconds) as postman:
            postman.send(_operator_mail(parts, alarms, over))
    except DeliveryFailure as error:
        many = counted(len(alarms), "alarm")
        return 0, f"the operator could not be notified of {many}: {error.reason}"
    with parts.store.write() as unit:
        unit.alarms.mark_reported([each.id for each in (*alarms, *over)], parts.now())
        unit.heartbeats.beat(MAILED_PULSE, now)
        unit.commit()
    return 1, ""


def _operator_mail(parts: Parts, alarms: Sequence[Alarm], over: Sequence[Alarm]) -> EmailMessage:
    """Write the mail, which differs from readers' in its sender's name and its list."""
    settings, now = parts.settings, parts.now()
    domain = settings.mail_domain
    email = new_email(
        compose_alarms(
            alarms, over, public_url=settings.public_url, short_names=short_names(), now=now
        ),
        mail_from=settings.mail_from,
        name="reportwatch for operators",
        to=settings.operator,
        date=now,
        message_id=message_id_of((*alarms, *over), domain, now),
    )
    email["List-Id"] = f"reportwatch operators <operators.reportwatch.{domain}>"
    return email
