"""Malformed inputs by the hundred thousand: every reader gives rows or one line of error, in bounded time and memory.

``make fuzz`` reads 200,000. An input is made of a sample and its number alone, so that
``python tests/fuzz.py --first 4711 --count 1`` repeats it. Workers are processes of their own: one that hangs is ended
and counted.
"""

import argparse
import contextlib
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
SAMPLES: Final = sorted((ROOT / "data/samples").iterdir())
SECONDS: Final = 2.0
"""Time of its own that one input may take; the samples take some thousandths."""
HANGS: Final = 60.0
"""Seconds on the clock after which a worker is ended."""
MEGABYTES: Final = 256
"""Memory that one input may add."""
LIMIT: Final = 3 << 30
"""Address space of a worker, beyond which it gets a MemoryError."""
BLOCK: Final = 1000
TOKENS: Final = [
    *(
        b"\0",
        b"\xff",
        b"\r",
        b"\n",
        b'"',
        b"'",
        b",",
        b";",
        b"<",
        b">",
        b"&",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\\",
        b"\\ud800",
    ),
    *(
        b"<!--",
        b"]]>",
        b"<![CDATA[",
        b"&laquo;",
        b"&#x110000;",
        b"&#0;",
        b"<item>",
        b"</item>",
        b"<entry/>",
        b"<a href='",
    ),
    *(b"null", b"NaN", b"1e999", b"9" * 5000, b'{"a":' * 100, b"[" * 5000, b"<b>" * 3000, b"PK\x03\x04", b"PAR1"),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xd0",
        b"=cmd|'/c calc'!A1",
        b"\xed\xa0\x80",
        b"headline",
        b"\x1f\x8b",
        b"x" * 70000,
    ),
    b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>',
]


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


def malformed(number: int) -> tuple[str, bytes]:
    """Make an input: a sample with some bytes changed, lost, doubled, or put in from elsewhere."""
    luck = random.Random(number)  # noqa: S311 - no secret
    sample = SAMPLES[number % len(SAMPLES)]
    data = bytearray(sample.read_bytes())
    for _ in range(luck.choice([1, 1, 2, 3, 8, 30])):
        at = luck.randrange(len(data) + 1)
        end = min(len(data), at + luck.choice([1, 2, 4, 16, 200]))
        kind = luck.randrange(7)
        if kind == 0:
            data[at:end] = luck.randbytes(end - at)
        elif kind == 1:
            del data[at:end]
        elif kind == 2:
            data[at:at] = data[at:end] * luck.choice([1, 2, 50])
        elif kind == 3:
            data[at:at] = luck.choice(TOKENS)
        elif kind == 4:
            other = luck.choice(SAMPLES).read_bytes()
            start = luck.randrange(len(other) + 1)
            data[at:at] = other[start : start + 300]
        elif kind == 5 and at < len(data):
            data[at] ^= 1 << luck.randrange(8)
        elif luck.random() < 0.3:
            del data[at:]
    name = (
        sample.name if luck.random() < 0.8 else luck.choice(["x", "x.csv", "x.jsonl", "x.xml", "x.html", "x.parquet"])
    )
    return name, bytes(data)


def work(first: int, count: int, progress: Path, folder: Path) -> None:
    """Read inputs one after the other, watch each, and tell what became of it."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    for number in range(first, first + count):
        progress.write_text(str(number))
        name, data = malformed(number)
        path = folder / name
        path.write_bytes(data)
        before, begun = reset_peak(), time.process_time()
        outcome, fault = attempt(path)
        seconds, grown = time.process_time() - begun, peak() - before
        if not fault and (seconds > SECONDS or grown > MEGABYTES << 10):
            fault = f"{seconds:.1f} s, {grown >> 10} MB"
        kind = SAMPLES[number % len(SAMPLES)].name
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
            kind = SAMPLES[last % len(SAMPLES)].name
            told += f"{last}\t{kind}\tfault\t0\t0\t{' '.join(why.split())}\n"
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
                "doubled, or put in from elsewhere, each read by itself in a worker process.",
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
            tally.add(met)
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
