"""Time stamps (RFC 3161) of authorities over the text of a checkpoint: asked for, and verified.

A token says that the text existed by a time, and by its root every leaf below it. It is kept only
if it is of this text, answers our question, and its signature leads to a certificate that the
operator trusts for the authority.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapers.fetch.errors import FetchError
from services.assembly import Parts
from services.gates import hook_gate
from services.settings import Settings
from services.transparency.checkpoints import Head
from services.transparency.faults import StampFailed
from storage.transparency.logs import StoredToken

if TYPE_CHECKING:
    from rfc3161_client import TimeStampRequest
    from rfc3161_client.verify import Verifier

_HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}
NOT_INSTALLED = "time stamps need the extra `timestamps`: pip install 'reportwatch[timestamps]'"


@dataclass(frozen=True)
class Authority:
    """Who stamps: the address that is asked, and the file of the certificates that are trusted."""

    url: str
    certificates: Path


def authorities(settings: Settings) -> list[Authority]:
    """Return the authorities that are set."""
    pairs = [each.split(maxsplit=1) for each in settings.timestamps.split(",") if each.strip()]
    return [Authority(url, Path(file.strip())) for url, file in pairs]


def collect_stamps(parts: Parts, newest: Head) -> list[str]:
    """Ask each authority that has not stamped a checkpoint; return in words what went wrong."""
    faults = []
    for each in authorities(parts.settings):
        if newest.stored is None or newest.signed is None:
            break
        of = newest.stored.id
        with parts.store.read() as unit:
            is_there = any(one.authority == each.url for one in unit.logs.tokens(of))
        if is_there:
            continue
        try:
            token = _asked(parts, each, newest.signed.note.text.encode())
        except StampFailed as error:
            faults.append(f"{each.url}: {error}")
        else:
            _keep(parts, of, token)
    return faults


def _keep(parts: Parts, of: int, token: StoredToken) -> None:
    parts.store.transact(lambda unit: unit.logs.add_token(of, token))


def _asked(parts: Parts, authority: Authority, text: bytes) -> StoredToken:
    """Return an authority's token over a text; raises StampFailed."""
    question = _question(text)
    try:
        with closing(hook_gate(parts)) as gate:
            answer = gate.call(authority.url, _HEADERS, question.as_bytes())
    except FetchError as error:
        raise StampFailed(f"it does not answer: {error.reason}") from None
    if answer.status != 200:
        raise StampFailed(f"it answers {answer.status}")
    stamped_at = verified(answer.body, text, authority, question)
    return StoredToken(authority.url, answer.body, stamped_at)


def _question(text: bytes) -> TimeStampRequest:
    try:
        from rfc3161_client import TimestampRequestBuilder
        from rfc3161_client.base import HashAlgorithm
    except ImportError:
        raise StampFailed(NOT_INSTALLED) from None
    builder = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build()


def verified(
    answer: bytes, text: bytes, authority: Authority, question: TimeStampRequest | None = None
) -> datetime:
    """Return the time that an authority's answer proves for a text; raises StampFailed.

    With the ``question`` that was asked, the answer has to be to it.
    """
    try:
        from rfc3161_client import decode_timestamp_response
        from rfc3161_client.errors import VerificationError
    except ImportError:
        raise StampFailed(NOT_INSTALLED) from None
    try:
        token = decode_timestamp_response(answer)
        if token.status not in (0, 1):
            raise StampFailed(f"it refuses: {'; '.join(token.status_string)[:200]}")
        _verifier(authority, question).verify_message(token, text)
        return token.tst_info.gen_time.astimezone(UTC)
    except (VerificationError, ValueError) as error:
        raise StampFailed(f"its token cannot be verified: {error}") from None


def _verifier(authority: Authority, question: TimeStampRequest | None) -> Verifier:
    """Return what verifies an authority's tokens: roots are those that signed themselves."""
    from cryptography import x509
    from rfc3161_client import VerifierBuilder

    try:
        trusted = x509.load_pem_x509_certificates(authority.certificates.read_bytes())
    except (OSError, ValueError) as error:
        raise StampFailed(f"{authority.certificates} holds no certificates: {error}") from None
    builder = VerifierBuilder.from_request(question) if question else VerifierBuilder()
    for each in trusted:
        is_root = each.issuer == each.subject
        add = builder.add_root_certificate if is_root else builder.add_intermediate_certificate
        builder = add(each)
    return builder.build()
