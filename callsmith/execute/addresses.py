"""Which addresses may be reached: the one gate of everything that a document, a tool or a person asks to connect to.

A name is resolved here and the connection goes to that very address, so a name that resolves to another address a
moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

HOW = "Set CALLSMITH_PRIVATE_ADDRESSES=allow to permit it."


class Refused(Exception):
    """The address may not be reached, or does not exist; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be reached besides the public internet. ``private`` includes loopback and link-local."""

    loopback: bool = False
    private: bool = False


PUBLIC = Policy()


def resolved(host: str, port: int, policy: Policy = PUBLIC) -> str:
    """The address to connect to. ``Refused`` unless every address of the name may be reached. Blocks on DNS."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(f"The host {host} was not found. Check the spelling and the network.") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        _check(host, ipaddress.ip_address(address.partition("%")[0]), policy)
    return addresses[0]


def _check(host: str, address: _Address, policy: Policy) -> None:
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    if policy.private or (inner.is_global and not inner.is_multicast):
        return
    if policy.loopback and inner.is_loopback:
        return
    what = "this machine" if inner.is_loopback else "a private network"
    raise Refused(f"{host} is an address of {what} ({address}), which is not reached unasked. {HOW}")
