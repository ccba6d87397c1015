"""Twice as much as the server can do, for minutes, and idlers beside it: ``make overload``.

The capacity is measured by the same crowd, on the same machine, first; then it asks twice as often, whether it is
answered or not. What is let in is answered within ``BOUND`` seconds for 99 of 100, what is not is told when to come
again, no correction that was acknowledged is lost, and afterwards all is as before.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import numpy as np
import psutil
from crowd import DONE, IDLERS, MIX, PATIENCE, REFUSED, Answer, Crowd, idle

from pipeline.corrections import Corrections
from pipeline.machine import processors

ROOT: Final = Path(__file__).parent.parent
ONE: Final = "one headline"
BOUND: Final = 5.0
"""Seconds within which 99 of 100 accepted requests are answered."""
GROWTH: Final = 1 << 30
"""Bytes that the server may grow by: sheets (512 MB) and requests under way (256 MB), with their answers."""
SLOWER: Final = 1.5
SLACK: Final = 0.002
"""Times as long as before, and seconds more, that half of the requests may take afterwards."""
TIMES: Final = 2
"""Times the capacity that is asked for."""
ASKERS: Final = 8


@dataclass
class Told:
    """What was measured.

    Attributes:
        capacity: Requests answered a second by a server that is never idle and never full.
        asked: Requests a second that it was asked.
        answers: What came of them.
        idlers: Connections of idlers at a time.
        before: Seconds in which half of the single headlines are answered before.
        after: The same, afterwards.
        recovered: Seconds after the end until the server was ready.
        memory: Bytes at the start, at most, and at the end.
        clicks: Corrections that were acknowledged, and rows in their store.
        ended: Whether the server ended by itself.
    """

    capacity: float
    asked: float
    answers: list[Answer]
    idlers: int
    before: float
    after: float
    recovered: float
    memory: tuple[int, int, int]
    clicks: tuple[int, int]
    ended: bool

    def times(self, *kinds: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """Give the seconds of what was accepted, of some kinds or all."""
        return np.array([each.seconds for each in self.answers if each.status in DONE and each.kind in (kinds or MIX)])

    def wrong(self) -> Iterator[str]:
        """Say what must not be, however slow the machine is."""
        if self.ended:
            yield "the server ended"
        others = Counter(each.fault or each.status for each in self.answers if each.status not in DONE + REFUSED)
        yield from (f"{count} times {what}" for what, count in others.items())
        if mute := [each for each in self.answers if each.status in REFUSED and not (each.wait or "").isdecimal()]:
            yield f"{len(mute)} refusals without Retry-After"
        if self.clicks[1] < self.clicks[0]:
            yield f"{self.clicks[0]} corrections acknowledged, {self.clicks[1]} kept"
        if self.memory[1] - self.memory[0] > GROWTH:
            yield f"memory grew to {self.memory[1] >> 20} MB"

    def slow(self) -> Iterator[str]:
        """Say what takes too long, on a machine that does nothing else."""
        if (late := float(np.quantile(self.times(), 0.99))) > BOUND:
            yield f"p99 of what was accepted is {late:.1f} s"
        if self.after > SLOWER * self.before + SLACK:
            yield f"p50 was {1000 * self.before:.1f} ms before and is {1000 * self.after:.1f} ms after"


async def overload(address: str, process: psutil.Popen, store: Path, seconds: float, idlers: int, times: float) -> Told:
    """Ask a server more than it can do.

    Args:
        address: Of the server.
        process: Of the server.
        store: Of its corrections.
        seconds: To ask; what is measured before and after takes a third more.
        idlers: Connections of each kind of idlers.
        times: How often its capacity is asked for.

    Returns:
        What was measured.
    """
    lines = (ROOT / "data/headlines.csv").read_text(encoding="utf-8").splitlines()[1:20_001]
    bounds = httpx.Limits(max_connections=None, max_keepalive_connections=64)
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=bounds) as client:
        crowd = Crowd(client, [line.rsplit(",", 4)[0] for line in lines])
        await crowd.sit()
        await crowd.press(ASKERS, seconds / 12)  # what is made once, such as rows for words
        begin, before = process.memory_info().rss, await _calm(crowd, seconds / 12)
        capacity = await crowd.press(ASKERS, seconds / 12)
        others = [asyncio.create_task(idle(address, kind)) for kind in IDLERS for _ in range(idlers)]
        peak = asyncio.create_task(_peak(process))
        crowd.answers, earlier = [], crowd.answers
        asked = await crowd.flood(times * capacity, seconds)
        flooded, crowd.answers = crowd.answers, []
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        recovered = await _ready(client)
        after = await _calm(crowd, seconds / 12)
        peak.cancel()
        most = (await asyncio.gather(peak))[0]
    clicks = sum(each.kind == "click" and each.status in DONE for each in [*earlier, *flooded])
    kept = len(Corrections(store).history())
    memory = (begin, most, process.memory_info().rss)
    return Told(
        capacity,
        asked,
        flooded,
        len(others),
        before,
        after,
        recovered,
        memory,
        (clicks, kept),
        process.poll() is not None,
    )


async def _calm(crowd: Crowd, seconds: float) -> float:
    """Ask for one headline after the other; give the seconds in which half of them are answered."""
    end, times = time.monotonic() + seconds, list[float]()
    while not times or time.monotonic() < end:
        times.append((await crowd.ask(ONE)).seconds)
        await asyncio.sleep(0.01)
    return float(np.median(times))


async def _ready(client: httpx.AsyncClient) -> float:
    """Wait until the server is ready; give the seconds."""
    begun = time.monotonic()
    while (await client.get("/health/ready")).status_code != DONE[0]:
        await asyncio.sleep(0.05)
    return time.monotonic() - begun


async def _peak(process: psutil.Popen) -> int:
    """Give the most memory that was seen until this is cancelled."""
    most = 0
    try:
        while True:
            most = max(most, process.memory_info().rss)
            await asyncio.sleep(0.2)
    except (asyncio.CancelledError, psutil.NoSuchProcess):
        return most


@contextmanager
def server(model: Path, store: Path) -> Iterator[tuple[str, psutil.Popen]]:
    """Run a server of its own, as a user does but for the rate."""
    where = ("--model", str(model), "--corrections", str(store), "--port", "0", "--rate", "0")
    command = [sys.executable, "-m", "pipeline.cli", "serve", *where]
    with psutil.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process.stderr.readline().split()[-1], process
        finally:
            process.terminate()


def run(model: Path, seconds: float, idlers: int, times: float = TIMES) -> Told:
    """Start a server, and ask it more than it can do."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "corrections.db"
        with server(model, store) as (address, process):
            return asyncio.run(overload(address, process, store, seconds, idlers, times))


def report(told: Told, minutes: float) -> str:
    """Write what was measured as Markdown."""
    start, most, end = (size >> 20 for size in told.memory)
    refused = Counter(each.status for each in told.answers if each.status in REFUSED)
    rows = [
        f"| {kind} | {sum(each.kind == kind for each in told.answers):,} | {len(told.times(kind)):,} "
        f"| {1000 * np.median(told.times(kind)):,.0f} | {1000 * np.quantile(told.times(kind), 0.99):,.0f} |"
        for kind in MIX
        if len(told.times(kind))
    ]
    faults = [*told.wrong(), *told.slow()]
    return "\n".join([
        "# The server under twice what it can do\n",
        f"`make overload` asked a server {told.asked:.0f} times a second for {minutes:g} minutes, twice the "
        f"{told.capacity:.0f} a second that it can answer with the crowd on the same {processors()} processors "
        f"({os.uname().machine}), and held {told.idlers} connections open beside it that say nothing, a byte a second, "
        "half of a request, or hear a byte a second.\n",
        "| asked for | requests | accepted | p50, ms | p99, ms |\n| --- | ---: | ---: | ---: | ---: |",
        *rows,
        f"\n- p99 of all that was accepted: {np.quantile(told.times(), 0.99):.2f} s; at most {BOUND:g} s are promised.",
        f"- refused: {', '.join(f'{count:,} by {status}' for status, count in refused.items()) or 'none'}, "
        "each with Retry-After.",
        f"- memory: {start:,} MB at the start, {most:,} MB at most, {end:,} MB at the end.",
        f"- corrections: {told.clicks[0]:,} acknowledged, {told.clicks[1]:,} rows in the store.",
        f"- one headline, asked for alone: p50 {1000 * told.before:.1f} ms before, {1000 * told.after:.1f} ms after; "
        f"ready {told.recovered:.2f} s after the end.",
        f"- what should not be: {'; '.join(faults) or 'nothing'}.\n",
    ])  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--idlers", type=int, default=20, help="connections of each kind")
    parser.add_argument("--model", type=Path, default=ROOT / "models/champion")
    parser.add_argument("--report", type=Path)
    wanted = parser.parse_args()
    measured = run(wanted.model, 60 * wanted.minutes, wanted.idlers)
    text = report(measured, wanted.minutes)
    if wanted.report:
        wanted.report.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    sys.exit(any(measured.wrong()) or any(measured.slow()))
