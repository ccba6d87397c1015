"""What a digest says, in Russian and in English."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipeline.digest.shares import EVERY
from pipeline.topics import OTHER, Topic


@dataclass(frozen=True)
class Wording:
    """The words of one language.

    Attributes:
        code: The language (BCP 47).
        day: How a day is written short; ``strftime``.
        month: How a month is written.
        whole: How a day is written with its year.
        thousands: What parts the thousands of a number.
        kinds: The names of the topics, of other and of every headline.
        texts: Phrases by name.
    """

    code: str
    day: str
    month: str
    whole: str
    thousands: str
    kinds: dict[str, str]
    texts: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """Give a phrase."""
        return self.texts[name]

    def short(self, first: date, by: str) -> str:
        """Name a period below a bar; a week by its Monday."""
        return first.strftime(self.month if by == "month" else self.day)

    def long(self, first: date, by: str) -> str:
        """Name a period in full."""
        if by == "week":
            last = first + min(timedelta(days=6), date.max - first)
            return f"{first.strftime(self.whole)} – {last.strftime(self.whole)}"
        return first.strftime(self.month if by == "month" else self.whole)

    def number(self, count: int) -> str:
        """Write a number."""
        return f"{count:,}".replace(",", self.thousands)

    def share(self, count: int, of: int) -> str:
        """Say a share with its counts."""
        return f"{count / of:.0%} ({self.number(count)} {self['of']} {self.number(of)})" if of else "–"


RUSSIAN: Final = Wording(
    code="ru",
    day="%d.%m",
    month="%m.%Y",
    whole="%d.%m.%Y",
    thousands="\N{NO-BREAK SPACE}",
    kinds={topic.value: topic.russian for topic in Topic} | {OTHER: "другое", EVERY: "заголовки"},
    texts={
        "of": "из",
        "period": "период",
        "source": "источник",
        "sources": "По источникам",
        "table": "Числа",
        "all": "все",
        "largest": "На картинках самые крупные источники; в таблице все.",
        "no source": "без источника",
        "back": "к картинке",
        "unsure": "не уверен",
        "day": "по дням",
        "week": "по неделям",
        "month": "по месяцам",
        "hint": "Столбик показывает долю заголовков с этой темой; щёлкните по нему, и внизу откроется их список. "
        "У заголовка может быть несколько тем, поэтому доли вместе могут дать больше 100\N{NO-BREAK SPACE}%. "
        "Бледный столбик показывает долю среди немногих: заголовков меньше десяти.",
        "undated": "Заголовков без даты или с датой, которой не хватает точности:",
        "gaps": "Периоды без заголовков пропущены.",
        "made": "Темы проставила Рубрика",
    },
)
ENGLISH: Final = Wording(
    code="en",
    day="%d %b",
    month="%Y-%m",
    whole="%Y-%m-%d",
    thousands=",",
    kinds={topic.value: topic.value for topic in Topic} | {OTHER: OTHER, EVERY: "headlines"},
    texts={
        "of": "of",
        "period": "period",
        "source": "source",
        "sources": "By source",
        "table": "Figures",
        "all": "all",
        "largest": "The pictures show the largest sources; the table has all.",
        "no source": "no source",
        "back": "to the picture",
        "unsure": "unsure",
        "day": "by day",
        "week": "by week",
        "month": "by month",
        "hint": "A bar shows the share of headlines with the topic; click it, and their list opens below. "
        "A headline can carry several topics, so that the shares may add up to more than 100%. "
        "A pale bar is a share of few: there are fewer than ten headlines.",
        "undated": "Headlines without a date, or with one that is not exact enough:",
        "gaps": "Periods without headlines are left out.",
        "made": "Tagged by Rubrika",
    },
)
LANGUAGES: Final = {"ru": RUSSIAN, "en": ENGLISH}
