"""What a host lets programs read (``robots.txt``, RFC 9309): the longest rule decides, ``*`` and ``$`` count.

Python's own parser takes the first rule that fits, and ``*`` for a letter.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin

AGENT: Final = "rubrika"
"""The name under which pages are asked for, and which robots.txt may name."""

CLOSED: Final = "User-agent: *\nDisallow: /"
"""What counts as the rules of a host that cannot tell them (section 2.3.1.4)."""


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
    from protego import Protego

    return bool(Protego.parse(rules).can_fetch(address, AGENT))
