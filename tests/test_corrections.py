"""The store of corrections: append-only, whole after any kill, shared by editors, undone by new rows."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import database
from pipeline.correction import KIND, Correction
from pipeline.corrections import Corrections
from pipeline.database import opened
from pipeline.errors import InputError, StoreError
from pipeline.topics import Topic

POLITICS, WAR = (Topic.POLITICS,), (Topic.WAR, Topic.ECONOMY)
WRITER = """
import sys
from pathlib import Path
from pipeline.corrections import Corrections
store = Corrections(Path("corrections.db"))
for n in range(100_000):
    print(store.add(f"Заголовок {sys.argv[1]} {n}", old=None, new=(), model="м", editor=sys.argv[1]).number, flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> Corrections:
    return Corrections(tmp_path / "corrections.db")


def add(store: Corrections, headline: str, new: tuple[Topic, ...] = WAR, editor: str = "а") -> int:
    return store.add(headline, old=POLITICS, new=new, model="0123456789ab", editor=editor).number


def test_what_is_kept_is_given_again(store: Corrections) -> None:
    kept = store.add(" Рубль\n упал ", old=None, new=WAR, model="", editor="а")
    assert (kept.headline, kept.old, kept.new, kept.number, kept.undoes) == ("Рубль упал", None, WAR, 1, None)
    add(store, "Рубль упал", ())
    assert Corrections(store.path).history() == [kept, *store.history()[1:]]
    assert store.standing()["Рубль упал"].new == ()


def test_several_are_kept_all_or_none(store: Corrections) -> None:
    rows = [Correction(headline, None, WAR, "", "а", "") for headline in ("Рубль упал", " ", "Рубль вырос")]
    with pytest.raises(InputError, match="an empty headline"):
        store.keep(rows)
    assert store.history() == []
    assert [row.number for row in store.keep(rows[::2])] == [1, 2]


def test_undo_is_a_new_row(store: Corrections) -> None:
    first, second = add(store, "Рубль упал", POLITICS), add(store, "Рубль упал", WAR)
    back = store.undo(second)
    assert back is not None
    assert (back.undoes, back.number, back.new) == (second, 3, WAR)
    assert store.standing()["Рубль упал"].number == first
    assert store.undo(second) is None, "taken back before"
    assert store.undo(back.number) is None, "an undo is not undone: correct again"
    assert store.undo(99) is None
    assert store.undo_last("б") is None
    assert (store.undo_last("а") or back).undoes == first
    assert store.standing() == {}
    assert len(store.history()) == 4


def test_each_editors_opinion_is_kept_and_the_last_one_stands(store: Corrections) -> None:
    for editor, new in (("а", WAR), ("б", POLITICS), ("а", ())):
        add(store, "Рубль упал", new, editor)
    assert {who: row.new for (_, who), row in store.opinions().items()} == {"а": (), "б": POLITICS}
    assert store.standing()["Рубль упал"].new == ()


def test_what_is_committed_is_on_the_disk_before_it_is_acknowledged(store: Corrections) -> None:
    with opened(store.path, KIND) as connection:
        told = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert told == ["wal", 2], "2 is FULL: https://sqlite.org/pragma.html#pragma_synchronous"


@pytest.mark.parametrize("change", ["UPDATE corrections SET new = 'war'", "DELETE FROM corrections"])
def test_the_file_itself_forbids_change(store: Corrections, change: str) -> None:
    add(store, "Рубль упал", ())
    with sqlite3.connect(store.path) as connection, pytest.raises(sqlite3.IntegrityError, match="rows"):
        connection.execute(change)
    connection.close()
    assert store.standing()["Рубль упал"].new == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"headline,tags\n" * 99, r"found a file that cannot be used \(file is not a database\)"),
        ("CREATE TABLE a (b)", r"found a database of something else; expected a store of corrections"),
        (f"PRAGMA application_id={KIND.number}", r"found a store of corrections of version 0; expected version 1"),
    ],
)
def test_another_file_is_refused_and_left_as_it_is(store: Corrections, content: bytes | str, message: str) -> None:
    if isinstance(content, bytes):
        store.path.write_bytes(content)
    else:
        with sqlite3.connect(store.path) as connection:
            connection.execute(content)
        connection.close()
    with pytest.raises((InputError, StoreError), match=message):
        store.history()
    with pytest.raises((InputError, StoreError), match=message):
        add(store, "Рубль упал")


def test_no_folder_and_no_headline_are_told(store: Corrections, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"none/corrections.db: found a file that cannot be used"):
        add(Corrections(tmp_path / "none" / "corrections.db"), "Рубль упал")
    with pytest.raises(InputError, match="found an empty headline"):
        add(store, " \n")
    assert store.history() == []


def test_a_store_that_cannot_keep_its_log_is_told(store: Corrections) -> None:
    store.path.with_name(f"{store.path.name}-wal").mkdir()
    with pytest.raises(StoreError, match=r"corrections.db: found a file that cannot be used \("):
        add(store, "Рубль упал")


def test_one_who_makes_the_store_at_this_moment_is_waited_for(
    store: Corrections, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        with monkeypatch.context() as hurry:
            hurry.setattr(database, "PATIENCE", 0.0)
            with pytest.raises(StoreError, match="database is locked"):
                add(store, "Рубль упал")
        end = threading.Timer(0.2, other.execute, ["ROLLBACK"])
        end.start()
        assert add(store, "Рубль упал") == 1
        end.join()


def test_those_who_make_a_store_at_once_share_it(tmp_path: Path) -> None:
    for turn in range(20):
        store, start = Corrections(tmp_path / f"{turn}.db"), threading.Barrier(6)

        def write(store: Corrections = store, start: threading.Barrier = start) -> None:
            start.wait()
            add(store, "Рубль упал")

        writers = [threading.Thread(target=write) for _ in range(6)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert [row.number for row in store.history()] == list(range(1, 7))


@settings(max_examples=25, deadline=None)  # each step waits for the disk
@given(st.lists(st.tuples(st.sampled_from("аб"), st.sampled_from(["+", "-"])), max_size=10))
def test_what_stands_is_what_was_added_and_not_taken_back(steps: Sequence[tuple[str, str]]) -> None:
    path = Path("law.db")
    path.unlink(missing_ok=True)
    store, law = Corrections(path), list[tuple[str, int]]()
    for editor, step in steps:
        if step == "+":
            law.append((editor, add(store, f"Заголовок {len(law) % 3}", editor=editor)))
        else:
            mine = [row for row in law if row[0] == editor]
            back = store.undo_last(editor)
            assert (back and back.undoes) == (mine[-1][1] if mine else None)
            law = [row for row in law if not mine or row != mine[-1]]
    assert {row.number for row in store.standing().values()} <= {number for _, number in law}
    assert len(store.opinions()) <= len(law)
    assert [row.number for row in store.history()] == list(range(1, len(store.history()) + 1))


def test_two_editors_killed_at_random_moments_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    lots, told = random.Random(20261126), dict[int, str]()  # noqa: S311 - no secret
    for kill in range(4):
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, f"{name}{kill}"], stdout=subprocess.PIPE, text=True)
            for name in "аб"
        ]
        heard: list[list[str]] = [[], []]
        ears = [
            threading.Thread(target=_hear, args=(writer, list_)) for writer, list_ in zip(writers, heard, strict=True)
        ]
        for ear in ears:
            ear.start()
        while not all(heard):
            time.sleep(0.005)
        time.sleep(lots.uniform(0, 0.15))
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
        for writer, ear, lines, name in zip(writers, ears, heard, "аб", strict=True):
            ear.join()
            writer.wait()
            told |= {int(line): f"{name}{kill}" for line in lines}
    store = Corrections(tmp_path / "corrections.db")
    kept = {row.number: row.editor for row in store.history()}
    assert told.items() <= kept.items()
    assert len(kept) <= len(told) + 8, "at most the one that each was at when it was killed"
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def _hear(writer: "subprocess.Popen[str]", lines: list[str]) -> None:
    assert writer.stdout is not None
    with writer.stdout:
        lines.extend(line for line in writer.stdout if line.endswith("\n"))
