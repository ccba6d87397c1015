"""What the page says, in Russian and English: ``tongue.tsv``, a phrase a line."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from starlette.requests import Request

COOKIE: Final = "tongue"
TONGUES: Final = ("ru", "en")
_FORMS: Final = "|"
_THIN: Final = "\N{NARROW NO-BREAK SPACE}"
_RANGE: Final = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([\d.]+))?")


class Tongue:
    """A language of the page.

    Args:
        name: One of ``TONGUES``.
        phrases: By key; where a number decides, its forms parted by ``|``.
    """

    def __init__(self, name: str, phrases: Mapping[str, str]) -> None:
        self.name = name
        self._phrases = phrases

    def __call__(self, key: str, **values: object) -> str:
        """Say a phrase.

        Args:
            key: Which.
            **values: What is put into it; ``n`` chooses the form.

        Returns:
            The phrase; the key itself if there is none, as for a topic of another version.
        """
        forms = self._phrases.get(key, key).split(_FORMS)
        number = values.get("n")
        phrase = forms[self._form(number, len(forms))] if isinstance(number, int) else forms[0]
        shown = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return phrase.format_map(shown) if values else phrase

    def _form(self, number: int, forms: int) -> int:
        """Choose a form: one, few, many in Russian; one, several in English (Unicode CLDR)."""
        if self.name == "en":
            return min(int(number != 1), forms - 1)
        ones, tens = number % 10, number % 100
        form = 2 if 11 <= tens <= 14 or ones == 0 or ones > 4 else int(ones > 1)  # noqa: PLR2004
        return min(form, forms - 1)

    def number(self, value: int) -> str:
        """Write a number with its thousands parted as the language does."""
        return f"{value:,}" if self.name == "en" else f"{value:,}".replace(",", _THIN)


@cache
def tongues() -> dict[str, Tongue]:
    """Give the languages, read once."""
    lines = files(__package__).joinpath("tongue.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {name: Tongue(name, {row[0]: row[place] for row in rows}) for place, name in enumerate(TONGUES, start=1)}


def tongue_of(request: Request) -> Tongue:
    """Choose the language of an answer: what was chosen on the page, or else what the browser prefers."""
    chosen = request.cookies.get(COOKIE, "")
    return tongues()[chosen if chosen in TONGUES else preferred(request.headers.get("Accept-Language", ""))]


def preferred(header: str) -> str:
    """Choose one of ``TONGUES`` by a header ``Accept-Language`` (RFC 9110, 12.5.4).

    >>> preferred("be,en;q=0.5"), preferred("de-DE,en;q=0.9,ru;q=0.1"), preferred("")
    ('en', 'en', 'ru')

    Args:
        header: Its value; may be empty, or broken.

    Returns:
        The language that is wanted most; Russian, which all headlines are in, where none is.
    """
    wanted = [match for part in header.split(",") if (match := _RANGE.match(part))]
    ranked = sorted(wanted, key=lambda match: -_quality(match[2]))
    names = (match[1].lower().partition("-")[0] for match in ranked if _quality(match[2]) > 0)
    return next((name for name in names if name in TONGUES), TONGUES[0])


def _quality(text: str | None) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
