"""Corrections out and in: what stands is the same afterwards, in each format, and what is wrong is told."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli import main
from pipeline.corrections import Correction, Corrections, Tags
from pipeline.errors import InputError
from pipeline.exchange import export, take_in
from pipeline.labelled import read_labelled
from pipeline.topics import TOPICS, Topic

tags = st.lists(st.sampled_from(TOPICS), unique=True).map(tuple)
words = st.text(st.sampled_from("абвё яЁ«»,;\"'|-=+@<&\\#%0123"), min_size=3, max_size=20).filter(
    lambda text: any(letter.isalpha() for letter in text) and not re.search(r"(^|;)[ \"]*'", text)
)
corrections = st.builds(
    Correction,
    headline=words.map(lambda text: " ".join(text.split())),
    old=st.none() | tags,
    new=tags,
    model=st.sampled_from(["", "0123456789ab"]),
    editor=st.sampled_from(["Анна", "b@example.org"]),
    time=st.just("2026-11-26T09:00:00.000+00:00"),
)


def filled(name: str, rows: Sequence[Correction]) -> Corrections:
    Path(name).unlink(missing_ok=True)
    store = Corrections(Path(name))
    store.keep(rows)
    return store


def plain(rows: Any) -> list[tuple[Any, ...]]:
    return sorted((row.headline, row.editor, row.old, row.new, row.model, row.time) for row in rows)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "json"])
@settings(max_examples=25, deadline=None)  # each waits for the disk
@given(rows=st.lists(corrections, min_size=1, max_size=4))
def test_what_goes_out_comes_in_again(ending: str, rows: list[Correction]) -> None:
    store, out = filled("one.db", rows), Path(f"out.{ending}")
    stands = list((store.opinions() if ending == "json" else store.standing()).values())
    assert export(store, out) == len(stands)
    other = filled("other.db", [])
    assert take_in(other, out, "никто") == (len(stands), 0)
    assert plain(other.history()) == plain(stands)
    assert take_in(other, out, "никто") == (0, len(stands)), "twice is once"


def test_what_each_editor_saw_is_the_editors_own() -> None:
    olds: list[Tags | None] = [(Topic.WAR,), None, ()]
    models = ["м", "", "н"]
    rows = [
        Correction("Рубль упал", old, (), model, f"{n}", "2026-11-26")
        for n, (old, model) in enumerate(zip(olds, models, strict=True))
    ]
    export(filled("one.db", rows), Path("out.json"))
    other = filled("other.db", [])
    take_in(other, Path("out.json"), "никто")
    assert [(row.old, row.model) for row in other.history()] == list(zip(olds, models, strict=True))


def test_the_table_is_one_that_training_reads() -> None:
    row = Correction("-20 °C: «холодно», а не 'тепло'", (), (Topic.WAR, Topic.POLITICS), "м", "а", "2026-11-26")
    export(filled("one.db", [row]), Path("out.csv"))
    (read,) = read_labelled(Path("out.csv")).to_dict("records")
    assert (read["tags"], read["origin"], read["old_tags"]) == ("war politics", "corrected", "other")


def task(**changed: Any) -> list[dict[str, Any]]:
    chosen = {"type": "choices", "value": {"choices": ["war"]}, "from_name": "tags", "to_name": "headline"}
    whole = {"data": {"text": "Дроны  атаковали порт"}, "annotations": [{"result": [chosen], "completed_by": 7}]}
    return [whole | changed]


def test_tags_are_lists_as_predict_writes_them() -> None:
    told = [("Рубль упал", ["economy"], "other"), ("Дроны", ["war", "politics"], ["war"]), ("Ёж", [], None)]
    rows = [{"headline": text, "tags": new, "old_tags": old} for text, new, old in told]
    Path("in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    store = Corrections(Path("one.db"))
    assert take_in(store, Path("in.jsonl"), "а") == (3, 0)
    kept = [(list(row.new), None if row.old is None else list(row.old)) for row in store.history()]
    assert kept == [(["economy"], []), (["war", "politics"], ["war"]), ([], None)]


def test_half_of_a_letter_is_mended() -> None:
    document = json.dumps(task(data={"text": "Дроны \ud83d"}, predictions=[{"model_version": "\ud83d", "result": []}]))
    Path("studio.json").write_text(document, encoding="utf-8")
    store = Corrections(Path("one.db"))
    assert take_in(store, Path("studio.json"), "а") == (1, 0)
    assert [(row.headline, row.model) for row in store.history()] == [("Дроны \ufffd", "\ufffd")]


def test_label_studios_own_export_is_read() -> None:
    document = task(id=3, predictions=[{"model_version": "м", "result": []}])
    result = document[0]["annotations"][0]["result"]
    document[0]["annotations"] += [
        {"result": result, "was_cancelled": True},
        {"result": []},
        {"result": result, "completed_by": {"email": "b@example.org"}, "created_at": "2026-01-02T03:04:05Z"},
    ]
    Path("studio.json").write_text(json.dumps(document), encoding="utf-8")
    store = Corrections(Path("one.db"))
    assert take_in(store, Path("studio.json"), "а") == (2, 0)
    kept = [(row.headline, row.old, row.new, row.model, row.editor) for row in store.history()]
    assert kept == [("Дроны атаковали порт", None, (Topic.WAR,), "м", who) for who in ("7", "b@example.org")]
    assert store.history()[1].time == "2026-01-02T03:04:05Z"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "headline,tags\nРубль упал,economy\nГол,sport\n", r"a.csv, row 2: found unknown topic “sport”"),
        (
            "a.csv",
            "headline,topic\nРубль упал,economy\n",
            r"a.csv: found the columns headline, topic; expected headline",
        ),
        ("a.json", "{", r"a.json: found broken JSON"),
        ("a.json", "{}", r"a.json, task 1: found no task of Label Studio"),
        ("a.json", '[{"data": {"headline": 5}}]', r"task 1: found no task of Label Studio"),
        ("a.json", json.dumps(task(data={})), r"task 1: found no task"),
        ("a.json", json.dumps(task()).replace("war", "sport"), r"task 1: found unknown topic “sport”"),
        ("none.json", None, r"none.json: found no such file"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(name: str, content: str | None, message: str) -> None:
    if content is not None:
        Path(name).write_text(content, encoding="utf-8")
    store = Corrections(Path("one.db"))
    with pytest.raises(InputError, match=message):
        take_in(store, Path(name), "а")
    assert store.history() == []


def test_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--corrections", "one.db"]
    assert main(["corrections", "export", "out.csv", *where]) == 1
    assert "one.db: found no such file" in capsys.readouterr().err
    Path("in.csv").write_text("headline,tags\nРубль упал,economy\n", encoding="utf-8")
    for told in ("1 corrections kept in one.db, 0 stood already\n", "0 corrections kept in one.db, 1 stood already\n"):
        assert main(["corrections", "import", "in.csv", "--editor", "Анна", *where]) == 0
        assert capsys.readouterr().err == told
    assert main(["corrections", "export", "out.json", *where]) == 0
    assert capsys.readouterr().err == "1 corrections written to out.json\n"
    assert main(["corrections", "export", "out.doc", *where]) == 1
    assert "out.doc: found the ending “.doc”" in capsys.readouterr().err
    Corrections(Path("one.db")).undo_last("Анна")
    assert main(["corrections", "export", "out.csv", *where]) == 1
    assert "one.db: found no correction that stands; expected at least one" in capsys.readouterr().err
