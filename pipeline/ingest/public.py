"""Addresses that may be asked: http and https, and no host of the own network unless the user says so."""

import ipaddress
import socket

import httpx

from pipeline.errors import InputError

_PORTS = {"http": 80, "https": 443}
_LARGEST_PORT = 65535
_UNICAST = ipaddress.ip_network("2000::/3")
"""What of version 6 is given out to the public; beyond it are addresses of a site and old forms of version 4."""


def url_of(text: str, address: str) -> httpx.URL:
    """Read an address.

    Args:
        text: The address.
        address: What the user asked for, for the error.

    Returns:
        Its parts.

    Raises:
        InputError: If it is none of a page.
    """
    try:
        url = httpx.URL(text)
        if url.scheme in _PORTS and url.host and (url.port is None or 0 < url.port <= _LARGEST_PORT):
            return url
    except (httpx.InvalidURL, ValueError, TypeError):  # a bracket without its pair, a port of letters
        pass
    raise InputError(address, "no address of a page", "http:// or https://, a name, a path", "check it")


def resolve(url: httpx.URL, allow_private: bool, address: str) -> str:
    """Resolve a host; give the first address of it, all having been found to be public.

    Args:
        url: Whose host.
        allow_private: Whether it may be in the own network.
        address: What the user asked for, for the error.

    Returns:
        An IP address.

    Raises:
        InputError: If there is no such host, or it may not be asked.
    """
    try:
        found = socket.getaddrinfo(url.host, url.port or _PORTS[url.scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError(address, f"no such host ({url.host})", "a host that exists", "check it") from error
    hosts = [str(place[4][0]) for place in found]
    private = next((host for host in hosts if not is_public(host)), None)
    if private and not allow_private:
        told = f"a host in the own network ({private})"
        raise InputError(address, told, "a public one", "say --allow-private if you trust the address")
    return hosts[0]


def is_public(host: str) -> bool:
    """Tell whether an IP address is one that anyone can reach, also where one of version 4 is hidden in it."""
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner or address in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(inner or ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        if address not in _UNICAST:
            return False
    return address.is_global and not address.is_multicast
