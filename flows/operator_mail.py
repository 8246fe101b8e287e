"""Tell the operator, by mail, of what should be seen to."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage

from alerts.failures import DeliveryFailure
from alerts.mail import Postman, new_email
from alerts.operator_mail import compose_alarms, message_id_of
from flows.assembly import Parts
from flows.carriers import mail_domain, smtp_server
from reports.alarm import Alarm


def tell_operator(parts: Parts) -> tuple[int, str]:
    """Send one mail about the alarms no mail has told of; a failure leaves them for the next.

    Returns how many mails were sent, and why none could be (``""``: nothing went wrong).
    """
    settings = parts.settings
    if not (settings.operator and settings.smtp_url):
        return 0, ""
    with parts.store.read() as unit:
        alarms = unit.alarms.untold()
    if not alarms:
        return 0, ""
    try:
        with Postman(smtp_server(settings)) as postman:
            postman.send(_operator_mail(parts, alarms))
    except DeliveryFailure as error:
        return 0, f"the operator could not be told of {len(alarms)} alarm(s): {error.reason}"
    with parts.store.write() as unit:
        unit.alarms.told([each.id for each in alarms], parts.now())
        unit.commit()
    return 1, ""


def _operator_mail(parts: Parts, alarms: Sequence[Alarm]) -> EmailMessage:
    settings, now = parts.settings, parts.now()
    return new_email(
        compose_alarms(alarms, public_url=settings.public_url, now=now),
        mail_from=settings.mail_from,
        to=settings.operator,
        date=now,
        message_id=message_id_of(alarms, mail_domain(settings)),
    )
