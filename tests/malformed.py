"""Malformed inputs, each made of its number alone: samples changed by bytes or read as another encoding, and traps."""

import gzip
import io
import random
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from zips import workbook, zipped

ROOT: Final = Path(__file__).parent.parent
SAMPLES: Final = sorted((ROOT / "data/samples").iterdir())
TRAPS_EVERY: Final = 100
"""One input in so many is a trap; one trap in 100 is a line of 50 to 350 MB."""
HEADLINE: Final = "Нацбанк поднял ставку до 10,5%"
ENCODINGS: Final = ("cp1251", "koi8-r", "cp866", "utf-16", "utf-16-be", "utf-32", "mac-cyrillic", "cp037", "utf-7")
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


def malformed(number: int) -> tuple[str, str, bytes]:
    """Make an input: what it is, its name, its bytes."""
    luck = random.Random(number)  # noqa: S311 - no secret
    if number % TRAPS_EVERY == 0:
        name, make = luck.choice(TRAPS) if number % (TRAPS_EVERY * 100) else ("long line", _long_line)
        return name, luck.choice(["x", "x.csv", "x.xml", "x.json"]), make(luck)
    sample = SAMPLES[number % len(SAMPLES)]
    data = bytearray(_bytes(sample))
    if luck.random() < 0.05:
        data = bytearray(data.decode("utf-8", "replace").encode(luck.choice(ENCODINGS), "replace"))
    for _ in range(luck.choice([1, 1, 2, 3, 8, 30])):
        _change(data, luck)
    other = ["x", "x.csv", "x.jsonl", "x.xml", "x.html", "x.parquet", "x.xlsx", "x.zip"]
    return sample.name, sample.name if luck.random() < 0.8 else luck.choice(other), bytes(data)


@lru_cache
def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _change(data: bytearray, luck: random.Random) -> None:
    """Change some bytes, lose them, double them, put others in, or break off."""
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
        other = _bytes(luck.choice(SAMPLES))
        start = luck.randrange(len(other) + 1)
        data[at:at] = other[start : start + 300]
    elif kind == 5 and at < len(data):
        data[at] ^= 1 << luck.randrange(8)
    elif luck.random() < 0.3:
        del data[at:]


def _long_line(luck: random.Random) -> bytes:
    return luck.choice([b"x", b"[", b"<b>", "ы".encode(), b"1,", b"\0", b'{"a":']) * 50_000_000


def _gzip_bomb(luck: random.Random) -> bytes:
    return _packed(luck.choice([b" ", b"\0", b"x\n"]), luck.choice([1, 2]))


@lru_cache
def _packed(text: bytes, times: int) -> bytes:
    data = f"{HEADLINE}\n".encode() + text * 40_000_000
    for _ in range(times):
        data = gzip.compress(data)
    return data


def _zip_bomb(luck: random.Random) -> bytes:
    name = luck.choice(["a.txt", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "a.json"])
    return zipped(
        {name: b"<a>" + b" " * 40_000_000, "xl/workbook.xml": b"<a/>"} if "xl" in name else {name: b" " * 40_000_000}
    )


def _workbook(luck: random.Random) -> bytes:
    """Put the number of a far row, a far column or entities into a sheet."""
    members = workbook()
    sheet = "xl/worksheets/sheet1.xml"
    far = luck.choice([b'r="99999999"', b'r="1048577"', b'r="-5"', b'r="ZZZ9"', b'r="AAAAAAA1"', b'r="x"'])
    old = luck.choice([b'r="3"', b'r="A3"', b'r="B2"'])
    members[sheet] = members[sheet].replace(old, far)
    if luck.random() < 0.3:
        member = luck.choice(sorted(members))
        head, mark, rest = members[member].partition(b"?>")
        members[member] = head + mark + _laughs(8, 10).encode() + rest.replace(b"</", b"&e7;</", 1)
    return zipped(members)


def _laughs(levels: int, width: int) -> str:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * width if n else "ха"}">' for n in range(levels))
    return f"<!DOCTYPE rss [{bomb}]>"


def _entities(luck: random.Random) -> bytes:
    levels = luck.randrange(2, 15)
    item = f"<item><title>&e{levels - 1};</title></item><item><title>{HEADLINE}</title></item>"
    body = luck.choice(
        [f"<rss><channel>{item}</channel></rss>", f"<html><body>{item}</body></html>", f"<feed>{item}</feed>"]
    )
    return f'<?xml version="1.0"?>{_laughs(levels, luck.randrange(2, 30))}{body}'.encode()


def _deep(luck: random.Random) -> bytes:
    opening = luck.choice(["[", '{"a":', '[{"title": "Мост", "a":', '{"messages": [', "<div>", "<item>", "<ul><li>"])
    head = luck.choice(["", '{"title": "Мост"}\n', "<rss>", "<html><body>"])
    return (head + opening * luck.choice([100, 10_000, 300_000])).encode()


def _nuls(luck: random.Random) -> bytes:
    return luck.choice([b"\0" * 3_000_000, f"{HEADLINE}\0\n".encode() * 1000, HEADLINE.encode() + b"\0" * 100_000])


def _columns(luck: random.Random) -> bytes:
    """Write columns that grow when they are read: one text repeated, or hundreds of empty columns."""
    rows = pa.array([0] * luck.choice([10, 100_000]), pa.int32())
    texts = pa.DictionaryArray.from_arrays(rows, [HEADLINE * luck.choice([1, 300, 30_000])])
    file = io.BytesIO()
    pq.write_table(pa.table({"headline": texts}), file, compression=luck.choice(["zstd", "gzip"]))
    return file.getvalue()


TRAPS: Final[list[tuple[str, Callable[[random.Random], bytes]]]] = [
    ("gzip bomb", _gzip_bomb),
    ("zip bomb", _zip_bomb),
    ("workbook of traps", _workbook),
    ("entities", _entities),
    ("deep", _deep),
    ("NUL bytes", _nuls),
    ("columns that grow", _columns),
]
