"""Subscribe on the page, confirm by the mail's link, change and leave: with real mails."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup, Tag
from monitor_stage import Clock, Open

from alerts.sink import Sink
from monitor.doors.allowance import MOST
from monitor.layout.subscription_form import LABELS
from reports.notices.subscription import SubscriberState
from scrapers.registry import real_places
from services.assembly import Parts
from services.notify.delivery import deliver
from services.notify.sign_up import purge

ANN = "ann@court.example"
PUBLIC = "http://127.0.0.1:9"


class Desk:
    """A monitor with a mail server, and what a reader does with both."""

    def __init__(self, client: httpx.Client, parts: Parts, sink: Sink, clock: Clock) -> None:
        self.client, self.parts, self.sink, self.clock = client, parts, sink, clock

    def ask(self, address: str = ANN, **fields: object) -> httpx.Response:
        token = re.search(r'name="token" value="(\w+)"', self.client.get("/subscribe").text)
        return self.client.post(
            "/subscribe", data={"token": token[1], "address": address, **fields}
        )

    def mails(self) -> list[email.message.EmailMessage]:
        deliver(self.parts)
        policy = email.policy.default
        return [
            email.message_from_bytes(each.read_bytes(), policy=policy) for each in self.sink.mails()
        ]

    def link(self, page: str = "confirm") -> str:
        """Return the link to a page in the last mail, as a path."""
        mails = [each for each in self.mails() if each["To"] == ANN]
        text = mails[-1].get_body(("plain",)).get_content()
        found = re.search(rf"http://\S+/{page}\?\S+", text)
        parts = urlsplit(found[0])
        return f"{parts.path}?{parts.query}"

    def state(self, address: str = ANN) -> SubscriberState | None:
        with self.parts.store.read() as unit:
            found = unit.subscribers.named(address)
        return found.state if found else None


@pytest.fixture
def desk(open_monitor: Open, tmp_path: Path) -> Iterator[Desk]:
    clock = Clock()
    with Sink(tmp_path / "mail") as sink:
        client, parts = open_monitor(
            is_filled=True, clock=clock, smtp_url=sink.url, public_url=PUBLIC
        )
        yield Desk(client, parts, sink, clock)


def test_nothing_is_sent_to_an_address_before_its_owner_pressed_the_button(desk: Desk) -> None:
    answer = desk.ask(countries=["XAB"], every="day", time_zone="Europe/Vienna")
    assert "Check your mail" in answer.text
    assert desk.state() is SubscriberState.PENDING
    (mail,) = [each for each in desk.mails() if each["To"] == ANN]
    assert "confirm" in mail["Subject"]
    text = mail.get_body(("plain",)).get_content()
    assert "Belvaria" in text
    assert "once a day" in text
    link = desk.link()
    assert desk.client.get(link).status_code == 200  # programs that follow links change nothing
    assert desk.state() is SubscriberState.PENDING
    done = desk.client.post(link)
    assert "Confirmed" in done.text
    with desk.parts.store.read() as unit:
        reader = unit.subscribers.named(ANN)
        (held,) = unit.subscriptions.all(ANN)
    assert (reader.state, reader.time_zone) == (SubscriberState.ACTIVE, "Europe/Vienna")
    assert (held.filter.countries, held.filter.every.value) == (("XAB",), "day")
    assert desk.client.post(link).status_code == 200  # and again does no harm
    with desk.parts.store.read() as unit:
        assert len(unit.subscriptions.all(ANN)) == 1


def test_the_answer_is_the_same_for_a_known_address_which_has_to_confirm_too(desk: Desk) -> None:
    first = desk.ask()
    desk.client.post(desk.link())
    desk.clock.now += timedelta(days=1, minutes=1)
    again = desk.ask(kinds=["removed"])
    assert (again.status_code, again.text) == (first.status_code, first.text)
    with desk.parts.store.read() as unit:
        assert len(unit.subscriptions.all(ANN)) == 1
    desk.client.post(desk.link())
    with desk.parts.store.read() as unit:
        assert len(unit.subscriptions.all(ANN)) == 2


def test_asking_again_at_once_writes_no_second_letter(desk: Desk) -> None:
    for _ in range(3):
        assert desk.ask().status_code == 200
    assert len([each for each in desk.mails() if each["To"] == ANN]) == 1


def test_the_form_cannot_be_used_to_write_to_many_strangers(desk: Desk) -> None:
    token = re.search(r'name="token" value="(\w+)"', desk.client.get("/subscribe").text)[1]
    codes = [
        desk.client.post(
            "/subscribe", data={"token": token, "address": f"a{number}@court.example"}
        ).status_code
        for number in range(MOST + 3)
    ]
    assert codes == [200] * MOST + [429] * 3


def test_what_cannot_be_asked_is_said_and_what_was_typed_stays(
    desk: Desk, subtests: pytest.Subtests
) -> None:
    for fields, said in [
        ({"address": "ann"}, "not an e-mail address"),
        ({"address": "https://hook.example/"}, "only e-mail addresses"),
        ({"countries": "Atlantis"}, "no country known"),
        ({"time_zone": "Mars"}, "not a known time zone"),
        ({"quiet_from": "22:00"}, "not a span of hours"),
        ({"digest_hour": "99"}, "not an hour of the day"),
        ({"every": "century"}, "no rhythm"),
    ]:
        with subtests.test(fields=fields, said=said):
            answer = desk.ask(**{"sections": "typed before", **KEPT, **fields})
            assert answer.status_code == 400
            assert said in answer.text
            assert "typed before" in answer.text
            assert desk.state() is None
            form = BeautifulSoup(answer.text, "html.parser").select_one("form.ask")
            for name, value in {"address": ANN, **KEPT, **fields}.items():
                assert value in _filled_in(form, name), (name, value)


KEPT = {
    "countries": "XAB",
    "topics": "torture_cidt",
    "kinds": "removed",
    "every": "week",
    "least": "major",
    "time_zone": "Asia/Almaty",
    "digest_hour": "7",
}


def _filled_in(form: Tag, name: str) -> list[str]:
    """Return what a browser would send of a field."""
    fields = form.select(f'[name="{name}"]')
    boxes = [each["value"] for each in fields if each.has_attr("checked")]
    options = [each["value"] for each in form.select(f'[name="{name}"] option[selected]')]
    typed = [
        each["value"]
        for each in fields
        if each.get("type") not in ("checkbox", "radio") and each.name == "input"
    ]
    return [*boxes, *options, *typed]


def test_every_page_about_something_leads_to_the_form_with_that_chosen(
    client: httpx.Client, subtests: pytest.Subtests
) -> None:
    pages = {
        "/compare/sample-hrr/XAG": {"countries": ["XAG"]},
        "/topics/torture_cidt": {"topics": ["torture_cidt"], "sources": ["sample-hrr"]},
        "/search?q=the&country=Gandoria&edition=2023": {
            "countries": ["XAG"],
            "editions": ["2023"],
        },
        "/changes?country=Belvaria&kind=edited&kind=removed&since=2020-01-01&topic=torture_cidt": {
            "countries": ["XAB"],
            "kinds": ["edited", "removed"],
            "topics": ["torture_cidt"],
        },
        "/sources/sample-hrr": {"sources": ["sample-hrr"]},
    }
    assert len(pages) >= 5
    for path, chosen in pages.items():
        with subtests.test(path=path):
            page = BeautifulSoup(client.get(path).text, "html.parser")
            link = page.select_one('main a.notify[href^="/subscribe"]')
            answer = client.get(link["href"])
            assert answer.status_code == 200
            form = BeautifulSoup(answer.text, "html.parser").select_one("form.ask")
            found = {name: _filled_in(form, name) for name in LABELS}
            found = {name: [each for each in values if each] for name, values in found.items()}
            assert {name: each for name, each in found.items() if each} == chosen


def test_all_real_countries_are_offered_and_fictional_ones_only_if_stored(
    client: httpx.Client, open_monitor: Open
) -> None:
    stranger, _ = open_monitor()
    for form, has_fiction in (
        (client.get("/subscribe"), True),
        (stranger.get("/subscribe"), False),
    ):
        assert 'value="KAZ"> Kazakhstan</label>' in form.text
        assert 'value="CHN/tibet"> Tibet</label>' in form.text
        assert '<option value="Kazakhstan">' in form.text
        assert ("Gandoria" in form.text) is has_fiction
        assert ('value="sample-hrr"' in form.text) is has_fiction
        assert 'value="uk-cpin"> UK country notes</label>' in form.text
        assert '<option value="Europe/Vienna">Vienna</option>' in form.text
    assert len(real_places()) > 200


def test_several_countries_are_typed_with_commas_and_by_any_name(desk: Desk) -> None:
    desk.ask(countries=["XAB", "Gandoria, china/tibet ,", "Korea, Democratic People's Republic of"])
    desk.client.post(desk.link())
    with desk.parts.store.read() as unit:
        (held,) = unit.subscriptions.all(ANN)
    assert held.filter.countries == ("CHN/tibet", "PRK", "XAB", "XAG")


def test_times_that_cannot_be_stay_on_the_page_of_an_address(desk: Desk) -> None:
    desk.ask(countries=["XAB"])
    done = desk.client.post(desk.link())
    manage = re.search(r'href="(/manage[^"]+)"', done.text)[1].replace("&amp;", "&")
    sent = {"do": "times", "time_zone": "Asia/Almaty", "digest_hour": "7", "quiet_from": "22:00"}
    answer = desk.client.post(manage, data=sent)
    assert answer.status_code == 400
    form = BeautifulSoup(answer.text, "html.parser").select_one('section[aria-labelledby="when"]')
    for name, value in list(sent.items())[1:]:
        assert value in _filled_in(form, name), (name, value)


def test_a_form_that_another_site_sends_is_refused(desk: Desk, subtests: pytest.Subtests) -> None:
    for headers, token in [
        ({}, "forged"),
        ({"Origin": "https://evil.example"}, ""),
        ({"Sec-Fetch-Site": "cross-site"}, ""),
    ]:
        with subtests.test(headers=headers, token=token):
            real = re.search(r'name="token" value="(\w+)"', desk.client.get("/subscribe").text)[1]
            data = {"token": token or real, "address": ANN}
            assert desk.client.post("/subscribe", data=data, headers=headers).status_code == 403
            assert desk.state() is None


def test_a_link_that_was_changed_or_is_too_old_confirms_nothing(desk: Desk) -> None:
    desk.ask()
    link = desk.link()
    assert desk.client.post(link.replace("token=", "token=0")).status_code == 403
    desk.clock.now += timedelta(days=8)
    assert desk.client.post(link).status_code == 410
    assert purge(desk.parts) == (0, 1)
    assert desk.state() is None


def test_its_owner_changes_what_and_when_on_a_page_of_the_address(desk: Desk) -> None:
    desk.ask(countries=["XAB"])
    done = desk.client.post(desk.link())
    manage = re.search(r'href="(/manage[^"]+)"', done.text)[1].replace("&amp;", "&")
    assert "Belvaria" in desk.client.get(manage).text
    desk.client.post(manage, data={"do": "add", "kinds": "removed"})
    times = {"do": "times", "time_zone": "Asia/Almaty", "digest_hour": "7"}
    desk.client.post(manage, data={**times, "quiet_from": "22:00", "quiet_to": "07:00"})
    with desk.parts.store.read() as unit:
        reader, held = unit.subscribers.named(ANN), unit.subscriptions.all(ANN)
    assert (reader.time_zone, reader.quiet_hours) == ("Asia/Almaty", "22:00-07:00")
    assert len(held) == 2
    desk.client.post(manage, data={"drop": str(held[0].id)})
    with desk.parts.store.read() as unit:
        assert [each.id for each in unit.subscriptions.all(ANN)] == [held[1].id]
    assert desk.client.get(manage.replace("court", "other")).status_code == 403


def test_an_address_that_was_silent_for_years_is_asked_and_then_deleted(desk: Desk) -> None:
    desk.ask()
    desk.client.post(desk.link())
    desk.clock.now += timedelta(days=800)
    assert purge(desk.parts) == (1, 0)
    link = desk.link()
    assert purge(desk.parts) == (0, 0)
    desk.client.post(link)
    desk.clock.now += timedelta(days=31)
    assert purge(desk.parts) == (0, 0)  # it answered
    desk.clock.now += timedelta(days=800)
    assert purge(desk.parts) == (1, 0)
    desk.clock.now += timedelta(days=31)
    assert purge(desk.parts) == (0, 1)
    assert desk.state() is None


def test_programs_subscribe_by_the_api(desk: Desk) -> None:
    path = "/api/v1/subscriptions"
    asked = desk.client.post(path, json={"address": ANN, "regions": ["caribbean"]})
    assert (asked.status_code, asked.json()["state"]) == (202, "pending")
    hook = {"address": "https://hook.example/in", "vouched": True, "least": "major"}
    made = desk.client.post(path, json=hook)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    listed = desk.client.get(path).json()
    assert {"https://hook.example/…"} <= {each["address"] for each in listed}
    assert all("secret" not in each for each in listed)
    number = made.json()["subscription"]
    assert desk.client.delete(f"{path}/{number}").status_code == 200
    assert desk.client.delete(f"{path}/{number}").status_code == 404


def test_what_a_program_cannot_ask_is_refused(desk: Desk, subtests: pytest.Subtests) -> None:
    for document, headers, status in [
        ({"address": "ann"}, {}, 400),
        ({"address": ANN, "countries": "KAZ"}, {}, 400),
        ({"address": ANN, "digest_hour": "six"}, {}, 400),
        ([], {}, 400),
        ({"address": ANN}, {"Origin": "https://evil.example"}, 403),
        ({"address": ANN}, {"Content-Type": "text/plain"}, 400),
    ]:
        with subtests.test(document=document, headers=headers, status=status):
            answer = desk.client.post("/api/v1/subscriptions", json=document, headers=headers)
            assert answer.status_code == status, answer.text
            assert answer.json()["error"]
            assert desk.state() is None
