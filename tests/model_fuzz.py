"""Every byte of a model changed in turn: the folder is refused in one line, or harmless, whoever has signed it.

A byte changed alone is refused by its checksum (``test_model.py``). Here the checksums are made anew, as a stranger who
wants to harm would: what is loaded must tag, or be refused, in bounded memory, and must not end the process.
``make fuzz-model`` changes every byte; a worker that dies is counted with the byte that it was at.
"""

import hashlib
import resource
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline import model
from pipeline.errors import RubrikaError
from pipeline.tagger import Tagger

ROOT: Final = Path(__file__).parent.parent
FILES: Final = ("model.json", "features.arrow")
LIMIT: Final = 3 << 30
"""Address space of a worker, beyond which it gets a MemoryError."""
HEADLINES: Final = ("Рубль упал", "Дроны атаковали нефтебазу", "")
FEATURES: Final = 40


def small(folder: Path) -> Path:
    """Save the head of the golden model, so small that each of its bytes can be changed."""
    golden = model.load(ROOT / "tests/golden/model")
    curves = [curve[:3] for curve in golden.card.decision["curves"]]
    card = replace(golden.card, decision=golden.card.decision | {"curves": curves})
    model.save(model.Model(card, golden.features.slice(0, FEATURES)), folder)
    return folder


def size(folder: Path) -> int:
    """Give how many bytes can be changed."""
    return sum((folder / name).stat().st_size for name in FILES)


def attempt(folder: Path, place: int) -> str:
    """Change one byte of a copy, sign it, load it and tag; say what became of it, “fault” first if it is wrong."""
    name = FILES[0]
    contents = {each: bytearray((folder / each).read_bytes()) for each in FILES}
    if place >= len(contents[name]):
        name, place = FILES[1], place - len(contents[name])
    contents[name][place] ^= 1 << hashlib.sha256(b"%d" % place).digest()[0] % 8
    with tempfile.TemporaryDirectory() as other:
        for each, data in contents.items():
            (Path(other) / each).write_bytes(data)
        sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {each}\n" for each, data in contents.items())
        (Path(other) / "SHA256SUMS").write_text(sums, encoding="utf-8")
        return _outcome(Path(other), f"{name}, byte {place}")


def _outcome(folder: Path, where: str) -> str:
    try:
        Tagger.load(folder).tag(HEADLINES)
    except RubrikaError as error:
        return "refused" if "\n" not in str(error) else f"fault {where}: several lines"
    except Exception as error:  # noqa: BLE001 (whatever it is, it is what is looked for)
        return f"fault {where}: {type(error).__name__}: {' '.join(str(error).split())[:150]}"
    return "tagged"


def work(folder: Path, first: int, step: int) -> None:
    """Change bytes in turn, and tell of each."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    warnings.simplefilter("ignore")  # numbers out of range: infinite scores, no harm
    for place in range(first, size(folder), step):
        sys.stdout.write(f"{place} {attempt(folder, place)}\n")
        sys.stdout.flush()


def fuzz(folder: Path, step: int) -> tuple[Counter[str], list[str]]:
    """Change every so many bytes in workers, a new one after each that dies; count outcomes, and give the faults."""
    outcomes, faults, place = Counter[str](), [], 0
    while place < size(folder):
        command = [sys.executable, __file__, "work", str(folder), str(place), str(step)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        for line in done.stdout.splitlines():
            at, told = line.split(" ", 1)
            outcomes[told.split()[0]] += 1
            faults += [told] if told.startswith("fault") else []
            place = int(at) + step
        if done.returncode:
            outcomes["fault"] += 1
            faults.append(f"fault byte {place}: the worker died ({done.returncode}) {done.stderr[-300:]}")
            place += step
    return outcomes, faults


def main(step: int, report: Path | None) -> int:
    """Change bytes of a small model, and write what became of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = small(Path(name) / "model")
        outcomes, faults = fuzz(folder, step)
        told = (
            f"# A model’s bytes\n\n`make fuzz-model` changed each of the {size(folder):,} bytes of a small model in "
            "turn, made its checksums anew, loaded it and tagged.\n\n"
            "| refused | tagged | fault |\n| ---: | ---: | ---: |\n"
            f"| {outcomes['refused']:,} | {outcomes['tagged']:,} | {outcomes['fault']:,} |\n"
        )
    if report:
        report.write_text(told, encoding="utf-8")
    sys.stdout.write("\n".join([told, *faults]) + "\n")
    return int(bool(faults))


if __name__ == "__main__":
    if sys.argv[1] == "work":
        work(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
        sys.exit(0)
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
