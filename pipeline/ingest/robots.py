"""What a host lets programs read (``robots.txt``, RFC 9309)."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin
from urllib.robotparser import RobotFileParser

AGENT: Final = "rubrika"
"""The name under which pages are asked for, and which robots.txt may name."""


def allows(address: str, read: Callable[[str], str | None]) -> bool:
    """Tell whether a page may be read.

    Args:
        address: Of the page.
        read: Reads the rules; None where there are none, and then all may be read.

    Returns:
        What the rules say.
    """
    rules = read(urljoin(address, "/robots.txt"))
    if rules is None:
        return True
    parser = RobotFileParser()
    parser.parse(rules.splitlines())
    return parser.can_fetch(AGENT, address)
