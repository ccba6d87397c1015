"""Small files that say they are large, or grow: refused or read in bounded memory, whatever is packed in what."""

import gzip
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from zips import ROOT, workbook, zipped

from pipeline.compact import read, write
from pipeline.errors import MemoryBoundError
from pipeline.machine import _EACH, _MORE, bounded, processors

HEADLINE = "Нацбанк поднял ставку"
ROOM = 100
"""Megabytes that a reading may take above what Python and Arrow take themselves."""
READ = """
import json, re, sys
from pathlib import Path
from pipeline.errors import RubrikaError
from pipeline.ingest import Counts, read
import openpyxl, pyarrow.parquet

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) >> 10

list(read(sys.argv[1], Counts()))  # what is made once
before, counts, told = peak(), Counts(), []
try:
    for _ in read(sys.argv[2], counts):
        pass
except RubrikaError as error:
    told = [str(error)]
print(json.dumps({"told": told + [each.reason for each in counts.rejects], "grown": peak() - before}))
"""
GROWS = "grows more than 200 times"
BLANK = f"{HEADLINE}\n".encode() + b" " * 120_000_000


def zstd(data: bytes) -> bytes:
    return bytes(pa.Codec("zstd", 19).compress(data, asbytes=True))


def wide_zstd() -> bytes:
    """A frame (RFC 8878) whose window is 2 TB, and of which a block follows."""
    window = bytes([31 << 3])
    return b"\x28\xb5\x2f\xfd" + b"\x00" + window + (5 << 3 | 1).to_bytes(3, "little") + b"hello"


def swollen(member: str, data: bytes) -> bytes:
    """A workbook of which one member is larger."""
    members = workbook()
    return zipped(members | {member: members[member].replace(b"</", data + b"</", 1)})


def lying_zip() -> bytes:
    """A zip whose list says that a file has five bytes; there are 120 million."""
    honest = zipped({"a.txt": BLANK})
    return honest.replace(len(BLANK).to_bytes(4, "little"), (5).to_bytes(4, "little"))


def dictionary(name: str = "headline", **options: bool) -> bytes:
    """Parquet of one text of 300,000 letters in each of a million rows."""
    rows = pa.array([0] * 1_000_000, pa.int32())
    headlines, texts = (pa.DictionaryArray.from_arrays(rows, [HEADLINE * times]) for times in (1, 15_000))
    file = io.BytesIO()
    pq.write_table(pa.table({"headline": headlines} | {name: texts}), file, compression="zstd", **options)
    return file.getvalue()


def giant_parquet() -> bytes:
    """Parquet whose row group says that it is of a terabyte."""
    file = io.BytesIO()
    pq.write_table(pa.table({"headline": [HEADLINE] * 1000}), file, compression="zstd", use_dictionary=False)
    data = file.getvalue()
    begin = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    struct = read(io.BytesIO(data[begin:-8]))
    struct[4][1][1][0][2] = 6, 1 << 40  # total_byte_size of the first row group, in parquet.thrift
    footer = write(struct)
    return data[:begin] + footer + len(footer).to_bytes(4, "little") + data[-4:]


def doubled() -> bytes:
    """Parquet of two columns of one name; the first has one text of 300,000 letters in each of 10,000 rows."""
    rows = pa.array([0] * 10_000, pa.int32())
    columns = [pa.DictionaryArray.from_arrays(rows, [text]) for text in (HEADLINE, HEADLINE * 15_000, "а")]
    return parquet(pa.Table.from_arrays(columns, ["headline", "text", "text"]))


def lists() -> bytes:
    """Parquet of one text of 300,000 letters in a list in each of a million rows."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), [HEADLINE * 15_000])
    rows = pa.ListArray.from_arrays(pa.array(range(1_000_001), pa.int32()), texts)
    return parquet(pa.table({"headline": [HEADLINE] * 1_000_000, "text": rows}))


def crowd() -> bytes:
    """Parquet of one text of 300,000 letters a hundred thousand times in the list of one row; others have none."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), [HEADLINE * 15_000])
    rows = pa.ListArray.from_arrays(pa.array([0] * 500 + [100_000] * 501, pa.int32()), texts)
    return parquet(pa.table({"headline": [HEADLINE] * 1_000, "text": pa.StructArray.from_arrays([rows], ["texts"])}))


def numbers() -> bytes:
    """Parquet of a list of a million zeros in each of 4,000 rows: one row's pages over and over."""
    zeros = pa.array([[0] * 1_000_000], pa.list_(pa.int32()))
    data = parquet(
        pa.table({"headline": [HEADLINE], "counts": zeros}), data_page_size=1 << 30, max_rows_per_page=1 << 30
    )
    pages = b"PAR1"
    begin = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    struct = read(io.BytesIO(data[begin:-8]))
    group = struct[4][1][1][0]  # the names of fields: parquet.thrift
    for chunk in group[1][1][1]:
        told = chunk[3][1]
        first, second = told[11][1], told[9][1]  # the page of the dictionary, that of the values
        end, rows = first + told[7][1], 4_000
        told[11], told[9] = (6, len(pages)), (6, len(pages) + second - first)
        pages += data[first:second] + data[second:end] * rows
        told[5], told[7] = (6, told[5][1] * rows), (6, len(pages) - told[11][1])
        del told[16]
    group[3] = struct[3] = 6, 4_000
    footer = write(struct)
    return pages + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def parquet(table: pa.Table, **options: int) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd", store_schema=False, **options)
    return file.getvalue()


BOMBS: list[tuple[str, Callable[[], bytes], str]] = [
    ("gzip of gzip", lambda: gzip.compress(gzip.compress(BLANK)), GROWS),
    ("gzip of zstd", lambda: gzip.compress(zstd(BLANK)), GROWS),
    ("zip in zip", lambda: zipped({"a.zip": zipped({"a.txt": BLANK})}), GROWS),
    (
        "zips in zips",
        lambda: zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({})})})}),
        "more than 3 packings",
    ),
    ("many members", lambda: zipped({f"{n}.txt": BLANK[:3_000_000] for n in range(40)}), GROWS),
    ("zstd", lambda: zstd(BLANK), GROWS),
    ("zstd of a window of terabytes", wide_zstd, "breaks off or is damaged"),
    ("a zip that lies", lying_zip, "breaks off or is damaged"),
    ("a sheet", lambda: swollen("xl/worksheets/sheet1.xml", b" " * 120_000_000), GROWS),
    ("shared texts", lambda: swollen("xl/workbook.xml", b" " * 120_000_000), GROWS),
    ("a dictionary of Parquet", dictionary, "a headline longer than 10,000 letters"),
    ("the same, not told to Arrow", lambda: dictionary(store_schema=False), "a headline longer than 10,000 letters"),
    ("the same in another column", lambda: dictionary("text", store_schema=False), GROWS),
    ("the same in one of two columns of one name", doubled, GROWS),
    ("the same in lists", lists, GROWS),
    ("the same in the list of one row", crowd, GROWS),
    ("a Parquet that says it is a terabyte", giant_parquet, GROWS),
]


@pytest.mark.parametrize(("pack", "told"), [bomb[1:] for bomb in BOMBS], ids=[name for name, *_ in BOMBS])
def test_a_bomb_is_told_and_takes_little(pack: Callable[[], bytes], told: str, tmp_path: Path) -> None:
    (tmp_path / "bomb").write_bytes(pack())
    assert (tmp_path / "bomb").stat().st_size < 1 << 20
    command = [sys.executable, "-c", READ, str(ROOT / "data/samples/table.parquet"), "bomb"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-600:]
    found = json.loads(done.stdout)
    assert any(told in reason for reason in found["told"]), found["told"][:3]
    assert found["grown"] < ROOM


def late() -> bytes:
    """Parquet of more headlines than a piece has, and then as many of 300,000 letters."""
    file = io.BytesIO()
    with pq.ParquetWriter(
        file, pa.schema([("headline", pa.dictionary(pa.int32(), pa.string()))]), compression="zstd", store_schema=False
    ) as writer:
        for times in (1, 15_000):
            rows = pa.DictionaryArray.from_arrays(pa.array([0] * 300_000, pa.int32()), [HEADLINE * times])
            writer.write_table(pa.table({"headline": rows}))
    return file.getvalue()


NO_ROOM = "rubrika: the memory: found no room for what was read ("
LARGE: list[tuple[str, Callable[[], bytes], int, str]] = [
    ("headlines", lambda: dictionary(store_schema=False), 1, NO_ROOM),
    ("headlines after others", late, 1, NO_ROOM),
    ("another column", lambda: dictionary("text", store_schema=False), 1, NO_ROOM),
    ("lists", lists, 0, "1 a packed file that grows more than"),
]
watched = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system watches over no memory")


CONSOLE = str(Path(sys.executable).parent / "rubrika")
MOST = (_MORE + _EACH * processors()) // 1024


def ended(run: subprocess.Popen[str]) -> tuple[int, int]:
    """Give the exit code of a process, and the kilobytes that it took."""
    _, status, used = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    return run.returncode, used.ru_maxrss


@watched
@pytest.mark.parametrize(("pack", "code", "told"), [each[1:] for each in LARGE], ids=[name for name, *_ in LARGE])
def test_a_large_table_takes_what_a_run_may(
    pack: Callable[[], bytes], code: int, told: str, tmp_path: Path, model_folder: Path
) -> None:
    """Its texts are read without a look at their lengths; where these have no room, no rows before them are kept."""
    (tmp_path / "in.parquet").write_bytes(pack())
    command = [CONSOLE, "predict", "in.parquet", "--out", "out.parquet", "--resume", "--model", str(model_folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
        said = run.stderr.read() if run.stderr else ""
        found, taken = ended(run)
    assert (found, Path("out.parquet").exists()) == (code, code == 0), said
    assert told in said.splitlines()[-1]
    assert "Traceback" not in said
    assert taken < MOST


@watched
@pytest.mark.parametrize("command", ["predict", "ingest"])
def test_numbers_without_end_take_what_a_run_may(command: str, tmp_path: Path, model_folder: Path) -> None:
    (tmp_path / "in.parquet").write_bytes(numbers())
    model = ["--model", str(model_folder)] if command == "predict" else []
    with subprocess.Popen(
        [CONSOLE, command, "in.parquet", "--out", "out.csv", *model], stderr=subprocess.PIPE, text=True
    ) as run:
        said = run.stderr.read() if run.stderr else ""
        found, taken = ended(run)
    assert (found, len(said.splitlines()), Path("out.csv").exists()) == (1, 1, False), said
    assert said.startswith(NO_ROOM)
    assert taken < MOST


@watched
@pytest.mark.parametrize("command", [("predict", "--dedupe"), ("drift", "in.parquet")])
def test_what_holds_all_that_it_reads_says_that_there_is_no_room(
    command: tuple[str, ...], tmp_path: Path, model_folder: Path
) -> None:
    """It may ask for what the machine has free; here that is what a limit from outside leaves."""
    (tmp_path / "in.parquet").write_bytes(numbers())
    done = subprocess.run(
        [CONSOLE, *command, "in.parquet", "--model", str(model_folder)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (2 << 30, 2 << 30)),
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr[-600:]
    assert done.stderr.startswith(NO_ROOM)


@watched
@pytest.mark.enable_socket
def test_numbers_without_end_do_not_end_a_server(model_folder: Path) -> None:
    command = [CONSOLE, "serve", "--port", "0", "--model", str(model_folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
        told = run.stderr.readline() if run.stderr else ""
        try:
            with httpx.Client(base_url=told.split()[-1], timeout=60) as client:
                refused = client.post("/sheets", files={"file": ("in.parquet", numbers())})
                tagged = client.post("/sheets", data={"text": HEADLINE})
        finally:
            run.terminate()
        found, taken = ended(run)
    assert refused.status_code == 422
    assert "no room for what was read" in refused.text
    assert (tagged.status_code, found) == (303, -signal.SIGTERM)
    assert taken < MOST


@bounded()
def ask_for_more(before: tuple[int, int]) -> None:
    assert resource.getrlimit(resource.RLIMIT_DATA) != before
    raise MemoryError


@watched
def test_what_holds_all_that_it_reads_may_ask_for_what_is_free() -> None:
    def limit(*, holds: bool) -> int:
        with bounded(holds=holds):
            return resource.getrlimit(resource.RLIMIT_DATA)[0]

    free = int(re.search(r"MemAvailable: *(\d+) kB", Path("/proc/meminfo").read_text())[1]) << 10  # type: ignore[index]
    more = free - (_MORE + _EACH * processors())
    assert limit(holds=True) - limit(holds=False) == pytest.approx(max(more, 0), abs=1 << 29)


@watched
def test_the_bound_is_lifted_at_the_end() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(MemoryBoundError, match=r"the memory: found no room for what was read \(a Python object\); "):
        ask_for_more(before)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
