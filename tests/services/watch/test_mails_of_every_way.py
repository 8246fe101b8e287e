"""Whatever changes on a page, its mail shows words in colours and no marks of plain text."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from received import mails
from test_what_people_see import STAGES, recorded
from walk_stage import Watch
from ways_to_change import LIMIT, WAYS

from alerts.sink import Sink
from reports.model.values import ChangeKind

RAW_MARKS = ("[-", "-]", "{+", "+}", "[>", ">]", "{>", ">}")


@pytest.mark.parametrize(
    "stage", [0, *(pytest.param(each, marks=pytest.mark.slow) for each in range(1, STAGES))]
)
def test_no_html_of_a_mail_shows_raw_marks(watch: Watch, sink: Sink, stage: int) -> None:
    ways = [way for way in WAYS if not way.told.startswith(LIMIT)][stage::STAGES]
    watch.set(smtp_url=sink.url, public_url="https://watch.example")
    watch.subscribe(kinds=tuple(each.value for each in ChangeKind))
    told = recorded(watch, ways)
    watch.deliver()
    sent = mails(sink)
    assert len(sent) == sum(map(len, told.values())) == len(ways) >= 7
    for mail in sent:
        page = BeautifulSoup(mail.get_body(("html",)).get_content(), "lxml")
        found = [mark for mark in RAW_MARKS if mark in page.get_text()]
        assert (mail["Subject"], found) == (mail["Subject"], [])
        assert page.find("a").get_text() == "See the change"
        lines = mail.get_body(("plain",)).get_content().splitlines()
        assert lines[1].startswith("See the change: https://watch.example/reports/")
