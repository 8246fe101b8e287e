"""Put together what a citation of a stored version says."""

from __future__ import annotations

from reports.model.values import VersionView
from reports.wording.cited import Cited, cited_part
from scrapers.registry import institution_of, released_on
from storage.read.report_rows import ReportView


def cited_of(
    view: VersionView, held: ReportView, public_url: str, section: str = "", paragraph: int = 0
) -> Cited:
    """Return what is cited of a version of a report; raises NoSuchPart.

    An edition's day of release, where it is known, goes before the date in the page's metadata,
    which some pages got when they were moved.
    """
    name = view.report
    return Cited(
        view,
        cited_part(view.reading, section, paragraph),
        institution_of(name.source),
        released_on(name.source, name.edition) or held.published_on,
        public_url,
    )
