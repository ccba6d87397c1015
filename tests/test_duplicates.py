"""Headlines met before: the same and nearly the same are left out and told, different ones never."""

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.collect import collect
from pipeline.ingest import read_all
from pipeline.ingest.duplicates import Duplicates
from pipeline.ingest.minhash import Table, keys_of
from pipeline.ingest.near import is_near
from pipeline.ingest.record import Counts, Options


def kinds(first: str, second: str, near: bool = True) -> list[str]:
    return [copy.kind for _, copy in Duplicates(near).find([first, second], [1, 2], "лента")]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("Нацбанк поднял ставку", "Нацбанк поднял ставку", ["duplicate"]),
        ("Нацбанк поднял ставку", "НАЦБАНК поднял  ставку!", ["duplicate"]),
        ("Орёл: мост открыли", "12:30 Орел: мост открыли (ФОТО)", ["duplicate"]),
        ("Cбербанк снизил ставки", "Сбербанк снизил ставки", ["duplicate"]),  # Latin C
        ("Лавина накрыла лыжников в Домбае", "Лавина накрыла лыжников на Домбае", ["near duplicate"]),
        ("Жителям приходят фальшивые счета за воду", "Фальшивые счета за воду приходят жителям", ["near duplicate"]),
        ("Ставку подняли до 15% годовых из-за инфляции", "Ставку подняли до 16% годовых из-за инфляции", []),
        ("Минск признал итоги выборов в соседней стране", "Минск не признал итоги выборов в соседней стране", []),
        ("Лукашенко подписал указ о пенсиях", "Лукашенко подписал закон о пенсиях", []),
        (
            "Нацбанк поднял ставку рефинансирования до 10,5 процента годовых",
            "Нацбанк снизил ставку рефинансирования до 10,5 процента годовых",
            [],
        ),
        ("Минск ответил на санкции Евросоюза по калию", "Минфин ответил на санкции Евросоюза по калию", []),
        ("Нацбанк поднял ставку рефинансирования", "Нацбанк поднял ставки рефинансирования", ["near duplicate"]),
        ("Нацбанк поднял ставку", "Генштаб сообщил об отходе бригады", []),
    ],
)
def test_pairs(first: str, second: str, found: list[str]) -> None:
    assert kinds(first, second) == found
    assert kinds(second, first) == found
    assert kinds(first, second, near=False) == [kind for kind in found if kind == "duplicate"]


def test_copies_are_told_with_their_sources_across_files_and_calls() -> None:
    met = Duplicates(near=True)
    assert list(met.find(["Мост открыли после ремонта"], [7], "а.txt")) == []
    found = list(met.find([None, "Мост закрыли", "Мост открыли после ремонта"], [1, 2, 3], "б.txt"))
    assert [(place, *copy) for place, copy in found] == [(2, "duplicate", "а.txt", 7, 0)]


def test_likeness_does_not_creep() -> None:
    chain = ["Большой мост через реку открыли после долгого ремонта"]
    for word in ("утром", "сегодня", "торжественно", "наконец", "снова", "вместе"):
        chain.append(f"{chain[-1]} {word}")
    kept = set(range(len(chain))) - {place for place, _ in Duplicates(near=True).find(chain, range(len(chain)), "а")}
    assert len(kept) > 1
    assert not any(is_near(chain[a].lower().encode(), chain[b].lower().encode()) for a in kept for b in kept if a < b)


@given(st.lists(st.integers(1, 40), max_size=200), st.lists(st.integers(1, 60), max_size=60))
def test_the_table_is_a_dictionary_that_keeps_the_first(put: list[int], asked: list[int]) -> None:
    table, known = Table(), dict[int, int]()
    for start in range(0, len(put), 7):
        keys = put[start : start + 7]
        table.put(np.array(keys, np.uint64), np.arange(start, start + len(keys)))
        for place, key in enumerate(keys, start):
            known.setdefault(key, place)
    assert table.get(np.array(asked, np.uint64)).tolist() == [known.get(key, -1) for key in asked]


def test_the_table_grows() -> None:
    table, keys = Table(), np.arange(1, 2501, dtype=np.uint64) * np.uint64(4096)  # all of them want one slot
    table.put(keys, np.arange(2500))
    assert (table.get(keys) == np.arange(2500)).all()


def test_keys_show_how_alike_texts_are() -> None:
    _, bins = keys_of([b"abcdefghijklmnop", b"abcdefghijklmnop", b"qrstuvwxyz012345"], 10, 4)
    assert (bins[0] == bins[1]).all()
    assert (bins[0] == bins[2]).mean() < 0.1


def test_more_are_remembered_than_there_was_room_for() -> None:
    texts = [f"Улицу номер {n} открыли после ремонта в городе {n * n}" for n in range(3000)]
    met = Duplicates(near=True)
    assert list(met.find(texts, range(3000), "а")) == []
    assert [copy.line for _, copy in met.find(texts, range(3000), "б")] == list(range(3000))


def test_counts_and_rejects_tell_the_duplicates() -> None:
    Path("а.txt").write_text("Мост открыли\nНацбанк поднял ставку\n", encoding="utf-8")
    Path("б.txt").write_text("Мост открыли!\nГенштаб сообщил об отходе\n", encoding="utf-8")
    counts = collect(["а.txt", "б.txt"], Path("out.csv"), None, Path("rejects.csv"), Options(dedupe="exact"))
    assert str(counts).startswith("4 read, 3 kept, 1 duplicates (1 б.txt after а.txt), 0 empty")
    assert 'б.txt,1,"duplicate of а.txt, line 1",Мост открыли!' in Path("rejects.csv").read_text(encoding="utf-8")
    assert counts.read == counts.kept + counts.duplicates + counts.empty + counts.rejected


def test_each_headline_kept_tells_its_copies_and_their_sources() -> None:
    Path("а.txt").write_text("Мост открыли\nНацбанк поднял ставку\nМост открыли\n", encoding="utf-8")
    Path("б.csv").write_text("headline,copies\nМОСТ ОТКРЫЛИ,9\nСуд отложил дело,8\n", encoding="utf-8")
    Path("в.txt").write_text("Суд отложил дело!\n\nМост открыли\n", encoding="utf-8")
    collect(["а.txt", "б.csv", "в.txt"], Path("out.csv"), None, None, Options(dedupe="exact"))
    assert Path("out.csv").read_text(encoding="utf-8").splitlines() == [
        "headline,copies,sources,input_copies",
        'Мост открыли,3,"[""а.txt"", ""б.csv"", ""в.txt""]",',
        'Нацбанк поднял ставку,0,"[""а.txt""]",',
        'Суд отложил дело,1,"[""б.csv"", ""в.txt""]",8',
    ]


def test_names_of_sources_need_not_be_text() -> None:
    for name in (b"\xd0\xbf\xff.txt", b"\xff.txt"):
        Path(os.fsdecode(name)).write_text("Мост открыли\n", encoding="utf-8")
    collect(["*.txt"], Path("out.jsonl"), None, None, Options(dedupe="exact"))
    assert json.loads(Path("out.jsonl").read_text(encoding="utf-8"))["copies"] == 1


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(["Мост", "Суд", "Дождь", "Снег", '""']), max_size=9), min_size=1, max_size=4))
def test_copies_and_sources_are_those_of_a_plain_count(files: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        wanted, counts = dict[str, list[str]](), Counts()
        for place, texts in enumerate(files):
            path = Path(folder, f"{place}.csv")
            path.write_text("\n".join(["headline", *texts, ""]), encoding="utf-8")
            for text in texts:
                if text != '""':
                    wanted.setdefault(text, []).append(str(path))
        met = read_all([f"{folder}/{place}.csv" for place in range(len(files))], counts, Options(dedupe="exact"))
        rows = [tuple(row.values()) for table in met for row in table.to_pylist()]
    assert rows == [(text, len(names) - 1, list(dict.fromkeys(names))) for text, names in wanted.items()]
    assert counts.kept + sum(copies for _, copies, _ in rows) + counts.empty == counts.read == sum(map(len, files))
