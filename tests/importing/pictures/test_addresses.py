"""Which addresses pictures may come from."""

import ipaddress

import pytest

from webstore_kit.importing.pictures.addresses import AllowedAddresses, is_public
from webstore_kit.importing.pictures.errors import Unobtainable

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.1.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_every_address_of_a_host_has_to_be_public() -> None:
    allowed = AllowedAddresses()
    allowed.check("example.com", ["1.1.1.1", "2606:4700::1111"])
    with pytest.raises(Unobtainable, match=r"^example\.com is in a private network; .* picture_private_hosts$"):
        allowed.check("example.com", ["1.1.1.1", "10.0.0.1"])


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("nas.local", "10.9.9.9"),
        ("NAS.local.", "10.9.9.9"),
        ("any.example", "192.168.1.7"),
        ("any.example", "::ffff:192.168.1.7"),
        ("any.example", "fd00::7"),
    ],
)
def test_a_private_host_that_is_named_may_be_asked(host: str, address: str) -> None:
    AllowedAddresses(["nas.local", "192.168.1.0/24", "fd00::/64"]).check(host, [address])


@pytest.mark.parametrize(("host", "address"), [("my-nas.local", "10.9.9.9"), ("any.example", "192.168.2.7")])
def test_what_is_named_allows_nothing_beside_it(host: str, address: str) -> None:
    with pytest.raises(Unobtainable, match="private network"):
        AllowedAddresses(["nas.local", "192.168.1.0/24"]).check(host, [address])
