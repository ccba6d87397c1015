"""The command line: real files in and out, results apart from talk, and one line for whatever is wrong."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from pipeline.labelled import read_labelled
from pipeline.model import load
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS

HEADLINES = ["Рубль подешевел к евро на торгах", "Дроны атаковали нефтебазу", "В зоопарке родился жираф"]
RUN = (
    "import sys; from pipeline.cli import main; code = main(sys.argv[1:])\n"
    "print(*sorted({'sklearn', 'mlflow', 'scipy', 'matplotlib'} & set(sys.modules)), file=sys.stderr)\n"
    "raise SystemExit(code)"
)


def run(arguments: list[object], stdin: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    (tmp_path / "lines.txt").write_text("\n".join([*HEADLINES, "", ""]), encoding="utf-8")
    return tmp_path / "lines.txt"


def jsonl(data: bytes) -> list[tuple[str, str]]:
    return [(row["headline"], " ".join(row["tags"])) for row in map(json.loads, data.decode().splitlines())]


def cells(data: bytes) -> list[tuple[str, str]]:
    return [(row["headline"], row["tags"]) for row in csv.DictReader(io.StringIO(data.decode(), newline=""))]


def parquet(data: bytes) -> list[tuple[str, str]]:
    return [(row["headline"], " ".join(row["tags"])) for row in pq.read_table(io.BytesIO(data)).to_pylist()]


@pytest.mark.parametrize(("kind", "read"), [("jsonl", jsonl), ("csv", cells), ("parquet", parquet)])
def test_formats_hold_the_same_answers_in_a_file_and_on_stdout(
    kind: str,
    read: Callable[[bytes], list[tuple[str, str]]],
    lines: Path,
    model_folder: Path,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    expected = [(one.headline, " ".join(one.tags)) for one in Tagger.load(model_folder).tag(HEADLINES)]
    out = lines.with_name(f"tags.{kind}")
    assert main(["predict", str(lines), "--model", str(model_folder), "--out", str(out)]) == 0
    assert capsysbinary.readouterr() == (b"", b"4 read, 3 kept, 0 duplicates, 1 empty, 0 repaired, 0 rejected\n")
    assert read(out.read_bytes()) == expected
    assert main(["predict", str(lines), "--model", str(model_folder), "--format", kind]) == 0
    assert read(capsysbinary.readouterr().out) == expected


def test_jsonl_line_is_the_one_that_is_promised(
    lines: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(lines), "--model", str(model_folder)]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert list(first) == ["headline", "topic", "tags", "unsure", "scores", "iptc"]
    assert list(first["scores"]) == ["politics", "economy", "war"]
    assert (first["topic"], first["tags"], first["iptc"]) == ("economy", ["economy"], ["medtop:04000000"])


def test_table_is_for_people(lines: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(lines), "--model", str(model_folder), "--format", "table"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].split() == ["headline", "tags", "p"]
    for row, headline, topic in zip(rows[1:], HEADLINES, ["economy", "war", "other"], strict=True):
        assert row.startswith(headline)
        assert topic in row


def test_copies_are_counted_in_the_table(lines: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines.write_text("\n".join([*HEADLINES, HEADLINES[0], HEADLINES[0].upper()]), encoding="utf-8")
    given = ["predict", str(lines), "--model", str(model_folder), "--format", "table", "--dedupe", "exact"]
    assert main(given) == 0
    assert [row.count("×3") for row in capsys.readouterr().out.splitlines()[1:]] == [1, 0, 0]


def test_inputs_follow_each_other_and_keep_their_columns(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, headline in (("one.csv", HEADLINES[0]), ("two.tsv", HEADLINES[1])):
        mark = "\t" if name.endswith("tsv") else ","
        (tmp_path / name).write_text(f"id{mark}headline\n{name}{mark}{headline}\n", encoding="utf-8")
    assert main(["predict", "one.csv", "two.tsv", "--model", str(model_folder)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["id"], row["headline"]) for row in rows] == [("one.csv", HEADLINES[0]), ("two.tsv", HEADLINES[1])]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_table_without_rows_gives_a_table_without_rows(kind: str, tmp_path: Path, model_folder: Path) -> None:
    (tmp_path / "none.csv").write_text("headline,id\n", encoding="utf-8")
    out = tmp_path / f"tags.{kind}"
    assert main(["predict", "none.csv", "--model", str(model_folder), "--out", str(out)]) == 0
    assert {"jsonl": jsonl, "csv": cells, "parquet": parquet}[kind](out.read_bytes()) == []
    assert kind == "jsonl" or b"headline" in out.read_bytes()


def test_stdin_and_the_talk_stays_off_stdout_and_heavy_imports_stay_out(model_folder: Path) -> None:
    for arguments in ([], ["-"]):
        done = run(["predict", *arguments, "--model", model_folder], stdin="\n".join(HEADLINES))
        assert [row["topic"] for row in map(json.loads, done.stdout.splitlines())] == ["economy", "war", "other"]
        assert (
            done.stderr == "3 read, 3 kept, 0 duplicates, 0 empty, 0 repaired, 0 rejected\n\n"
        )  # the second line names heavy imports: none
        assert done.returncode == 0


def test_help_is_light_and_lists_its_examples_one_a_line() -> None:
    done = run(["--help"])
    assert (done.returncode, done.stderr) == (0, "\n")
    assert "\\b" not in done.stdout
    assert [line.split()[:3] for line in done.stdout.splitlines() if "page.txt" in line] == [
        ["rubrika", "predict", "page.txt"]
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_cell_that_a_spreadsheet_would_run_is_made_inert(
    start: str, tmp_path: Path, model_folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    with (tmp_path / "evil.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["headline", "note"], ["=cmd|' /C calc'!A0", f"{start}1+2"]])
    assert main(["predict", "evil.csv", "--model", str(model_folder), "--format", "csv"]) == 0
    _header, row = csv.reader(io.StringIO(capsysbinary.readouterr().out.decode(), newline=""))
    assert row[:2] == ["'=cmd|' /C calc'!A0", f"'{start}1+2"]


def test_csv_header_is_made_inert_too(
    tmp_path: Path, model_folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "evil.csv").write_text(f"headline,=1+2\n{HEADLINES[0]},так\n", encoding="utf-8")
    assert main(["predict", "evil.csv", "--model", str(model_folder), "--format", "csv"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"headline,'=1+2,topic,")


def test_rejects_are_counted_and_written_with_their_lines(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text(
        f"headline,id\n{HEADLINES[0]},1\nлишняя,2,3\n\n{HEADLINES[1]},4\n", encoding="utf-8"
    )
    assert main(["predict", "in.csv", "--model", str(model_folder), "--rejects", "rejects.csv"]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["1", "4"]
    assert err == ("3 read, 2 kept, 0 duplicates, 0 empty, 0 repaired, 1 rejected (1 … cells where the header has …)\n")
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        (reject,) = csv.DictReader(file)
    assert (reject["file"], reject["line"], reject["text"]) == ("in.csv", "3", "лишняя,2,3")
    assert "3 cells where the header has 2" in reject["reason"]


@pytest.mark.parametrize("command", ["predict", "digest"])
def test_where_no_row_may_be_rejected_all_is_written_and_the_end_is_1(
    command: str, tmp_path: Path, model_folder: Path
) -> None:
    (tmp_path / "in.csv").write_text(f"headline,date\n{HEADLINES[0]},2025-11-03\nлишняя\n", encoding="utf-8")
    given = [command, "in.csv", "--model", str(model_folder), "--out"]
    assert [main([*given, "usual.csv"]), main([*given, "strict.csv", "--strict"])] == [0, 1]
    assert Path("strict.csv").read_bytes() == Path("usual.csv").read_bytes()


def test_evaluate_prints_figures_for_each_topic(
    small_corpus: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(small_corpus), "--model", str(model_folder)]) == 0
    first = capsys.readouterr().out.split("\n\n")[0]
    figures = {row.split()[0]: row.split()[1:] for row in first.splitlines()[1:] if row.strip()}
    assert list(figures) == ["politics", "economy", "war", "macro-F1", "exact"]
    rows = read_labelled(small_corpus)["tags"]
    assert [figures[topic][3] for topic in TOPICS] == [f"{rows.str.contains(topic).sum():,}" for topic in TOPICS]
    assert float(figures["macro-F1"][0]) > 0.9  # most of it are rows that it learnt from


@pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1
def test_train_leaves_a_champion_and_a_wrong_row_does_not_harm_it(
    small_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = small_corpus.read_text(encoding="utf-8").splitlines(keepends=True)[:801]
    (tmp_path / "rows.csv").write_text("".join(rows), encoding="utf-8")
    (tmp_path / "wrong.csv").write_text("".join(rows[:5]) + "Гол,sport,,,\n", encoding="utf-8")
    quick = ["--set", "split_folds=2", "--set", "evaluate_resamples=20", "--set", "tfidf_ngram_max=0"]
    assert main(["train", "--data", "rows.csv", "--model", "champion", *quick]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    for word in ("ingest", "lemmatize", "tfidf", "classify", "calibrate", "evaluate", "champion: the new model stands"):
        assert word in err
    assert load(tmp_path / "champion").settings.tfidf_ngram_max == 0
    assert main(["train", "--data", "rows.csv", "--data", "wrong.csv", "--model", "champion"]) == 1
    assert capsys.readouterr().err == (
        "rubrika: wrong.csv, line 6: found unknown topic “sport”; expected none or some of politics, economy, war, "
        "each once, parted by spaces; mend the tags\n"
    )
    assert load(tmp_path / "champion").settings.tfidf_ngram_max == 0


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_reader_that_goes_away_is_no_fault(kind: str, model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("\n".join(f"{n} Рубль упал" for n in range(20_000)), "utf-8")
    command = [
        str(Path(sys.executable).parent / "rubrika"),
        "predict",
        "list.txt",
        "--model",
        str(model_folder),
        "--format",
        kind,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.wait() == 0
