"""Mutation testing: the code is changed in one place after the other, and each time some test must fail.

``make mutants`` lets mutmut make the mutants of the modules that pyproject.toml names, runs for each one the tests that
call its function, and writes models/report/mutants.md: what share was killed, and who survived for what reason, which
survivors.tsv keeps. Under 85 %, or with a survivor that has no reason there, it fails. ``make mutants AGAIN=1`` tries
only those that have survived without a reason, after new tests, and those whose function has changed.
"""

import csv
import os
import shutil
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import libcst as cst
from libcst import matchers
from mutmut import __main__ as mutmut
from mutmut.configuration import config
from mutmut.mutation import file_mutation
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import orig_function_and_class_names_from_key
from mutmut.workers import isolation

ROOT: Final = Path(__file__).parent.parent
REASONS: Final = ROOT / "tests/survivors.tsv"
WANTED: Final = 0.85
"""Share of the mutants that the tests must kill."""
NOTICED: Final = {"killed", "timeout", "segfault"}
ALONE: Final = {"LOKY_MAX_CPU_COUNT": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""One process: what works in another one is not the mutant."""


@dataclass(frozen=True)
class Mutant:
    """A change of the code.

    Attributes:
        name: As mutmut calls it.
        module: Where it is.
        function: Where in it, with the class.
        change: The changed lines as they became.
        status: What the tests made of it, as mutmut calls it.
    """

    name: str
    module: str
    function: str
    change: str
    status: str

    @property
    def noticed(self) -> bool:
        """Whether the tests failed."""
        return self.status in NOTICED

    @property
    def key(self) -> tuple[str, str, str]:
        """What survivors.tsv knows it by."""
        return self.module, self.function, self.change


class Visitor(file_mutation.MutationVisitor):  # type: ignore[misc]  # mutmut has no types here
    """What mutmut changes: it leaves decorated functions alone, but behind a cache they can be changed as well."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        cached = isinstance(node, cst.FunctionDef) and bool(node.decorators) and all(map(_caches, node.decorators))
        return not cached and bool(super()._skip_node_and_children(node))


def _caches(decorator: cst.Decorator) -> bool:
    known = matchers.Decorator(matchers.Name("cache") | matchers.Call(matchers.Name("lru_cache")))
    return bool(matchers.matches(decorator, known))


def run() -> None:
    """Make the mutants and try those not tried yet, in one process, bounded by CPU seconds alone."""
    os.environ |= ALONE
    file_mutation.MutationVisitor = Visitor
    isolation.register_timeout = lambda **_: None  # by the clock: a machine that is busy, or asleep, kills no mutant
    mutmut._run([], 1)


def forget(names: Collection[str]) -> None:
    """Let mutmut take some mutants for new: it tries what it knows nothing of."""
    for path in {Path(*name.split(".")[:2]).with_suffix(".py") for name in names}:
        data = SourceFileMutationData(path=path)
        data.load()
        data.exit_code_by_key |= dict.fromkeys(data.exit_code_by_key.keys() & set(names))
        data.save()


def mutants() -> Iterator[Mutant]:
    """Give all mutants with what became of them."""
    for path in map(Path, sorted(config().only_mutate)):
        data = SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            function, owner = orig_function_and_class_names_from_key(name)
            status = status_by_exit_code[code]
            change = "" if status in NOTICED else _change(name, path)
            yield Mutant(name, path.stem, f"{owner}.{function}" if owner else function, change, status)


def _change(name: str, path: Path) -> str:
    """Give the changed lines, as they became, in one."""
    lines = get_diff_for_mutant(name, path=path).splitlines()
    return " ".join(line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++"))


def reasons() -> dict[tuple[str, str, str], str]:
    """Read why survivors survive, by module, function and change."""
    with REASONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {(module, function, change): reason for module, function, change, reason in rows[1:]}


def report(found: Sequence[Mutant], known: dict[tuple[str, str, str], str]) -> Iterator[str]:
    """Write what was killed, and who survived, as Markdown."""
    noticed = Counter(each.module for each in found if each.noticed)
    total = Counter(each.module for each in found)
    many, killed = len(found), noticed.total()
    unknown = sum(not each.noticed and each.key not in known for each in found)
    yield "# Mutants\n"
    yield (
        f"`make mutants` changed the stages, the model and its evaluation in {many:,} places, one after the other: the "
        f"tests noticed {killed / many:.1%}; {unknown or 'none'} of the {many - killed} others lacks a reason.\n"
    )
    yield (
        "mutmut makes another operator, number, text, argument or branch, and runs the tests that call the changed "
        "function. *Killed*: some test failed.\n"
    )
    yield "| module | mutants | killed | share |\n| --- | ---: | ---: | ---: |"
    for module, count in sorted(total.items()):
        yield f"| {module} | {count:,} | {noticed[module]:,} | {noticed[module] / count:.1%} |"
    yield f"| **all** | {many:,} | {killed:,} | **{killed / many:.1%}** |\n"
    yield "## Survivors\n\n| where | became | why no test fails |\n| --- | --- | --- |"
    for each in found:
        if not each.noticed:
            code = each.change.replace("|", "\\|").replace("`", "ˋ")
            yield f"| {each.module}.{each.function} | `{code}` | {known.get(each.key, '**not known**')} |"


def main(again: bool) -> int:
    """Try the mutants, or the survivors again, and write what became of them."""
    os.chdir(ROOT)
    known = reasons()
    if again:
        Path("mutants/mutmut-stats.json").unlink(missing_ok=True)  # which test calls what may have changed
        forget([each.name for each in mutants() if not each.noticed and each.key not in known])
    else:
        shutil.rmtree("mutants", ignore_errors=True)
    run()
    found = list(mutants())
    Path("models/report/mutants.md").write_text("\n".join(report(found, known)) + "\n", encoding="utf-8")
    survivors = [each for each in found if not each.noticed]
    unknown = [each for each in survivors if each.key not in known]
    for each in unknown:
        sys.stderr.write("\t".join((*each.key, each.status)) + "\n")
    share = 1 - len(survivors) / len(found)
    sys.stderr.write(f"{share:.1%} of {len(found):,} mutants killed; {len(unknown)} survivors without a reason\n")
    return int(share < WANTED or bool(unknown))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] == ["again"]))
