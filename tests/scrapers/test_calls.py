"""Interfaces of a site are called through the same gate as its pages, once, with their secrets."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from wayback_site import wayback_site

from scrapers.fetch.errors import FetchError, RequestRefused
from scrapers.fetch.gate import FetchGate

SECRET = {"Authorization": "LOW access:secret", "Accept": "application/json"}


def test_a_form_is_posted_once_with_the_headers_given(make_gate: Callable[..., FetchGate]) -> None:
    with wayback_site() as web:
        gate = make_gate()
        answer = gate.call(f"{web.origin}/save", SECRET, {"url": "https://a.example/ä?b=c&d"})
    assert (answer.status, answer.body) == (
        200,
        b'{"url": "https://a.example/\\u00e4?b=c&d", "job_id": "spn2-1"}',
    )
    (sent,) = web.saved
    assert sent["url"] == "https://a.example/ä?b=c&d"
    assert sent["headers"]["authorization"] == "LOW access:secret"
    assert sent["headers"]["content-type"] == "application/x-www-form-urlencoded"


def test_without_a_form_it_is_a_get(make_gate: Callable[..., FetchGate]) -> None:
    with wayback_site() as web:
        web.jobs["1"] = [{"status": "pending"}]
        answer = make_gate().call(f"{web.origin}/save/status/1", SECRET)
    assert answer.body == b'{"status": "pending"}'


def test_a_redirect_is_an_answer_and_takes_no_secret_along(
    make_gate: Callable[..., FetchGate],
) -> None:
    with wayback_site() as web, wayback_site() as other:
        web.instead["/"] = [(302, {"Location": other.origin}, b"")]
        assert make_gate().call(f"{web.origin}/save/status/1", SECRET).status == 302
    assert other.asked == []


@pytest.mark.parametrize("status", [401, 429, 503])
def test_nothing_is_sent_a_second_time(make_gate: Callable[..., FetchGate], status: int) -> None:
    with wayback_site() as web:
        web.instead["POST /save"] = [(status, {}, b"")]
        assert make_gate(retries=3).call(f"{web.origin}/save", {}, {"url": "x"}).status == status
    assert len(web.saved) == 1


@pytest.mark.parametrize("facts", [{"allow_private": False}, {"max_bytes": 3}])
def test_the_gates_limits_hold(
    make_gate: Callable[..., FetchGate], caplog: pytest.LogCaptureFixture, facts: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    with wayback_site() as web, pytest.raises(FetchError) as refused:
        make_gate(**facts).call(f"{web.origin}/save", SECRET, {"url": "https://a.example/"})
    assert "secret" not in f"{refused.value}{caplog.text}"


def test_only_web_addresses_are_called(make_gate: Callable[..., FetchGate]) -> None:
    with pytest.raises(RequestRefused):
        make_gate().call("ftp://127.0.0.1/save", {}, {})
