"""Where the fetch gate does not go: private networks, however they are written or reached."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import (
    FakeTime,
    Site,
    answer,
    closed_port,
    loopback_names,
    redirect,
)

from scrapers.fetch.addresses import AddressRefused, Dialer, NotConnected
from scrapers.fetch.errors import (
    RequestRefused,
    Unreachable,
    Untrusted,
)
from scrapers.fetch.gate import FetchGate, FetchPolicy
from scrapers.fetch.special_addresses import is_public

MakeGate = Callable[..., FetchGate]
PAGE = b"<html><main><h1>Freedonia</h1></main></html>"


PRIVATE = [
    "127.0.0.1",
    "127.255.0.1",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%lo",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "100::1",
    "3fff::1",
    "5f00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:808:808::80ff:fffe",
    "2001:20::1",
    "2a00:1::5efe:7f00:1",
    "2a00:1::200:5efe:a00:1",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "64:ff9b::a83f:8110",
    "100.100.100.200",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "199.36.153.10",
    "166.9.0.1",
    "fe80::5efe:808:808",
    "fd00::200:5efe:808:808",
    "2001:4:112::1",
    "2620:4f:8000::1",
    "100:0:0:1::1",
    "4000::1",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "192.167.0.1",
    "2606:4700::1111",
    "2a00:1450::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_in_every_wrapping(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    wrapped = [
        ipaddress.IPv6Address(0xFFFF << 32 | number),
        ipaddress.IPv6Address(0x64FF9B << 96 | number),
        ipaddress.IPv6Address(0x2002 << 112 | number << 80),
    ]
    assert {is_public(inner) for inner in wrapped} == {is_public(address)}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "0.0.0.0",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "\uff11\uff12\uff17.0.0.1",
    ],
)
def test_addresses_in_private_networks_are_refused_however_written(
    site: Site, make_gate: MakeGate, host: str
) -> None:
    with pytest.raises((RequestRefused, Unreachable)) as error:
        make_gate(allow_private=False).get(f"http://{host}:{site.port}/")
    assert site.asked == []
    if error.type is Unreachable:  # a machine without such names or without IPv6
        assert "cannot be resolved" in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://freedonia.example/",
        "gopher://127.0.0.1:25/",
        "http://user:s3cret@freedonia.example/",
        "http://user@freedonia.example/",
        "http:///no-host",
        "http://[::1",
        "http://h.example:99999/",
        "http://h.example\\@127.0.0.1/",
        "http://h ost.example/",
        "//freedonia.example/",
        "freedonia.example",
        "",
    ],
)
def test_addresses_of_other_kinds_are_refused(make_gate: MakeGate, url: str) -> None:
    gate = make_gate()
    with pytest.raises(RequestRefused) as error:
        gate.get(url)
    assert "s3cret" not in str(error.value)
    assert gate.requests_made == 0


def test_a_redirect_into_a_private_network_is_refused(site: Site, make_gate: MakeGate) -> None:
    """The first hop is vouched for; what it redirects to is judged on its own."""
    site.pages["/"] = redirect("http://169.254.169.254/latest/meta-data/")
    gate = make_gate(via=site.origin, own_hosts=frozenset({"h.example"}), allow_private=False)
    with pytest.raises(RequestRefused, match=r"169\.254\.169\.254"):
        gate.get("http://h.example/")


def _answers(*addresses: str) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in addresses]


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    dialer = Dialer(resolve=lambda *_: _answers("8.8.8.8", "127.0.0.1"))
    with pytest.raises(AddressRefused, match=r"leads to 127\.0\.0\.1"):
        dialer.connect("two-faced.example", 80, 1.0, [])


def test_a_name_is_looked_up_once_and_the_checked_address_is_connected_to(site: Site) -> None:
    """A second lookup would find another address: DNS rebinding."""
    lookups: list[str] = []

    def resolve(host: str, port: int, *rest: Any) -> list[Any]:
        lookups.append(host)
        address = "127.0.0.1" if len(lookups) == 1 else "127.0.0.2"
        return socket.getaddrinfo(address, port, *rest)

    site.pages["/"] = answer(200, PAGE)
    gate = FetchGate(FetchPolicy(delay=0, allow_private=True, obey_robots=False), resolve=resolve)
    with gate:
        got = gate.get(f"http://rebinding.example:{site.port}/")
    assert (lookups, got.exchanges[0].remote_address) == (["rebinding.example"], "127.0.0.1")
    assert site.asked[0][1]["host"] == f"rebinding.example:{site.port}"


def test_a_resolver_that_hangs_is_waited_for_a_while_and_asked_once(make_gate: MakeGate) -> None:
    answers, lookups = threading.Event(), list[str]()

    def resolve(host: str, *rest: Any) -> list[Any]:
        lookups.append(host)
        answers.wait(5)
        return _answers("8.8.8.8")

    gate = make_gate(resolve=resolve, resolve_timeout=0.05, retries=1)
    try:
        for _ in range(3):
            with pytest.raises(Unreachable, match=r"cannot be resolved: no answer within 0\.05 s"):
                gate.get("http://hangs.example/")
    finally:
        answers.set()
    assert lookups == ["hangs.example"]


def test_all_addresses_of_a_host_have_one_time_together(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, tried = [0.0], list[float]()

    def connect(form: Any, place: Any, timeout: float, options: Any) -> socket.socket:
        tried.append(timeout)
        clock[0] += timeout
        raise TimeoutError

    monkeypatch.setattr("scrapers.fetch.addresses._connected", connect)
    dialer = Dialer(resolve=lambda *_: _answers("8.8.8.8") * 900, monotonic=lambda: clock[0])
    with pytest.raises(NotConnected, match="no connection within"):
        dialer.connect("many.example", 80, 1.0, [])
    assert tried == [1.0, 1.0]


def test_the_next_address_is_tried_where_the_first_does_not_answer(site: Site) -> None:
    places = [("127.0.0.1", closed_port()), ("127.0.0.1", site.port)]
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
    dialer = Dialer(allow_private=True, resolve=lambda *_: answers)
    with dialer.connect("h.example", 80, 1.0, []) as connection:
        assert connection.getpeername() == places[1]


@pytest.fixture
def certificate(tmp_path: Any) -> Any:
    """Return the path of a self-signed certificate with its key."""
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "reports.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "site.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_certificates_are_checked_against_the_name_although_the_address_is_pinned(
    site: Site, make_gate: MakeGate, fake_time: FakeTime, certificate: Any
) -> None:
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _sock, name, _context: names.append(name)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    gate = make_gate(resolve=loopback_names("reports.example"), retries=3)
    with pytest.raises(Untrusted, match="certificate"):
        gate.get(f"https://reports.example:{site.port}/")
    assert names == ["reports.example"]
    assert (site.asked, fake_time.slept) == ([], [])
