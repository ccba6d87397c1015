"""What readers give: records, and rows that could not be read as one; and the count of both."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

COLUMN: Final = "headline"
"""The column of the headlines in everything that is read and written."""

_SHOWN: Final = 1000
"""Rejects kept in memory; all of them go to the sink, so that a file of ten million bad rows costs no memory."""
_TOLD: Final = 3
"""Reasons, and pairs of sources, that the counts name; the rest is summed up."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the input.

    Attributes:
        line: Where it begins, from 1.
        values: Its cells by column; one of them is ``headline``.
    """

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be used.

    Attributes:
        file: The input that it stands in.
        line: Where it begins, from 1; 0 if it is the whole input.
        reason: What is wrong with it.
        text: What stands there.
    """

    file: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to read.

    Attributes:
        column: The column of the headlines, if it is not to be found by its name.
        encoding: The encoding of texts, if it is not to be found by their letters.
        dedupe: ``exact`` or ``near`` leaves out headlines met before; nothing keeps all.
        allow_private: Whether an address may lead into the own network.
    """

    column: str | None = None
    encoding: str | None = None
    dedupe: str | None = None
    allow_private: bool = False


@dataclass
class Counts:
    """What became of the rows: read = kept + duplicates + empty + rejected.

    Attributes:
        read: Rows met.
        kept: Rows given on.
        duplicates: Rows left out, their headline having been met before.
        empty: Rows without a headline.
        repaired: Headlines among them whose letters had been garbled and are whole again.
        rejected: Rows that could not be used.
        rejects: The first thousand of these.
        reasons: How often each reason was given, numbers in it left out.
        copies: Duplicates by their source and the source met first.
        sink: Where every reject, and every duplicate, is told.
    """

    read: int = 0
    kept: int = 0
    duplicates: int = 0
    empty: int = 0
    repaired: int = 0
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    copies: Counter[tuple[str, str]] = field(default_factory=Counter)
    sink: Callable[[Reject], None] | None = None

    def reject(self, row: Reject) -> None:
        """Count a row that could not be used, and tell it."""
        self.rejected += 1
        self.reasons[re.sub(r"\d[\d,.]*", "…", row.reason)] += 1
        if len(self.rejects) < _SHOWN:
            self.rejects.append(row)
        if self.sink:
            self.sink(row)

    def copy(self, row: Reject, first: str) -> None:
        """Count a row whose headline was met before in the source ``first``, and tell it."""
        self.duplicates += 1
        self.copies[row.file, first] += 1
        if self.sink:
            self.sink(row)

    def add(self, sums: Mapping[str, int]) -> None:
        """Add what another process counted, by the names of what it counted."""
        for name, sum_ in sums.items():
            setattr(self, name, getattr(self, name) + sum_)

    def __str__(self) -> str:
        """One line for people."""
        reasons = _named(self.reasons.most_common(), lambda reason: reason)
        copies = _named(self.copies.most_common(), lambda pair: f"{pair[0]} after {pair[1]}")
        return (
            f"{self.read} read, {self.kept} kept, {self.duplicates} duplicates{copies}, {self.empty} empty, "
            f"{self.repaired} repaired, {self.rejected} rejected{reasons}"
        )


def _named(counted: list[tuple[Any, int]], name: Callable[[Any], str]) -> str:
    if not counted:
        return ""
    shown = [f"{count} {name(what)}" for what, count in counted[:_TOLD]]
    rest = sum(count for _, count in counted[_TOLD:])
    return f" ({'; '.join(shown)}{f'; {rest} more' if rest else ''})"
