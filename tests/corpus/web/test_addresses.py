"""Which addresses may be fetched from, against the registries of IANA and the measured holes of `ipaddress`."""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import FetchError
from corpus.web.addresses import check_addresses, is_private, is_public

# IANA special-purpose registries (RFC 6890 and what came after), and multicast; none is a public site.
NOT_PUBLIC_V4 = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32"),
]
NOT_PUBLIC_V6 = [
    *("::/128", "::1/128", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16"),
    *("3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
]


def within(network: IPv4Network | IPv6Network) -> st.SearchStrategy[str]:
    make = IPv4Address if isinstance(network, IPv4Network) else IPv6Address
    first, last = int(network.network_address), int(network.broadcast_address)
    return st.integers(first, last).map(make).map(str)


PUBLIC_V4 = st.integers(0, 2**32 - 1).map(IPv4Address).filter(
    lambda address: not any(address in IPv4Network(each) for each in NOT_PUBLIC_V4)
)  # fmt: skip


@pytest.mark.parametrize("network", NOT_PUBLIC_V4)
@given(data=st.data())
def test_no_special_ipv4_address_is_public_however_it_is_wrapped(network: str, data: st.DataObject) -> None:
    address = data.draw(within(IPv4Network(network)))
    number = int(IPv4Address(address))
    assert not is_public(address)
    for wrapped in (
        f"::ffff:{address}",  # IPv4-mapped
        f"::{address}",  # IPv4-compatible
        f"64:ff9b::{address}",  # NAT64
        f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1",  # 6to4
        str(IPv6Address(int(IPv6Address("2001::")) | number ^ 0xFFFFFFFF)),  # Teredo
    ):
        assert not is_public(wrapped), wrapped


@pytest.mark.parametrize("network", NOT_PUBLIC_V6)
@given(data=st.data())
def test_no_special_ipv6_address_is_public(network: str, data: st.DataObject) -> None:
    assert not is_public(data.draw(within(IPv6Network(network))))


@given(PUBLIC_V4)
def test_every_other_ipv4_address_is_public_also_behind_nat64(address: IPv4Address) -> None:
    assert is_public(str(address))
    assert is_public(f"::ffff:{address}")
    assert is_public(f"64:ff9b::{address}")


@pytest.mark.parametrize("address", ["2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2620:fe::fe"])
def test_addresses_of_real_sites_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", ["224.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1"])
def test_the_holes_of_is_global_are_shut(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "0x7f000001", "017700000001"])
def test_odd_ways_to_write_this_machine_are_seen_through(host: str) -> None:
    addresses = [str(found[4][0]) for found in socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)]
    assert addresses == ["127.0.0.1"]
    with pytest.raises(FetchError, match=r"127\.0\.0\.1, which is not a public address"):
        check_addresses(host, addresses, frozenset())


def test_one_bad_address_among_good_ones_is_enough() -> None:
    with pytest.raises(FetchError, match=r"10\.0\.0\.1"):
        check_addresses("example.org", ["93.184.216.34", "10.0.0.1"], frozenset())


def test_only_a_named_host_may_be_private() -> None:
    named = frozenset({"intranet.example"})
    for address in ("10.1.2.3", "192.168.1.1", "127.0.0.1", "::1", "fd00::1", "100.100.1.1"):
        check_addresses("Intranet.Example.", [address], named)
        with pytest.raises(FetchError, match=r"example\.org"):
            check_addresses("example.org", [address], named)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "240.0.0.1"],
)
def test_a_named_host_is_never_at_an_address_of_a_cloud_or_of_many(address: str) -> None:
    assert not is_private(address)
    with pytest.raises(FetchError):
        check_addresses("intranet.example", [address], frozenset({"intranet.example"}))
