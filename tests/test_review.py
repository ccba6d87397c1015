"""Review: what is asked for, the keys at a real terminal, undo, resuming, and how far two people agree."""

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.answers import Tagged
from pipeline.cli import main
from pipeline.corrections import Corrections
from pipeline.likeness import lemma_sets
from pipeline.review.agree import agreements
from pipeline.review.choose import informative, known, once, plan
from pipeline.review.session import Session
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS, Topic
from pipeline.train import Trained

POLITICS, ECONOMY, WAR = TOPICS
HEADLINES = ["Рубль подешевел к евро", "Дроны атаковали нефтебазу", "В зоопарке родился жираф"]
bags = st.lists(st.frozensets(st.sampled_from("абвгдеж"), min_size=1), min_size=1, max_size=12)


@given(bags, st.integers(1, 12), st.data())
def test_each_is_asked_for_once_and_the_unsure_come_first(
    lemmas: list[frozenset[str]], most: int, data: st.DataObject
) -> None:
    sure = np.array(data.draw(st.lists(st.floats(0, 1), min_size=len(lemmas), max_size=len(lemmas))))
    chosen = informative(lemmas, sure, {}, most)
    assert len(chosen) == len(set(chosen)) == min(most, len(lemmas))
    looked_at = sorted(range(len(lemmas)), key=lambda place: sure[place])[: 8 * most]
    assert set(chosen) <= set(looked_at)


def test_words_that_repeat_or_that_labels_hold_are_worth_less() -> None:
    lemmas = [frozenset(text.split()) for text in ("рубль евро", "рубль евро", "жираф", "дрон порт")]
    assert informative(lemmas, np.zeros(4), {}, 3) == [0, 3, 1]
    assert informative(lemmas, np.zeros(4), {"рубль": 1000, "евро": 1000}, 2) == [3, 2]


def test_what_the_model_is_surest_of_is_not_asked_for_however_new_its_words() -> None:
    lemmas = [frozenset(["рубль"])] * 8 + [frozenset("абвгдежзик")]
    assert informative(lemmas, np.arange(9) / 9, {}, 1) == [0]


def test_near_duplicates_and_other_languages_are_left_out(tagger: Tagger) -> None:
    twins = ["Нацбанк повысил ставку до 12%", "Нацбанк повысил ставку до 12% сегодня", "Der Rubel ist gefallen"]
    assert once([*HEADLINES, *twins]) == [0, 1, 2, 3, 5]
    asked = [each.headline for each in plan(tagger, [*HEADLINES, *twins], 9)]
    assert sorted(asked) == sorted([*HEADLINES, twins[0]])


def test_a_model_knows_in_how_many_headlines_it_has_met_a_word(trained: Trained) -> None:
    met = lemma_sets(list(trained.corpus.frame["headline"][trained.corpus.train]))
    words = known(trained.model)
    for word in ("россия", "беларусь", "рубль"):
        assert words[word] == pytest.approx(sum(word in lemmas for lemmas in met), abs=0.01)


def session(editor: str = "а", store: str = "corrections.db") -> Session:
    asked = [Tagged(text, "war", (WAR,), True, dict.fromkeys(TOPICS, 0.5)) for text in HEADLINES]
    return Session(asked, Corrections(Path(store)), "м", editor)


def press(at: Session, keys: str) -> Session:
    for key in keys:
        at.press(key)
    return at


@pytest.mark.parametrize(
    ("keys", "tags"),
    [
        ("\r", (WAR,)),
        ("2\r", (ECONOMY,)),
        ("21\r", (ECONOMY, POLITICS)),
        ("212\r", (POLITICS,)),
        ("0\r", ()),
        ("10\n", ()),
        ("03\r", (WAR,)),
        ("x\x7f9\r", (WAR,)),
    ],
)
def test_keys(keys: str, tags: tuple[Topic, ...]) -> None:
    (kept,) = press(session(), keys).store.history()
    assert (kept.headline, kept.old, kept.new, kept.model, kept.editor) == (HEADLINES[0], (WAR,), tags, "м", "а")


def test_undo_shows_the_headline_again_with_what_was_chosen() -> None:
    at = press(session(), "2\r\ru")
    assert (at.place, at.done, at.tags) == (1, 1, (WAR,))
    press(at, "uu")
    assert (at.place, at.done, at.tags) == (0, 0, (ECONOMY,))
    press(at, "1\r")
    assert [row.new for row in at.store.standing().values()] == [(ECONOMY, POLITICS)]
    assert len(at.store.history()) == 5


def test_undo_leaves_alone_what_was_labelled_elsewhere() -> None:
    at = session()
    at.store.add("Другой заголовок", old=None, new=(), model="", editor="а")
    at.store.add(HEADLINES[0], old=None, new=(), model="", editor="б")
    press(at, "u")
    assert len(at.store.opinions()) == 2


def test_it_goes_on_where_it_stopped_and_each_editor_has_an_own_way() -> None:
    assert press(session(), "\r\rq").ended
    assert (session().place, session().done, session("б").place) == (2, 2, 0)
    done = press(session(), "\r")
    assert (done.present, done.done, done.tags) == (None, 3, ())
    assert press(done, "1\r").done == 3


def test_agreement_is_cohens_kappa_of_each_topic() -> None:
    store = Corrections(Path("corrections.db"))
    labels = [((WAR,), (WAR,)), ((WAR,), ()), ((), ()), ((POLITICS, WAR), (WAR, POLITICS))]
    for number, pair in enumerate(labels):
        for editor, new in zip("аб", pair, strict=True):
            store.add(f"Заголовок {number}", old=None, new=new, model="", editor=editor)
    store.add("Заголовок 0", old=None, new=(), model="", editor="в")
    first, *others = agreements(store.opinions())
    assert (first.editors, first.headlines, first.exact) == (("а", "б"), 4, 0.75)
    # war: both 2, neither 1, one 1 of 4; by chance 3/4 * 2/4 + 1/4 * 2/4 = 0.5; (0.75 - 0.5) / (1 - 0.5)
    assert first.kappa == {POLITICS: pytest.approx(1), ECONOMY: None, WAR: pytest.approx(0.5)}
    assert sorted(pair.editors for pair in others) == [("а", "в"), ("б", "в")]
    assert agreements({}) == []


def test_the_command_shows_how_far_editors_agree(capsys: pytest.CaptureFixture[str]) -> None:
    store = Corrections(Path("c.db"))
    for editor in "аб":
        store.add(HEADLINES[1], old=None, new=(WAR,), model="", editor=editor)
    assert main(["corrections", "agreement", "--corrections", "c.db"]) == 0
    _, pair = capsys.readouterr().out.splitlines()
    assert pair.split() == ["а", "and", "б", "1", "1.00", "–", "–", "–"]


def at_terminal(arguments: Sequence[str], keys: Sequence[str]) -> tuple[str, int]:
    """Run a command at a terminal of its own, and press keys, each when the prompt for it has come."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pipeline.cli", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        said, left = b"", list(keys)
        while block := _said(ours, process):
            said += block
            if left and said.count(b"q quits") > len(keys) - len(left):
                os.write(ours, left.pop(0).encode())
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;]*m", "", said.decode()), process.returncode


def _said(terminal: int, process: "subprocess.Popen[bytes]") -> bytes:
    if not select.select([terminal], [], [], 30)[0]:
        process.kill()
        pytest.fail("it waits for a key that was pressed")
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side has ended
        return b""


def test_a_person_at_a_terminal_stops_and_goes_on(model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("\n".join(HEADLINES), encoding="utf-8")
    command = ["review", "list.txt", "--model", str(model_folder), "--editor", "а", "--corrections", "c.db"]
    said, code = at_terminal(command, ["2", "\x1b[A", "\r", "г", "\r", "0", "\r", "й"])
    assert code == 0
    assert [f"{n} of 3" in said for n in (1, 2, 3)] == [True] * 3
    assert "2 of 3 labelled, kept in c.db" in said
    store = Corrections(tmp_path / "c.db")
    assert [row.new for row in store.standing().values()] == [(ECONOMY,), ()]
    assert len(store.history()) == 4
    store.add(HEADLINES[0], old=None, new=(), model="", editor="б")
    said, code = at_terminal(command, ["\r"])
    assert "3 of 3 labelled" in said
    assert "kappa politics" in said


def test_a_row_that_is_none_is_told_when_all_is_labelled(model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"headline,id\n{HEADLINES[0]},1\nлишняя\n", encoding="utf-8")
    said, code = at_terminal(
        ["review", "list.csv", "--model", str(model_folder), "--strict", "--corrections", "c.db"], ["q"]
    )
    assert (code, said.splitlines()[-1]) == (
        1,
        "2 read, 1 kept, 0 duplicates, 0 empty, 0 repaired, 1 rejected (1 … cells where the header has …)",
    )


def test_without_a_terminal_it_says_so(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list.txt").write_text("\n".join(HEADLINES), encoding="utf-8")
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert main(["review", "list.txt", "--model", str(model_folder)]) == 1
    assert "standard input: found no terminal" in capsys.readouterr().err
