"""Twenty quotations over the sample's timeline: each real change is told once, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from received import mails
from walk_stage import SOURCE, AlteredSite, Watch

from alerts.sink import Sink
from deployments.sample_site import SiteResponse
from reports.notices.subscription import SubscriptionFilter
from services.notify.passages import Quoted, find
from services.notify.sign_up import subscribe
from services.notify.subscription_filter import read_filter

G, B, A, C = "2023/XAG", "2023/XAB", "2023/XAA", "2023/XAC"
STILL, GONE, REWORDED, BACK = "is still there", "is gone", "was reworded", "is back"

LAW = "A new law of May obliges public bodies to answer the questions of reporters within ten days."
MARCHES = "The law guarantees the right to assemble and to form associations."
PRISON = (
    "The remand prison of Alderhaven held a third more inmates than it was built for, and "
    "parliament voted the means for a second building."
)
SHELTERS = "Shelters in Alderhaven and Port Rowan had room for all who asked"
UNION = "the Dockers’ and Carriers’ Union concluded agreements for most of its branches"
SCHOOL = "Schooling is free and compulsory to the age of 16, and enrollment was almost complete."

QUOTED: list[tuple[str, str, list[str]]] = [
    # what the timeline itself does
    (G, "credible reports of: arbitrary or unlawful killings", [REWORDED, BACK]),
    (G, "torture or cruel, inhuman, or degrading treatment by the Federal", [GONE, BACK]),
    (G, "Impunity was the rule in all branches of the security forces.", []),
    (G, "The Federal Gendarmerie keeps public order and reports to the Ministry", []),
    (B, "forces committed some abuses. The Border Guard took part in crowd control", []),
    (B, "observers noted pressure on public employees during the campaign", []),
    (C, "The court of Les Salines convicted three gendarmes in June", [GONE, STILL]),
    (C, "Impunity for members of the security forces remained a problem.", [GONE, STILL]),
    ("2023/XAK", "", []),  # its page is blocked for a while
    ("2023/XAJ", "", []),
    ("2024/XAB", "Officials used the law on defamation against reporters", [REWORDED]),
    ("2024/XAB", "the public broadcaster gave little room to critics of the", [REWORDED]),
    ("2024/XAB", "and the government generally respected this right.", []),
    ("2024/XAK", "", []),  # it is given a note
    # what happens to Aldermark and Eskmark beside it
    (A, LAW, []),
    (A, PRISON, [GONE, BACK]),
    (A, SHELTERS, [REWORDED, REWORDED]),
    (A, UNION, []),
    (A, SCHOOL, []),
    ("2022/XAE", "", [STILL]),  # it moves to another address
]
"""The report, the words, and what must be told of them; no words: the first of its summary."""

BESIDE: dict[int, list[tuple[str, str]]] = {
    4: [
        (LAW, "…"),
        (MARCHES, LAW),
        ("…", MARCHES),
        (PRISON, ""),
        ("all who asked", "most of them"),
    ],
    6: [("all who asked", "a few of them"), (UNION, UNION.replace("’", "'"))],
    8: [("all who asked", "a few of them"), (SCHOOL, f"{SCHOOL} Books are not.")],
}
"""What Aldermark's page says otherwise from a step on."""


def _edited(pairs: list[tuple[str, str]]) -> Callable[[SiteResponse], SiteResponse]:
    def change(answer: SiteResponse) -> SiteResponse:
        text = answer.body.decode()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        return SiteResponse(answer.status, {"Content-Type": "text/html"}, text.encode())

    return change


def _filter(watch: Watch, key: str, words: str, **facts: bool) -> SubscriptionFilter:
    quote = words or " ".join(watch.site.report(key).paragraphs[0].split()[:9])
    with watch.parts.store.read() as unit:
        return read_filter({"passage": find(unit, Quoted(f"{SOURCE}/{key}", quote, **facts))})


def _begin(watch: Watch, *years: str) -> None:
    for number, (key, words, _) in enumerate(QUOTED):
        if key[:4] in years:
            subscribe(watch.parts, f"q{number}@law.example", _filter(watch, key, words))


def _move(site: AlteredSite, key: str) -> None:
    path = site.report(key).path
    new = f"{path.rstrip('/')}-new/"
    site.copy(new, key)
    site.redirect(path, new)


def _told(mail: EmailMessage) -> list[str]:
    body = mail.get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    begins = "The passage you watch "
    return [each.removeprefix(begins) for each in lines if each.startswith(begins)]


def _as_said(line: str) -> str:
    return next(each for each in (STILL, GONE, REWORDED, BACK) if line.startswith(each))


@pytest.mark.on_both
def test_each_real_change_of_twenty_quotations_is_told_once(each_watch: Watch, sink: Sink) -> None:
    watch = each_watch
    watch.set(smtp_url=sink.url)
    watch.at(0)
    _begin(watch, "2022", "2023")
    subscribe(watch.parts, "still@law.example", _filter(watch, G, QUOTED[2][1], is_still=True))
    subscribe(watch.parts, "all@law.example", _filter(watch, G, QUOTED[2][1]))
    watch.subscribe("all@law.example", countries=("XAG",))
    for step in range(1, 10):
        if step in BESIDE:
            watch.site.alter(watch.site.report(A).path, _edited(BESIDE[step]))
        if step == 7:
            _move(watch.site, "2022/XAE")
        watch.at(step)
        if step == 8:
            _begin(watch, "2024")
        watch.deliver()
    told: dict[str, list[str]] = {}
    for mail in mails(sink):
        told.setdefault(mail["To"], []).extend(_told(mail))
    expected = {f"q{number}@law.example": said for number, (_, _, said) in enumerate(QUOTED)}
    assert len(expected) == 20
    found = {address: [*map(_as_said, told.pop(address, []))] for address in expected}
    assert found == expected
    assert [*map(_as_said, told.pop("still@law.example"))] == [STILL, STILL]
    assert [*map(_as_said, told.pop("all@law.example"))] == [STILL, STILL]
    assert told == {}
