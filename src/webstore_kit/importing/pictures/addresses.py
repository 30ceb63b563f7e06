"""Which IP addresses pictures may be fetched from: those of the public internet, and those that a setting names."""

import ipaddress
from collections.abc import Iterable, Sequence

from webstore_kit.importing.pictures.errors import Unobtainable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv6 addresses that a gateway turns into the IPv4 address of their last 32 bits (RFC 6052)."""


class AllowedAddresses:
    """The addresses that may be connected to: public ones, and of the private ones those that are named.

    `private_hosts` are the names of hosts, or IP networks, that may be fetched from although they are private.
    """

    def __init__(self, private_hosts: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for host in private_hosts:
            try:
                self._networks.append(ipaddress.ip_network(host, strict=False))
            except ValueError:
                self._names.add(_name(host))

    def check(self, host: str, addresses: Sequence[str]) -> None:
        """Raise Unobtainable unless every address that the host's name stands for may be connected to."""
        if _name(host) not in self._names and not all(self._allows(ipaddress.ip_address(text)) for text in addresses):
            raise Unobtainable(
                f"{host} is in a private network; to allow it, name it in the setting picture_private_hosts"
            )

    def _allows(self, address: Address) -> bool:
        address = _meant(address)
        return is_public(address) or any(address in network for network in self._networks)


def is_public(address: Address) -> bool:
    """Whether this is the address of one machine on the public internet."""
    address = _meant(address)
    if address.is_multicast or address.is_reserved or getattr(address, "is_site_local", False):
        return False  # of these, Python calls some global
    return address.is_global


def _meant(address: Address) -> Address:
    """The IPv4 address that a packet for an IPv6 address ends up at; any other address as it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _name(host: str) -> str:
    return host.lower().rstrip(".")
