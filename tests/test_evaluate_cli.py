"""``rubrika evaluate``: files in and out, and one line for whatever is wrong."""

import csv
import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.model import load

ROWS = (
    ("Рубль подешевел к евро на торгах", "economy", "2021-03", "биржа"),
    ("Дроны атаковали нефтебазу", "war economy", "2024-05-02", "фронт"),
    ("Парламент принял закон о выборах", "politics", "", "дума"),
    ("В зоопарке родился жираф", "", "2024", "двор"),
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    with (tmp_path / "table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("headline", "tags", "date", "desk"), *ROWS])
    return tmp_path / "table.csv"


def test_figures_as_tables_page_and_json(table: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["evaluate", str(table), "--model", str(model_folder), "--by", "desk"]
    assert main([*arguments, "--report", "out.html", "--json", "out.json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    told = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert list(told["slices"]) == ["year", "length", "language", "desk"]
    assert [each["value"] for each in told["slices"]["desk"]] == ["биржа", "двор", "дума", "фронт"]
    assert told["model"]["name"] == "rubrika"
    for figure in ("macro-F1", "exact sets", "calibration error", "what it is sure of", "by desk", "any two"):
        assert figure in out
    assert f"{told['overall']['exact']['value']:.3f}" in out
    html = Path("out.html").read_text(encoding="utf-8")
    assert "table.csv" in html
    assert str(table.parent) not in html


def test_training_rows_are_looked_up(table: Path, small_corpus: Path, model_folder: Path) -> None:
    with small_corpus.open(encoding="utf-8") as corpus, table.open("a", encoding="utf-8", newline="") as file:
        known = [row for row, _ in zip(csv.DictReader(corpus), range(9), strict=False)]
        csv.writer(file).writerows((row["headline"], row["tags"], "", "учёба") for row in known)
    Path("data").mkdir()
    Path("data/headlines.csv").write_bytes(small_corpus.read_bytes())
    assert main(["evaluate", str(table), "--model", str(model_folder), "--json", "out.json"]) == 0
    told = json.loads(Path("out.json").read_text(encoding="utf-8"))
    rows = {each["value"]: each["right"]["rows"] for each in told["slices"]["training rows"]}
    assert rows["resembles none"] + rows["resembles a training row"] == len(ROWS) + 9
    assert rows["resembles a training row"] >= 7  # of nine rows, some are held out
    assert any("resemble training rows: read the slice" in warning for warning in told["warnings"])


def test_only_the_held_out_rows_are_judged(small_corpus: Path, model_folder: Path) -> None:
    arguments = ["evaluate", str(small_corpus), "--held-out", "--model", str(model_folder), "--json", "out.json"]
    assert main([*arguments, "--report", "out.md"]) == 0
    told = json.loads(Path("out.json").read_text(encoding="utf-8"))
    figures = load(model_folder).card.metrics["held_out"]
    assert told["overall"]["rows"] == figures["rows"]
    assert told["overall"]["macro_f1"]["value"] == pytest.approx(figures["macro_f1"])
    assert [each["value"] for each in told["slices"]["training rows"]] == ["resembles none"]
    paragraphs = Path("out.md").read_text(encoding="utf-8").split("\n\n")
    assert f"| macro-F1 | | | {figures['macro_f1']:.3f} | {figures['rows']:,} |" in paragraphs[1]
    assert {len(line.split("|")) for line in paragraphs[2].splitlines()} == {6}


def test_another_training_table_is_said_to_be_another(
    table: Path, model_folder: Path, small_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = small_corpus.read_text(encoding="utf-8").splitlines(keepends=True)[:800]
    Path("other.csv").write_text("".join(rows), encoding="utf-8")
    assert main(["evaluate", str(table), "--model", str(model_folder), "--train", "other.csv"]) == 0
    assert "warning: other.csv is not what the model learnt from" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "options", "told"),
    [
        ("headline,tags\n", "", "table.csv: found a header without rows"),
        ("headline,tags\nРубль упал,экономика\n", "", "table.csv, line 2: found unknown topic “экономика”"),
        ('headline,tags\nРубль упал,"economy, war"\n', "", "table.csv, line 2: found unknown topic “economy,”"),
        ("headline,tags\nРубль упал,war war\n", "", "table.csv, line 2: found a topic stands twice in “war war”"),
        ("headline,tags\nРубль упал,economy\n", "--by desk", "--by: found “desk”; expected a column of the table"),
        ("headline,tags\nРубль упал,economy\n", "--json no/out.json", "no/out.json: found a place that cannot be"),
        ("headline,tags\nРубль упал,economy\n", "--report no/out.html", "no/out.html: found a place that cannot be"),
        ("headline,tags\nРубль упал,economy\n", "--train no.csv", "no.csv: found no such file or directory"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    content: str, options: str, told: str, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("table.csv").write_text(content, encoding="utf-8")
    assert main(["evaluate", "table.csv", "--model", str(model_folder), *options.split()]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("warning: ")]
    assert len(lines) == 1
    assert lines[0].startswith(f"rubrika: {told}")


@pytest.mark.parametrize(
    "options", ["--peers --protocols", "--cache vectors", "--peers --json out.json", "--protocols --by theme"]
)
def test_options_that_would_be_ignored_are_refused(
    options: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(table), *options.split()]) == 2
    assert "does not go with the other options given" in capsys.readouterr().err
