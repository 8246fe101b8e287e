"""What stands around reports: taken down with each page, concluded on once, on both databases."""

from __future__ import annotations

from archive import SOURCE, Archive

from reports.watch.frame import ALWAYS, Conclusion, FramePart
from reports.watch.surroundings import Surrounding, Surroundings
from storage.record.attempts import Recording
from storage.watch.locations import Sighting
from storage.watch.surroundings import PageSurroundings

TEXT = "Belvaria is a monarchy."
COUNTRIES = ("XAB", "XAC", "XAD", "XAE")
WITHDRAWN, STRIKE = "This report is withdrawn.", "The lamp office is on strike."


def around(*texts: str) -> Surroundings:
    return {each: Surrounding(each[:16], "@box", each) for each in texts}


def page(archive: Archive, country: str, *texts: str) -> Sighting:
    keyed = {each.key: each for each in around("Lamps", *texts).values()}
    body = f"<html>{country}{texts}</html>".encode()
    return archive.sees(TEXT, country, body=body, surroundings=keyed)


def pages(archive: Archive, *texts: str) -> list[Sighting]:
    return [page(archive, each, *texts) for each in COUNTRIES]


def conclude(archive: Archive) -> Conclusion:
    order = Recording(SOURCE, archive.run_id, 1, "2024", is_baseline=False, is_silent=False)
    with archive.store.write() as unit:
        found = unit.notices(order).conclude()
        unit.commit()
    return found


def noted(archive: Archive, country: str = "XAB") -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    with archive.store.read() as unit:
        found = unit.changes.find(kinds=["noted"])
    return [
        (each.notes_added, each.notes_removed)
        for each in found[::-1]
        if each.report.country == country
    ]


def test_the_first_look_is_the_baseline(archive: Archive) -> None:
    archive.run(*pages(archive, WITHDRAWN))
    assert conclude(archive) == Conclusion()
    assert archive.kinds() == ["published"] * 4


def test_a_notice_is_recorded_once_with_its_alert(archive: Archive) -> None:
    archive.run(*pages(archive))
    archive.subscribe()
    archive.run(page(archive, "XAB", WITHDRAWN), *pages(archive)[1:])
    assert noted(archive) == []  # only the run as a whole shows it
    conclude(archive)
    assert noted(archive) == [((WITHDRAWN,), ())]
    assert archive.alerts() == [("ann@law.example", "noted")]
    assert conclude(archive) == Conclusion()
    archive.run(page(archive, "XAB", WITHDRAWN), *pages(archive)[1:])
    assert conclude(archive) == Conclusion()
    archive.run(*pages(archive))
    conclude(archive)
    assert noted(archive) == [((WITHDRAWN,), ()), ((), (WITHDRAWN,))]


def test_what_came_and_went_before_anything_was_concluded_is_nothing(archive: Archive) -> None:
    archive.run(*pages(archive))
    archive.run(page(archive, "XAB", WITHDRAWN))
    archive.run(page(archive, "XAB"))
    assert conclude(archive) == Conclusion()


def test_batches_and_runs_that_broke_off_are_concluded_on_together(archive: Archive) -> None:
    archive.run(*pages(archive))
    archive.run(*pages(archive, STRIKE)[:2])
    archive.run(*pages(archive, STRIKE)[2:])
    found = conclude(archive)
    assert (found.notices, found.page_count) == ((), 4)


def test_frame_is_known_from_then_on(archive: Archive) -> None:
    archive.run(*pages(archive))
    archive.run(*pages(archive, STRIKE))
    conclude(archive)
    with archive.store.write() as unit:
        table = PageSurroundings(unit._connection)
        assert [part for part in table.frame(SOURCE)] == [FramePart("2024", STRIKE[:16])]
        table.add_frame(SOURCE, {FramePart("2024", STRIKE[:16]): ALWAYS})
        assert table.frame(SOURCE) == {FramePart("2024", STRIKE[:16]): ALWAYS}
        unit.commit()
    archive.run(page(archive, "XAB"))
    assert not conclude(archive).notices


def test_imports_say_nothing_of_surroundings(archive: Archive) -> None:
    archive.run(*pages(archive))
    archive.run(page(archive, "XAB", WITHDRAWN), is_silent=True)
    assert conclude(archive) == Conclusion()


def test_nothing_is_told_of_a_report_that_is_gone(archive: Archive) -> None:
    archive.run(*pages(archive))
    archive.run(page(archive, "XAB", WITHDRAWN))
    for _ in range(2):
        archive.run(archive.misses())
    assert archive.state() == "removed"
    conclude(archive)
    assert noted(archive) == []
