"""What a training says while it works: a line a stage, with what it did and how long it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console

from pipeline.peak import Peak

Tell = Callable[[str], None]


@dataclass
class Stages:
    """The stages of one run, told on the standard error.

    Attributes:
        console: Where to talk.
        seconds: How long each stage took, in the order of the run.
        megabytes: The memory of each at its peak, worker processes included, in units of 10^6 bytes.
    """

    console: Console = field(default_factory=lambda: Console(stderr=True))
    seconds: dict[str, float] = field(default_factory=dict)
    megabytes: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, name: str) -> Iterator[Tell]:
        """Time a stage, and say what it did.

        Args:
            name: The stage's name.

        Yields:
            What the work inside calls with what it did.
        """
        notes: list[str] = []
        begun = time.perf_counter()
        with Peak() as peak:
            yield notes.append
        self.seconds[name], self.megabytes[name] = time.perf_counter() - begun, peak.megabytes
        note = ", ".join(notes)
        self.console.print(f"[bold]{name:<10}[/] {self.seconds[name]:5.1f} s  {note}", highlight=False, soft_wrap=True)
