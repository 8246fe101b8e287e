"""Every way to write an address that is not public, and no connection to any: slow tier."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from loopback_site import Site, redirect

from scrapers.fetch.errors import FetchError
from scrapers.fetch.gate import FetchGate

MakeGate = Callable[..., FetchGate]
V4 = (
    *("127.0.0.1", "10.1.2.3", "169.254.169.254", "168.63.129.16", "100.100.100.200"),
    *("192.168.1.1", "192.0.0.192", "172.16.0.1"),
)
V6 = (
    *("::1", "::", "fe80::1", "fe80::a9fe:a9fe", "fd00:ec2::254", "fd20:ce::254", "fc00::1"),
    *("fec0::1", "ff02::1", "2001:db8::1", "64:ff9b:1::1", "100::1", "3fff::1", "5f00::1"),
    *("0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001", "::0.0.0.1", "4000::1"),
)


def _written(address: str) -> Iterator[str]:
    """Yield the ways to write an IPv4 address as a host."""
    number = int(ipaddress.IPv4Address(address))
    parts = [int(each) for each in address.split(".")]
    yield from (address, f"{address}.", str(number), hex(number), f"0{number:o}")
    yield ".".join(map(hex, parts))
    yield ".".join(f"0{each:o}" for each in parts)
    yield ".".join(f"{each:#010x}" for each in parts)
    yield f"{parts[0]}.{number & 0xFFFFFF}"
    yield f"{parts[0]}.{parts[1]}.{number & 0xFFFF}"
    yield "".join(chr(ord(each) + 0xFEE0) if each.isdigit() else each for each in address)
    yield address.replace(".", "\u3002")
    for prefix in (0xFFFF << 32, 0, 0xFFFF << 48, 0x64FF9B << 96):
        yield f"[{ipaddress.IPv6Address(prefix | number)}]"
    yield f"[{ipaddress.IPv6Address(0x2002 << 112 | number << 80)}]"
    yield f"[::ffff:{address}]"


HOSTS = [form for each in V4 for form in _written(each)] + [f"[{each}]" for each in V6]


def _get(gate: FetchGate, url: str, site: Site) -> None:
    gate.get(url)


def _call(gate: FetchGate, url: str, site: Site) -> None:
    gate.call(url, {})


def _redirect(gate: FetchGate, url: str, site: Site) -> None:
    site.pages["/"] = redirect(url.encode("utf-8").decode("latin-1"))
    gate.get("http://h.example/")


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return where sockets connect to."""
    places: list[Any] = []
    connect = socket.socket.connect

    def noting(sock: socket.socket, place: Any) -> None:
        places.append(place)
        connect(sock, place)

    monkeypatch.setattr(socket.socket, "connect", noting)
    return places


def _numbers_only(host: str, port: int, *rest: Any) -> list[Any]:
    return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)


@pytest.mark.slow
@pytest.mark.parametrize("way", [_get, _call, _redirect], ids=["get", "call", "redirect"])
def test_no_form_of_a_special_address_is_connected_to(
    site: Site, make_gate: MakeGate, connected: list[Any], way: Callable[..., None]
) -> None:
    names = frozenset({"h.example"})
    for host in HOSTS:
        gate = make_gate(
            _numbers_only, via=site.origin, own_hosts=names, allow_private=False, retries=0
        )
        with pytest.raises(FetchError):
            way(gate, f"http://{host}:8080/", site)
    ours = ("127.0.0.1", site.port)
    assert set(connected) <= {ours}
    assert len(HOSTS) * 3 >= 300
