"""Where a webhook may be sent: to public addresses, and to hosts that were named.

A name is resolved once, every address it has must be public, and the address that was looked at is the one that is
connected to: a name that changes its mind in between leads nowhere.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

from assent.errors import NonRetryable

Address: TypeAlias = IPv4Address | IPv6Address

# Addresses of IPv4 inside IPv6: a translator on the way would lead there.
_NAT64: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


async def address_of(host: str, port: int, *, allowed: Collection[str]) -> str:
    """An address of this host to connect to; raises NonRetryable where it is not public, OSError where it has none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses:
        raise OSError(f"The host {host!r} has no address.")
    if host.lower().rstrip(".") not in {name.lower().rstrip(".") for name in allowed}:
        for address in addresses:
            if not is_public(ip_address(address)):
                raise NonRetryable(
                    f"The host {host!r} has the address {address}, which is not public. Name the host in allow= "
                    "if it is meant."
                )
    return addresses[0]


def is_public(address: Address) -> bool:
    """Whether the address, and any that is written inside it, is one of the open internet."""
    return all(each.is_global and not each.is_multicast for each in _inside(address))


def _inside(address: Address) -> Iterator[Address]:
    yield address
    if isinstance(address, IPv4Address):
        return
    for inner in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())):
        if inner is not None:
            yield inner
    if any(address in network for network in _NAT64) or int(address) >> 32 == 0:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
