"""Which network addresses a page may be fetched from: public ones, and private ones of hosts that were named.

`ipaddress.is_global` alone lets multicast, NAT64, 6to4 and IPv4-compatible addresses of a private machine through.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from corpus.errors import FetchError

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: a public IPv4 address as networks without IPv4 see it. It is as public as the address inside it."""
_SHUT_V6 = tuple(
    IPv6Network(each)
    for each in (
        "2001::/23",  # Teredo, ORCHID and other protocols of the IETF
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: the IPv4 address inside can be any
        "3fff::/20",  # documentation, RFC 9637
    )
)
_SHUT_V4 = tuple(
    IPv4Network(each)
    for each in (
        "192.0.0.0/24",  # protocols of the IETF
        "192.88.99.0/24",  # 6to4 relays
    )
)
_SHARED = IPv4Network("100.64.0.0/10")
"""RFC 6598: inside a provider's or an overlay network, neither public nor private."""

Address = IPv4Address | IPv6Address


def is_public(address: str) -> bool:
    """Say whether an address belongs to a machine of the public internet.

    Args:
        address: as `socket.getaddrinfo` writes it.

    Raises:
        ValueError: it is not an address.
    """
    found = _unwrapped(ip_address(address))
    if isinstance(found, IPv4Address):
        return found.is_global and not found.is_multicast and not any(found in each for each in _SHUT_V4)
    return found in _GLOBAL_UNICAST and found.is_global and not any(found in each for each in _SHUT_V6)


def is_private(address: str) -> bool:
    """Say whether an address belongs to a machine of a local network, or to this one.

    Link-local addresses do not count: no site lives there, and the keys of cloud machines do.

    Raises:
        ValueError: it is not an address.
    """
    found = _unwrapped(ip_address(address))
    odd = found.is_link_local or found.is_multicast or found.is_unspecified
    return (found.is_private or found in _SHARED) and not odd and (found.is_loopback or not found.is_reserved)


def check_addresses(host: str, addresses: Iterable[str], private_hosts: frozenset[str]) -> None:
    """Check every address of a host; one that is not allowed is enough to refuse the host.

    Args:
        host: as the web address has it.
        private_hosts: names whose addresses may be private ones, in lower case.

    Raises:
        FetchError: names the host and the address.
    """
    named = host.lower().rstrip(".") in private_hosts
    for address in addresses:
        if not is_public(address) and not (named and is_private(address)):
            advice = f"If it is a site of your own network and you trust it, name it with --private-host {host}."
            raise FetchError(f"{host} is at {address}, which is not a public address", advice)


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
