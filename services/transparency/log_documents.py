"""The log as the JSON document that commands print."""

from __future__ import annotations

from documents.transparency import (
    CosignatureDocument,
    LogDocument,
    checkpoint_fields,
    ended_logs,
    time_stamps,
)
from reports.wording.citation import stamp
from services.transparency.reading import LogView


def log_document(view: LogView, faults: tuple[str, ...] = ()) -> LogDocument:
    """Return how the log stands; ``faults`` is what others did not sign just now."""
    size, root = checkpoint_fields(view.signed.checkpoint if view.signed else None)
    return LogDocument(
        origin=view.log.origin if view.log else None,
        key=view.log.vkey if view.log else None,
        size=size,
        root=root,
        signed_at=stamp(view.newest.signed_at) if view.newest else None,
        waiting=view.waiting,
        checkpoint=view.newest.note if view.newest else None,
        witnesses=[
            CosignatureDocument(
                witness=each.name,
                key=each.vkey,
                address=each.url,
                cosigned_at=stamp(each.cosigned_at) if each.cosigned_at else None,
            )
            for each in view.witnesses
        ],
        timestamps=time_stamps(view.tokens, view.unstamped),
        ended=ended_logs(view.ended),
        faults=list(faults),
    )
