"""The simulation of review, made small: all ways begin alike, and the report is of what each has reached."""

import shutil
from pathlib import Path

import joblib
import pytest

from pipeline.review import gained, simulate

SMALL = {"BEGIN": 120, "STEP": 60, "STEPS": 2}


def test_a_report_is_of_what_each_way_reached(
    small_corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SMALL.items():
        for module in (simulate, gained):
            monkeypatch.setattr(module, name, value)
    for folder in ("data", "models/report"):
        Path(folder).mkdir(parents=True)
    shutil.copy(small_corpus, "data/headlines.csv")
    with joblib.parallel_config("threading"):
        gained.main(["2"])
    said = capsys.readouterr().out
    report = Path("models/report/review.md").read_text(encoding="utf-8")
    assert said.startswith("At 240 labels, review is ")
    assert said in report
    first, *others = (line.strip("| ").split(" | ") for line in report.splitlines()[-3:])
    assert first == ["120", first[1], first[1], "–", first[1], "–"]
    assert [row[0] for row in others] == ["180", "240"]
    assert len({cell for cell in others[-1][1::2]}) == 3
    assert Path("models/report/review.svg").stat().st_size > 1000
