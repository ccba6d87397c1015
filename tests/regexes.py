"""Every regular expression of the package, timed on texts made to slow it: its time must grow as the text does.

``make regex`` writes models/report/regex.md. A text is a piece of the expression's own words and letters, or two,
repeated, behind another piece or none, with a strange letter at the end, where most expressions fail latest.
"""

import ast
import importlib
import pkgutil
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from math import log
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings, strategies
from hypothesis.errors import InvalidArgument, Unsatisfiable

import pipeline
from pipeline import kin

METHODS: Final = ("search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn")
LETTERS: Final = ("а", "Я", "a", "Z", "7", " ", "\n", "-", ".", ",", "'", "<", "«", "\u0301", "р\u0301")
"""Tried with every expression, beside its own words and letters."""
TRIED: Final = 600
"""Letters of the texts that find the slowest one."""
GROWN: Final = (2_000, 16_000)
"""Letters of the texts on which it is timed; a headline has 10,000 at most."""
MATCHES, HEADS = 20, 12
"""Texts that match, asked of hypothesis, and beginnings of them that are tried."""
LONGEST: Final = 8
"""Letters of a beginning at most."""
LINEAR: Final = 1.5
"""The exponent from which growth is not linear; timing is rough, and a quadratic one has 2."""
NOTICED: Final = 2e-3
"""Seconds below which growth is not told from noise."""


@dataclass(frozen=True)
class Use:
    """An expression, and how it is used.

    Attributes:
        where: Module and name.
        pattern: The expression.
        method: How it is asked.
    """

    where: str
    pattern: re.Pattern[Any]
    method: str

    def seconds(self, text: str, turns: int) -> float:
        """Give the seconds of the processor that the expression takes on a text, the best of some turns."""
        asked: Any = text if isinstance(self.pattern.pattern, str) else text.encode()
        empty = asked[:0]
        best = float("inf")
        for _ in range(turns):
            begun = time.process_time()
            if self.method in ("sub", "subn"):
                self.pattern.sub(empty, asked)
            elif self.method == "finditer":
                sum(1 for _ in self.pattern.finditer(asked))
            else:
                getattr(self.pattern, self.method)(asked)
            best = min(best, time.process_time() - begun)
        return best


@dataclass(frozen=True)
class Worst:
    """How an expression does on the text that slows it most.

    Attributes:
        text: The text, in short.
        seconds: On 16,000 letters of it.
        exponent: Of the growth; 1 is linear.
    """

    text: str
    seconds: float
    exponent: float

    @property
    def linear(self) -> bool:
        """Whether the time grows as the text does."""
        return self.exponent < LINEAR or self.seconds < NOTICED


def uses() -> list[Use]:
    """Find every regular expression of the package."""
    found: dict[tuple[str, str], Use] = {}
    for info in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        module = importlib.import_module(info.name)
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        asked = _asked(tree)
        asks = {"_spelling": [module._spelling(code) for code in ("be", "uk")]} if module is kin else {}
        live = [(name, each) for name, value in (vars(module) | asks).items() for each in _patterns(value)]
        for name, pattern in [*live, *_inline(tree)]:
            for method in asked.get(name, {"sub"}) if name not in METHODS else {name}:
                use = Use(f"{info.name.removeprefix('pipeline.')}.{name}", pattern, method)
                found.setdefault((str(pattern.pattern), method), use)
    return list(found.values())


def _asked(tree: ast.AST) -> dict[str, set[str]]:
    """Give the methods that names are asked by."""
    asked: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in METHODS and isinstance(node.value, ast.Name):
            asked[node.value.id].add(node.attr)
    return asked


def _inline(tree: ast.AST) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Give the expressions that stand where they are used."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in METHODS
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.func.attr, re.compile(str(node.args[0].value))


def _patterns(value: object) -> Iterator[re.Pattern[Any]]:
    """Give the expressions in a value, in whatever it keeps them; a cached function without arguments is asked."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from _patterns(each)
    elif isinstance(value, kin.Spelling):
        yield from _patterns([value.attempts, value.folds, value.any_attempt])
    elif isinstance(value, dict):
        yield from _patterns(list(value.values()))
    elif hasattr(value, "cache_info") and not value.__wrapped__.__code__.co_argcount:  # type: ignore[attr-defined]
        yield from _patterns(value())  # type: ignore[operator]


def attacks(pattern: re.Pattern[Any]) -> Iterable[tuple[str, str]]:
    """Give heads and pieces to repeat behind them: beginnings of what the expression matches, its words, letters."""
    own = sorted(set(re.findall(r"[^\W\d_]{2,}|[^\w\s\\]", str(pattern.pattern))))[:16]
    pairs = ["".join(pair) for pair in product(LETTERS[:10], repeat=2)]
    return product(["", *own[:4], *_beginnings(pattern)], [*LETTERS, *own, *pairs])


def _beginnings(pattern: re.Pattern[Any]) -> list[str]:
    """Give beginnings of some texts that an expression matches."""
    told = pattern.pattern
    if isinstance(told, bytes):
        pattern = re.compile(told.decode(), pattern.flags)
    met: set[str] = set()

    @settings(
        max_examples=MATCHES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies.from_regex(pattern, fullmatch=True))
    def meet(text: str) -> None:
        met.update(text[:end] for end in range(1, min(len(text), LONGEST) + 1))

    with suppress(Unsatisfiable, InvalidArgument):  # what looks behind itself, or halves of letters, match no text
        meet()
    return sorted(met, key=lambda head: (len(head), head))[:: max(1, len(met) // HEADS)]


def worst(use: Use) -> Worst:
    """Find the text that slows an expression most, and how its time grows with it."""
    growth = {}
    for head, piece in attacks(use.pattern):
        seconds = use.seconds(_text(head, piece, TRIED), 1)
        growth[head, piece] = seconds
    slowest = sorted(growth, key=lambda each: growth[each], reverse=True)[:3]
    return max((_grown(use, *each) for each in slowest), key=lambda each: (not each.linear, each.seconds))


def _grown(use: Use, head: str, piece: str) -> Worst:
    short, long = (use.seconds(_text(head, piece, letters), 3) for letters in GROWN)
    return Worst(f"{head}{piece}…", long, log(long / short) / log(GROWN[1] / GROWN[0]))


def _text(head: str, piece: str, letters: int) -> str:
    return head + piece * (letters // len(piece)) + "\u2fff"


def report(found: Iterable[tuple[Use, Worst]]) -> Iterator[str]:
    """Write the worst case of each expression as Markdown."""
    every = sorted(found, key=lambda pair: pair[0].where)
    steepest = max((each.exponent for _, each in every if each.seconds >= NOTICED), default=1.0)
    yield "# Regular expressions\n"
    yield (
        f"`make regex` times {len(every)} uses of regular expressions, all of the package, on texts made to slow each: "
        f"the time of the worst grows with the text to the power of {steepest:.1f}.\n"
    )
    yield (
        "The texts are beginnings of what an expression matches, its own words and letters, repeated. *ms*: the "
        f"slowest of them, {GROWN[1]:,} letters long; *growth*: the exponent of the time from {GROWN[0]:,} letters to "
        f"{GROWN[1]:,}, 1 where it grows as the text does, “–” below {1000 * NOTICED:g} ms.\n"
    )
    yield "| expression | asked by | worst text | ms | growth |\n| --- | --- | --- | ---: | ---: |"
    for use, each in every:
        text = repr(each.text)[1:-1].replace("|", "¦").replace("`", "ˋ")  # as a cell of Markdown can hold it
        growth = f"{each.exponent:.1f}" if each.seconds >= NOTICED else "–"
        yield f"| {use.where} | {use.method} | `{text}` | {1000 * each.seconds:.1f} | {growth} |"


if __name__ == "__main__":
    timed = [(use, worst(use)) for use in uses()]
    told = "\n".join(report(timed)) + "\n"
    Path(sys.argv[1]).write_text(told, encoding="utf-8")
    sys.exit(any(not each.linear for _, each in timed))
