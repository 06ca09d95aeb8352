"""Which addresses may be reached: the one gate of everything that a document, a tool or a person asks to connect to.

A name is resolved here and the connection goes to that very address, so a name that resolves to another address a
moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
_TEREDO = ipaddress.IPv6Network("2001::/32")
_LAST_32_BITS = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96", "::/96")))

HOW = "Set CALLSMITH_PRIVATE_ADDRESSES=allow to permit it."


class Refused(Exception):
    """The address may not be reached, or does not exist; the message says which and what to do."""


class NotFound(Refused):
    """No address has that name."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be reached besides the public internet. ``private`` includes loopback and link-local."""

    loopback: bool = False
    private: bool = False


PUBLIC = Policy()


def resolved(host: str, port: int, policy: Policy = PUBLIC) -> str:
    """The address to connect to. ``Refused`` unless every address of the name may be reached. Blocks on DNS."""
    return every(host, port, policy)[0]


def every(host: str, port: int, policy: Policy = PUBLIC) -> tuple[str, ...]:
    """All addresses of the name, the preferred one first, each of which may be reached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFound(f"The host {host} was not found. Check the spelling and the network.") from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        _check(host, ipaddress.ip_address(address.partition("%")[0]), policy)
    return addresses


def _check(host: str, address: _Address, policy: Policy) -> None:
    if policy.private or _is_public(address):
        return
    mapped = getattr(address, "ipv4_mapped", None) or address
    if policy.loopback and mapped.is_loopback:
        return
    what = "this machine" if (_embedded(address) or address).is_loopback else "a private network"
    raise Refused(f"{host} is an address of {what} ({address}), which is not reached unasked. {HOW}")


def _is_public(address: _Address) -> bool:
    """What is not known to be public is not. Of IPv6 only 2000::/3 was ever given out (RFC 4291), and there Teredo
    leads elsewhere."""
    inner = _embedded(address)
    if inner is not None:
        return _is_public(inner)
    if isinstance(address, ipaddress.IPv6Address) and (address not in _GIVEN_OUT or address in _TEREDO):
        return False
    return address.is_global and not address.is_multicast


def _embedded(address: _Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped (RFC 4291), 6to4 (RFC 3056), NAT64 (RFC 6052), or
    compatible, as it was once written."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in network for network in _LAST_32_BITS) and not address.is_loopback:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
