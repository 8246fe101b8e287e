"""Answer with a document to be saved and filed."""

from __future__ import annotations

from fastapi.responses import Response

from exhibits.docx import MEDIA_TYPE


def document(made: bytes, name: str) -> Response:
    """Give a DOCX file to save; ``name`` is a report's, or what it is compared with as well."""
    file = f"{name.replace('/', '-')}.docx"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(made, media_type=MEDIA_TYPE, headers=headers)
