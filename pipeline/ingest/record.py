"""What readers give: records, and rows that could not be read as one."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the input.

    Attributes:
        line: Where it begins, from 1.
        values: Its cells by column; one of them is ``headline``.
    """

    line: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be used.

    Attributes:
        file: The input that it stands in.
        line: Where it begins, from 1.
        reason: What is wrong with it.
        text: What stands there.
    """

    file: str
    line: int
    reason: str
    text: str


@dataclass
class Counts:
    """What became of the rows: read = kept + empty + rejected."""

    read: int = 0
    kept: int = 0
    empty: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.read} read, {self.kept} kept, {self.empty} empty, {len(self.rejects)} rejected"
