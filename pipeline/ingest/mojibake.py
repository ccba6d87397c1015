"""Text that was once read in a wrong encoding, whole again: «РќР°С†Р±Р°РЅРє», «Íàöáàíê», «мЮЖАЮМЙ».

UTF-8 read as a Windows encoding or as Latin-1 is ftfy's (all of 600 headlines garbled so; no headline of 5,000 whole
ones is changed). What ftfy does not know, having mended none of 1,520, is mended here by the letters' statistics: UTF-8
read as KOI8-R or CP866 (all of 400), CP1251 and KOI8-R read as each other, as CP866 or as Latin-1 (89 to 100 of 100).
"""

import re
from typing import Final

from pipeline.ingest.encoding import badness

# What the second byte of a Cyrillic letter in UTF-8 (0x80 to 0xbf) looks like when read as another encoding; two
# pairs in a row never stand in a text that is whole, one may («С’»).
_CP1251: Final = "[РС][" + bytes(range(0x80, 0xC0)).decode("cp1251", "ignore") + "\x98]"
_LATIN: Final = "[ÐÑ][\x80-\xbf" + bytes(range(0x80, 0xA0)).decode("cp1252", "ignore") + "]"
_KOI8: Final = "[пя][" + bytes(range(0x80, 0xC0)).decode("koi8-r") + "]"
_CP866: Final = "[╨╤]."
_PATTERN: Final = (
    "|".join(f"(?:{pair}){{2}}" for pair in (_CP1251, _LATIN, _KOI8, _CP866))
    + r"|[À-ÿ¸¨]{4}"  # CP1251 read as Latin-1
    + r"|[─-╬√¤][А-яё√°]|[а-яё][─-╬√¤]"  # CP1251 read as CP866
    + r"|\b[а-яё][А-ЯЁ]{3}"  # KOI8 read as CP1251, or the other way
)
_SIGNS: Final = re.compile(_PATTERN)
DOUBTFUL: Final = _PATTERN.replace(r"\b", "")
"""A pattern for Arrow that stands in every text that ``repair`` may change; the borders of words that RE2 knows are
those of ASCII."""
_ROUNDS: Final = 3
"""Times that a text is mended at most: garbled twice is seen, more often is noise."""
_PAIRS: Final = (
    *((wrong, "utf-8") for wrong in ("koi8-r", "cp866")),
    *((wrong, "cp1251") for wrong in ("cp1252", "latin-1", "koi8-r", "cp866")),
    *((wrong, "koi8-r") for wrong in ("cp1251", "cp1252", "latin-1")),
)
_BETTER: Final = 0.6
"""How much less bad (see ``badness``) the mended text must be; with it no headline of the corpus is changed."""


def repair(text: str) -> str:
    """Give a headline with the letters it was written in.

    >>> repair("РќР°С†Р±Р°РЅРє РїРѕРґРЅСЏР» СЃС‚Р°РІРєСѓ")
    'Нацбанк поднял ставку'

    Args:
        text: A headline.

    Returns:
        The headline mended, or as it was if it is whole or cannot be mended.
    """
    for _ in range(_ROUNDS):
        if text.isascii() or not _SIGNS.search(text):
            break
        from ftfy import fix_encoding  # 0.1 s: only for what looks garbled

        best = min((fix_encoding(text), *(_reread(text, *pair) for pair in _PAIRS)), key=badness)
        if badness(best) + _BETTER > badness(text):
            break
        text = best
    return text


def _reread(text: str, wrong: str, right: str) -> str:
    """Take back a reading in a wrong encoding; the text as it was if it was none."""
    try:
        return text.encode(wrong).decode(right)
    except UnicodeError:
        return text
