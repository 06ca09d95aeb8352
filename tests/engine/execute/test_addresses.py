"""What may be reached: the public internet, and nothing else unasked."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from callsmith.execute.addresses import PUBLIC, Policy, Refused, resolved


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def lookup(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0"),
        *("::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "224.0.0.1", "100.64.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "64:ff9b:1::808:808", "::127.0.0.1", "::"),
        *("::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8", "fec0::1", "ff02::1", "2001::1", "2001:0:4136:e378::", "100::1"),
        *("2002:a9fe:a9fe::", "2001:db8::1", "4000::1", "::ffff:10.0.0.1", "::10.0.0.1"),
    ],
)
def test_addresses_that_are_not_public_are_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    names(monkeypatch, address)
    with pytest.raises(Refused, match="CALLSMITH_PRIVATE_ADDRESSES"):
        resolved("example.test", 80, PUBLIC)
    assert resolved("example.test", 80, Policy(private=True)) == address


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(Refused):
        resolved("example.test", 443)


def test_loopback_alone_can_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "127.0.0.1")
    assert resolved("localhost", 80, Policy(loopback=True)) == "127.0.0.1"
    names(monkeypatch, "192.168.0.7")
    with pytest.raises(Refused, match="private network"):
        resolved("nas", 80, Policy(loopback=True))


@pytest.mark.parametrize(
    "address",
    [
        *("93.184.216.34", "2606:4700::1111", "2a00:1450:4001::200e", "2001:4860:4860::8888"),
        *("2002:808:808::1", "64:ff9b::808:808", "::ffff:8.8.8.8", "::8.8.8.8"),
    ],
)
def test_public_addresses_pass(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    names(monkeypatch, address)
    assert resolved("example.test", 443) == address


def test_a_way_around_through_a_gateway_is_not_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1"):
        names(monkeypatch, address)
        with pytest.raises(Refused, match="this machine"):
            resolved("example.test", 80, Policy(loopback=True))
    for address in ("::1", "::ffff:127.0.0.1"):
        names(monkeypatch, address)
        assert resolved("example.test", 80, Policy(loopback=True)) == address
