"""The monitor takes a canary that was signed here, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from monitor_stage import Clock, Open

from services.assembly import utc_now
from services.health.canary import watch_canary
from services.notify.delivery import deliver


def test_a_canary_of_our_own_arrives_at_the_monitor(open_monitor: Open) -> None:
    clock = Clock(utc_now())
    client, parts = open_monitor(clock=clock, canary="http://127.0.0.1:1/canary")
    url = f"{client.base_url}".rstrip("/") + "/canary"
    settings = parts.settings.model_copy(update={"canary": url})
    object.__setattr__(parts, "settings", settings)
    watch_canary(parts)
    assert deliver(parts).sent == 1
    with parts.store.read() as unit:
        assert unit.heartbeats.last("canary") == clock.now
    assert client.post("/canary", content=b"{}").status_code == 403
    headers = {
        "webhook-id": "a",
        "webhook-timestamp": str(int((clock.now - timedelta(days=1)).timestamp())),
        "webhook-signature": "v1,AAAA",
    }
    assert client.post("/canary", content=b"{}", headers=headers).status_code == 403
    assert client.post("/canary", content=b"x" * 5000).status_code == 413
