"""What a host lets programs read (``robots.txt``, RFC 9309): the longest rule decides, ``*`` and ``$`` count.

Python's own parser takes the first rule that fits, and ``*`` for a letter.
"""

import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin

AGENT: Final = "rubrika"
"""The name under which pages are asked for, and which robots.txt may name."""

CLOSED: Final = "User-agent: *\nDisallow: /"
"""What counts as the rules of a host that cannot tell them (section 2.3.1.4)."""

_DAY: Final = 24 * 60 * 60.0
"""Seconds for which rules that were read may be relied on (RFC 9309, 2.4)."""

Read = Callable[[str], str | None]
"""Reads the rules at an address; None where there are none."""


class Rules:
    """The rules of hosts, read once a day; for a program that goes on asking."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, str | None]] = {}

    def remembering(self, read: Read) -> Read:
        """Read rules only if they were not read within a day.

        Args:
            read: Reads them.

        Returns:
            The same, with a memory.
        """

        def known(address: str) -> str | None:
            when, rules = self._known.get(address, (0.0, None))
            if not when or time.monotonic() - when > _DAY:
                rules = read(address)
                self._known[address] = (time.monotonic(), rules)
            return rules

        return known


def allows(address: str, read: Read) -> bool:
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
