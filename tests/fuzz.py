"""Malformed inputs by the hundred thousand: every reader gives rows or one line of error, in bounded time and memory.

``make fuzz`` reads 200,000. An input is made of a sample and its number alone, so that
``python tests/fuzz.py --first 4711 --count 1`` repeats it. Workers are processes of their own: one that hangs is ended
and counted.
"""

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from malformed import ROOT, malformed

SECONDS: Final = 5.0
"""Time of its own that one input may take; the samples take some thousandths."""
HANGS: Final = 60.0
"""Seconds on the clock after which a worker is ended."""
MEGABYTES: Final = 256
"""Memory that one input may add."""
LIMIT: Final = 3 << 30
"""Address space of a worker, beyond which it gets a MemoryError."""
BLOCK: Final = 1000


@dataclass
class Tally:
    """What became of inputs."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    largest: int = 0

    def add(self, lines: str) -> None:
        """Count inputs: number, sample, outcome, seconds, kB, and what is wrong, a line each."""
        for line in lines.splitlines():
            number, kind, outcome, seconds, grown, fault = line.split("\t")
            self.outcomes[f"{kind}/{outcome}"] += 1
            self.slowest, self.largest = max(self.slowest, float(seconds)), max(self.largest, int(grown))
            if fault:
                self.faults.append(f"{number} {kind}: {fault}")


def work(first: int, count: int, progress: Path, folder: Path) -> None:
    """Read inputs one after the other, watch each, and tell what became of it."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    for number in range(first, first + count):
        progress.write_text(str(number))
        kind, name, data = malformed(number)
        path = folder / name
        path.write_bytes(data)
        before, begun = reset_peak(), time.process_time()
        outcome, fault = attempt(path)
        seconds, grown = time.process_time() - begun, peak() - before
        if not fault and (seconds > SECONDS or grown > MEGABYTES << 10):
            fault = f"{seconds:.1f} s, {grown >> 10} MB"
        cells = (number, kind, "fault" if fault else outcome, f"{seconds:.3f}", grown, " ".join(fault.split()))
        sys.stdout.write("\t".join(map(str, cells)) + "\n")
        sys.stdout.flush()
        path.unlink()


def attempt(path: Path) -> tuple[str, str]:
    """Read an input; give the outcome, and what is wrong, if anything."""
    from pipeline.errors import InputError
    from pipeline.ingest import Counts, read

    counts = Counts()
    try:
        for table in read(str(path), counts):
            "".join(table["headline"].to_pylist()).encode()
    except InputError as error:
        return "refused", f"an error of several lines: {error!r}" if "\n" in str(error) else ""
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        return "fault", f"{type(error).__name__}: {str(error)[:150]}"
    whole = counts.read == counts.kept + counts.duplicates + counts.empty + counts.rejected
    return "rejects" if counts.rejected else "read", "" if whole else f"counts do not add up: {counts}"


def peak() -> int:
    """Give the most memory held since the last reset, in kB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def reset_peak() -> int:
    """Forget the most memory held, so that the next input is measured by itself; give what is held now."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return peak()


def spawned(first: int, count: int) -> str:
    """Read inputs in processes of their own; what ends one is a fault, and the next one goes on after it."""
    told, end = "", first + count
    while first < end:
        with tempfile.TemporaryDirectory() as name:
            command = [sys.executable, __file__, "--worker", name, "--first", str(first), "--count", str(end - first)]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            progress = Path(name) / "progress"
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
                out, why = watched(process, progress)
            told += out
            if not why:
                break
            last = int(progress.read_text()) if progress.exists() else first
            told += f"{last}\t{malformed(last)[0]}\tfault\t0\t0\t{' '.join(why.split())}\n"
            first = last + 1
    return told


def watched(process: "subprocess.Popen[bytes]", progress: Path) -> tuple[str, str]:
    """Wait for a worker; give what it told, and what ended it before its end, if anything did."""
    last, since, why = "", time.monotonic(), ""
    while True:
        try:
            out, errors = process.communicate(timeout=1)
        except subprocess.TimeoutExpired:
            now = progress.read_text() if progress.exists() else ""
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > HANGS:
                why = f"more than {HANGS:.0f} s"
                process.kill()
            continue
        if process.returncode and not why:
            why = f"the process ended with {process.returncode}: {errors.decode(errors='replace')[-200:]}"
        return out.decode(), why


def report(tally: Tally, count: int, seconds: float) -> str:
    """Write down what came out."""
    kinds = sorted({key.partition("/")[0] for key in tally.outcomes})
    columns = ("read", "rejects", "refused", "fault")
    rows = [
        f"| {kind} | " + " | ".join(f"{tally.outcomes[f'{kind}/{name}']:,}" for name in columns) + " |"
        for kind in kinds
    ]
    totals = (f"{sum(n for key, n in tally.outcomes.items() if key.endswith('/' + name)):,}" for name in columns)
    return (
        "\n".join(
            [
                "# Malformed inputs",
                "",
                f"`make fuzz` read {count:,} malformed inputs in {seconds:,.0f} s: samples with bytes changed, lost, "
                "doubled, put in from elsewhere or in another encoding, and traps, each read by itself in a worker.",
                f"Bounds for one input: {SECONDS:g} s of CPU, {MEGABYTES} MB. The slowest took {tally.slowest:.2f} s, "
                f"the largest added {tally.largest >> 10} MB.",
                "",
                "*read*: rows, none rejected; *rejects*: some rows rejected with their reasons; *refused*: one line of "
                "error; *fault*: anything else, or out of bounds.",
                "",
                "| sample | read | rejects | refused | fault |",
                "| --- | ---: | ---: | ---: | ---: |",
                *rows,
                f"| **all** | {' | '.join(totals)} |",
                "",
                *(
                    ["Faults (the number repeats it: `python tests/fuzz.py --first N --count 1`):", ""]
                    if tally.faults
                    else []
                ),
                *(f"- {fault}" for fault in sorted(tally.faults)[:50]),
            ]
        ).rstrip()
        + "\n"
    )


def main() -> int:
    """Run, print or write the report; exit 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        work(asked.first, asked.count, asked.worker / "progress", asked.worker)
        return 0
    from concurrent.futures import ThreadPoolExecutor

    begun = time.monotonic()
    starts = range(asked.first, asked.first + asked.count, BLOCK)
    sizes = [min(BLOCK, asked.first + asked.count - start) for start in starts]
    tally = Tally()
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        for met in workers.map(spawned, starts, sizes):
            known = len(tally.faults)
            tally.add(met)
            sys.stderr.write("".join(f"\n{fault}\n" for fault in tally.faults[known:]))
            sys.stderr.write(f"\r{sum(tally.outcomes.values()):,} read, {len(tally.faults)} faults")
    text = report(tally, asked.count, time.monotonic() - begun)
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write("\n" + text)
    return bool(tally.faults)


if __name__ == "__main__":
    sys.exit(main())
