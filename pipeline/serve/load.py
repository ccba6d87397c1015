"""The API under load, by wrk: ``python -m pipeline.serve.load REPORT`` (``make load``)."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.corpus import read_corpus
from pipeline.errors import InputError
from pipeline.machine import processors
from pipeline.settings import Settings
from pipeline.write import whole_file

SECONDS: Final = 20
"""Of each measurement."""
TRIALS: Final = ((1, 1), (1, 8), (1, 32), (1000, 1), (1000, 4), (10_000, 2))
"""Headlines of a request, and connections that ask at once."""
_BODIES: Final = 500
_DATA: Final = Path("data/headlines.csv")
_UNITS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0}
# Each request the next body of the file, so that no answer is a repetition of the one before.
_SCRIPT: Final = """
local bodies, place = {}, 0
for line in io.lines("BODIES") do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
request = function()
  place = place % #bodies + 1
  return wrk.format(nil, "/v1/tags", nil, bodies[place])
end
"""


class Measured(NamedTuple):
    """What wrk says of one trial.

    Attributes:
        size: Headlines of a request.
        connections: That ask at once.
        rate: Requests answered a second.
        p50: Milliseconds in which half of them are answered.
        p99: Milliseconds in which 99 of 100 are.
        refused: Requests that got no answer, or a problem.
    """

    size: int
    connections: int
    rate: float
    p50: float
    p99: float
    refused: int


def load(report: Path, seconds: int = SECONDS) -> list[Measured]:
    """Measure, and write a report.

    Args:
        report: Where.
        seconds: Of each measurement.

    Returns:
        What was measured.

    Raises:
        InputError: If there is no wrk.
    """
    headlines = list(read_corpus([_DATA], Settings().split_held_out).frame["headline"])
    with _server() as address, tempfile.TemporaryDirectory() as folder:
        measured = [_trial(address, Path(folder), headlines, *trial, seconds) for trial in TRIALS]
    with whole_file(report) as file:
        file.write(table(measured, seconds).encode())
    return measured


@contextmanager
def _server() -> Iterator[str]:
    """Run a server of its own, as a user does but for the rate."""
    with tempfile.TemporaryDirectory() as folder:
        stores = ["--corrections", f"{folder}/corrections.db"]
        command = [sys.executable, "-m", "pipeline.cli", "serve", "--port", "0", "--rate", "0", *stores]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 (ours)
            try:
                line = process.stderr.readline() if process.stderr else ""
                yield line.split()[-1]
            finally:
                process.terminate()


def _trial(address: str, folder: Path, headlines: Sequence[str], size: int, connections: int, seconds: int) -> Measured:
    bodies, script = folder / "bodies.jsonl", folder / "ask.lua"
    every = range(0, len(headlines) - size, max(size, len(headlines) // _BODIES))
    lines = (json.dumps(headlines[first : first + size], ensure_ascii=False) for first in every)
    bodies.write_text("\n".join(lines), "utf-8")
    script.write_text(_SCRIPT.replace("BODIES", str(bodies)), "utf-8")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s", "-s", str(script)]
    try:
        done = subprocess.run([*command, address], capture_output=True, text=True, check=True)  # noqa: S603 (ours)
    except FileNotFoundError as error:
        raise InputError("wrk", "no such program", "wrk", "install it, such as by `make load`") from error
    return read(done.stdout, size, connections)


def read(told: str, size: int, connections: int) -> Measured:
    """Read what wrk prints.

    >>> read("50%  1.50ms 99%  0.01s Requests/sec:  600.5 Non-2xx or 3xx responses: 3", 1, 8)
    Measured(size=1, connections=8, rate=600.5, p50=1.5, p99=10.0, refused=3)

    Args:
        told: Its output.
        size: Headlines of a request.
        connections: That asked at once.

    Returns:
        The figures.
    """
    times = {
        name: float(value) * _UNITS[unit]
        for name, value, unit in re.findall(r"(?<!\d)(\d++)%\s++([\d.]++)(us|ms|s)", told)
    }
    errors = re.findall(r"Non-2xx or 3xx responses: (\d+)|(?:connect|read|write|timeout) (\d+)", told)
    (rate,) = re.findall(r"Requests/sec:\s+([\d.]+)", told)
    refused = sum(int(count or other) for count, other in errors)
    return Measured(size, connections, float(rate), times["50"], times["99"], refused)


def table(measured: Sequence[Measured], seconds: int) -> str:
    """Write the report as Markdown."""
    rows = [
        f"| {each.size:,} | {each.connections} | {each.rate:,.0f} | {each.rate * each.size:,.0f} | {each.p50:.1f} "
        f"| {each.p99:.1f} | {each.refused:,} |"
        for each in measured
    ]
    return "\n".join([_HEAD.format(seconds=seconds, processors=processors(), machine=os.uname().machine), *rows, ""])


_HEAD: Final = """# The API under load

`make load`: [wrk](https://github.com/wg/wrk) asks `POST /v1/tags` on this machine for {seconds} seconds a row, each
request with headlines of the corpus that the one before did not have; server and wrk share {processors} processors
({machine}).

| headlines a request | connections | requests/s | headlines/s | p50, ms | p99, ms | refused |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


if __name__ == "__main__":
    load(Path(sys.argv[1]), *map(int, sys.argv[2:]))
