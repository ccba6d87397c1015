"""Nothing that a file says of itself makes the reading take more memory, time or trust than it is worth."""

import bz2
import gzip
import json
import lzma
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from zips import zipped

from pipeline.errors import InputError
from pipeline.ingest import Counts, read, unpack
from pipeline.ingest.stream import LONGEST_LINE

HEADLINE = "Нацбанк поднял ставку"
ROOT = Path(__file__).parent.parent


def headlines(data: bytes, name: str = "input") -> tuple[list[str], Counts]:
    Path(name).write_bytes(data)
    counts = Counts()
    return [headline for table in read(name, counts) for headline in table["headline"].to_pylist()], counts


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda data: zipped({"a.txt": data})])
def test_a_bomb_is_refused(pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(f"{HEADLINE}\n".encode() + b" " * 30_000_000)
    _, counts = headlines(bomb)
    assert "grows more than 200 times" in counts.rejects[0].reason


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_file_that_breaks_off_gives_what_it_has(pack: Callable[[bytes], bytes]) -> None:
    lines = b"".join(f"{HEADLINE} {number * 7919 % 10007}\n".encode() for number in range(60_000))
    found, counts = headlines(pack(lines)[: -40_000 if pack is bz2.compress else -2000])
    assert found[0] == f"{HEADLINE} 0"
    assert counts.rejected == 1
    assert "breaks off or is damaged" in counts.rejects[0].reason


def test_packings_within_packings_end() -> None:
    data = HEADLINE.encode()
    for _ in range(3):
        data = gzip.compress(data)
    assert headlines(data)[0] == [HEADLINE]
    with pytest.raises(InputError, match=r"found more than 3 packings"):
        headlines(gzip.compress(data))


def test_a_zip_of_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MOST_MEMBERS", 2)
    with pytest.raises(InputError, match=r"found a zip of 3 files; expected at most 2"):
        headlines(zipped({f"{number}.txt": b"x" for number in range(3)}))


def test_a_broken_member_does_not_stop_the_others() -> None:
    found, counts = headlines(
        zipped({"а.txt": HEADLINE.encode(), "б.pdf": b"%PDF-1.7", "в.txt": "Мост открыли".encode()})
    )
    assert found == [HEADLINE, "Мост открыли"]
    assert [(row.file, row.reason.split(";")[0]) for row in counts.rejects] == [("input/б.pdf", "a PDF")]


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 100_000, '[{"title": "Мост", "a":' + "[" * 100_000])
def test_deep_json_is_refused_or_rejected(deep: str) -> None:
    counts = Counts()
    Path("deep.json").write_text(deep, encoding="utf-8")
    assert list(read("deep.json", counts)) == []
    assert "JSON deeper than 64" in counts.rejects[0].reason


def test_a_deep_line_does_not_stop_the_others() -> None:
    line = json.dumps({"title": HEADLINE})
    deep = '{"title": "Мост", "a":' + "[" * 65 + "]" * 65 + "}"
    found, counts = headlines(f"{line}\n{deep}\n{'[' * 100_000}\n{line}\n".encode())
    assert found == [HEADLINE, HEADLINE]
    assert [row.line for row in counts.rejects] == [2, 3]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"title": "Мост"', "broken JSON"),
        ('{"title": 15}', "a headline of type int"),
        ('{"тема": "Мост"}', "an object without a column named headline"),
        ("15", "neither an object nor a text"),
        ('{"title": NaN}', "NaN is no JSON"),
        ('{"title": "Мост", "n": ' + "9" * 5000 + "}", "broken JSON"),
    ],
)
def test_a_broken_line_is_rejected_with_its_number(line: str, reason: str) -> None:
    good = json.dumps({"title": HEADLINE}, ensure_ascii=False)
    found, counts = headlines(f"{good}\n{good}\n{line}\n{good}\n".encode())
    assert found == [HEADLINE] * 3
    assert [(row.line, reason in row.reason) for row in counts.rejects] == [(3, True)]


def test_half_of_a_pair_is_no_letter() -> None:
    line = '{"title": "Мост \\ud83d открыли", "note": "\\udfff"}\n'
    Path("half.jsonl").write_text(line * 2, encoding="utf-8")
    (table,) = read("half.jsonl", Counts())
    assert table.to_pylist()[0] == {"headline": "Мост \ufffd открыли", "note": "\ufffd"}


def test_a_bomb_of_entities_is_refused() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20 if n else "ха"}">' for n in range(12))
    text = (
        f'<?xml version="1.0"?><!DOCTYPE rss [{bomb}]><rss><channel><item><title>&e11;</title></item></channel></rss>'
    )
    with pytest.raises(InputError, match=r"found XML without items"):
        headlines(text.encode(), "feed.xml")


def test_entities_are_not_expanded_and_files_not_read() -> None:
    Path("secret.txt").write_text("тайна", encoding="utf-8")
    text = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e "ха-ха"><!ENTITY f SYSTEM "secret.txt">]><rss><channel>'
        f"<item><title>&e;</title></item><item><title>&f;</title></item><item><title>{HEADLINE}</title></item>"
        "</channel></rss>"
    )
    found, _ = headlines(text.encode(), "feed.xml")
    assert HEADLINE in found
    assert not any("ха" in headline or "тайна" in headline for headline in found)


def test_a_line_without_end_is_rejected() -> None:
    found, counts = headlines(("ы" * (LONGEST_LINE * 3) + f"\n{HEADLINE}\n").encode())
    assert found == [HEADLINE]
    assert counts.rejects[0].reason == "a headline longer than 10,000 letters"


def test_a_stranger_s_database_cannot_run_code() -> None:
    with sqlite3.connect("news.db") as database:
        database.execute("CREATE TABLE own (headline TEXT)")
        database.execute("INSERT INTO own VALUES (?)", [HEADLINE])
        endless = "WITH RECURSIVE n(headline) AS (SELECT 1 UNION ALL SELECT headline + 1 FROM n) SELECT * FROM n"
        database.execute(f"CREATE VIEW slow AS {endless}")
    database.close()
    assert headlines(Path("news.db").read_bytes())[0] == [HEADLINE]
    with pytest.raises(InputError, match=r"no table slow; expected one of own"):
        list(read("news.db::slow", Counts()))


_GROWTH = """
import resource, sys
from pipeline.ingest import Counts, read
rows, peaks = 0, []
for table in read(sys.argv[1], Counts()):
    rows += table.num_rows
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(rows, peaks[-1] - peaks[1])
"""


@pytest.mark.parametrize("kind", ["txt", "csv", "jsonl", "xml", "json"])
def test_memory_is_flat(kind: str, tmp_path: Path) -> None:
    row, count = {
        "txt": (f"{HEADLINE}\n", 250_000),
        "csv": (f"{HEADLINE},2025\n", 200_000),
        "jsonl": (f'{{"title": "{HEADLINE}", "n": 1}}\n', 200_000),
        "xml": (f"<item><title>{HEADLINE}</title><link>https://yasen.example/</link></item>\n", 200_000),
        "json": (f'{{"title": "{HEADLINE}", "n": 1}},\n', 200_000),
    }[kind]
    before = {"csv": "headline,year\n", "xml": "<rss><channel>", "json": "["}.get(kind, "")
    after = {"xml": "</channel></rss>", "json": f'{{"title": "{HEADLINE}", "n": 1}}]'}.get(kind, "")
    path = tmp_path / f"large.{kind}"
    path.write_text(before + row * count + after, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", _GROWTH, str(path)], check=True, capture_output=True, text=True, cwd=ROOT
    )
    rows, grown = map(int, run.stdout.split())
    assert rows == count + (kind == "json")
    assert grown < 40_000  # kB, of files of 20 to 40 MB after their first two batches


def test_a_member_without_a_name_is_left_out() -> None:
    with zipfile.ZipFile("unnamed.zip", "w") as archive:
        archive.writestr("x", "Мост открыли\n")
    data = Path("unnamed.zip").read_bytes()
    # The directory's entry of one letter, taken away as a damaged file would: its length set to 0.
    at = data.index(b"PK\x01\x02")
    Path("unnamed.zip").write_bytes(data[: at + 28] + b"\0\0" + data[at + 30 :])
    counts = Counts()
    with pytest.raises(InputError, match=r"unnamed\.zip"):
        list(read("unnamed.zip", counts))
