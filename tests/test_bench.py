"""The benchmark: fair turns, ratios within a round, and a report that tells all of it. No time is asserted."""

import json
import subprocess
import sys
import time
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.bench import inmemory, race, rivals
from pipeline.bench.made import make
from pipeline.bench.runs import by_joblib, killed, run
from pipeline.bench.speed import Speed, interleave, table
from pipeline.errors import InputError, SettingsError
from pipeline.ingest import Counts, read
from pipeline.serve.load import load
from pipeline.tagger import Tagger

GOLDEN = Path(__file__).parent / "golden/model"


def test_every_other_round_goes_backwards() -> None:
    turns: list[str] = []

    def turn(name: str) -> float:
        turns.append(name)
        return len(turns)

    speeds = interleave({name: partial(turn, name) for name in "абв"}, 3, faster="а", more=True)
    assert "".join(turns) == "абввбаабв"
    assert [speed.rounds for speed in speeds] == [[1, 6, 7], [2, 5, 8], [3, 4, 9]]


@pytest.mark.parametrize(("more", "ratio"), [(True, 2.0), (False, 0.5)], ids=["headlines a second", "seconds"])
def test_ratio_is_the_median_of_the_ratios_of_rounds(more: bool, ratio: float) -> None:
    ours, theirs = iter([8.0, 2.0, 100.0]), iter([4.0, 1.0, 1.0])
    speeds = interleave({"ours": ours.__next__, "theirs": theirs.__next__}, 3, faster="ours", more=more)
    assert [speed.ratio for speed in speeds] == [1.0, ratio]
    assert (speeds[0].median, speeds[0].spread) == (8.0, (2.0, 100.0))


def test_table_tells_median_spread_and_ratio() -> None:
    told = table({"warm": [Speed("rubrika", [1000.0, 3000.0, 2000.0], 1.0)], "shell": [Speed("help", [0.25], 3.5)]})
    assert "| rubrika | 2,000 | 1,000 to 3,000 | 1.00 |" in told
    assert "| **shell** (s) | | | |\n| help | 0.25 | 0.25 to 0.25 | 3.50 |" in told


def test_headlines_are_different_and_the_same_each_time() -> None:
    words = ["рубль", "сейм", "дрон", "упал"] * 5
    assert race.headlines(words, 50, 1) == race.headlines(words, 50, 1) != race.headlines(words, 50, 2)
    assert len(set(race.strangers(50, 1))) == 50
    assert {len(text.split()) for text in race.headlines(words, 50, 1) + race.strangers(50, 1)} == {8}


def test_report_is_written(model_folder: Path, small_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "fasttext_predict", lambda *_: list)  # an extra that tests do without
    monkeypatch.setattr(race, "shell", lambda *_: [Speed("help", [0.25], 1.0)])
    monkeypatch.setattr("pipeline.bench.speed._PACKAGES", ("numpy",))
    with small_corpus.open(encoding="utf-8") as rows:
        Path("head.csv").write_text("".join(islice(rows, 300)), "utf-8")
    race.bench(model_folder, Path("head.csv"), Path("report"), 2, 60)
    assert sorted(path.name for path in Path("report").iterdir()) == ["speed.json", "speed.md", "speed.svg"]
    told = json.loads(Path("report/speed.json").read_text("utf-8"))
    assert list(told) == ["machine", "headlines", "rounds", "warm", "threads", "cold", "shell"]
    assert all(len(speed["rounds"]) == 2 and speed["median"] > 0 for speed in told["warm"] + told["cold"])
    assert "numpy" in Path("report/speed.md").read_text("utf-8")


def test_commands_are_measured_from_start_to_end() -> None:
    speeds = race.shell(GOLDEN, 1)
    others = "rubrika --help", 'python -c "import sklearn.linear_model"', "the model alone, read"
    assert tuple(speed.name for speed in speeds[1:]) == others
    assert all(0 < speed.median < 60 for speed in speeds)


def test_a_command_is_measured_with_its_children() -> None:
    child = "import time; held = bytearray(b'a') * 60_000_000; time.sleep(1); print(len(held))"
    done = run(sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])")
    assert done.told == "60000000\n"
    assert done.seconds > 1
    assert done.megabytes > 60
    with pytest.raises(subprocess.CalledProcessError, match="exit status 3"):
        run(sys.executable, "-c", "raise SystemExit(3)")


def test_a_command_is_killed_with_its_children_when_it_is_time() -> None:
    loop = "for turn in $(seq 200); do sleep 0.05; echo >> told; done"
    killed(lambda: Path("told").exists(), "sh", "-c", f"({loop}) & wait")
    told = Path("told").read_text()
    time.sleep(0.3)
    assert Path("told").read_text() == told


def test_a_table_is_tagged_in_memory_and_by_joblib(tmp_path: Path) -> None:
    words = ["рубль", "упал", "дроны", "ночью", "сейм", "выбрал"]
    for kind in ("csv", "jsonl", "parquet"):
        make(words, 50, tmp_path / f"in.{kind}")
    tables = [next(read(str(tmp_path / f"in.{kind}"), Counts())) for kind in ("csv", "jsonl", "parquet")]
    assert [table["headline"].to_pylist() for table in tables[1:]] == [tables[0]["headline"].to_pylist()] * 2
    assert set(inmemory.measure(GOLDEN, pq.read_table(tmp_path / "in.parquet"))) == {
        "seconds",
        "kept and tagged",
        "tagged",
    }
    (tmp_path / "out").mkdir()
    assert by_joblib(GOLDEN, tmp_path / "in.parquet", tmp_path / "out") > 0
    answers = Tagger.load(GOLDEN).tag_arrow(pq.read_table(tmp_path / "in.parquet"))
    assert pq.read_table(tmp_path / "out/0.parquet")["topic"].to_pylist() == answers["topic"].to_pylist()


def test_without_wrk_says_what_to_install(
    model_folder: Path, small_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, source in (("models/champion", model_folder), ("data/headlines.csv", small_corpus)):
        Path(name).parent.mkdir()
        Path(name).symlink_to(source)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="wrk: found no such program; expected wrk; install it"):
        load(Path("report.md"), 1)
    assert not Path("report.md").exists()


def test_without_fasttext_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fasttext", None)
    with pytest.raises(SettingsError, match=r"no fastText; expected the extra bench; .* 'rubrika\[bench\]'"):
        rivals.fasttext_predict(["Рубль упал"], ["economy"])
