"""The command line when something is wrong: one line, the right exit code, and nothing left behind."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from room import no_room_beyond

from pipeline.cli import main
from pipeline.errors import RoomError, if_for_room, room_wanted

BAD = {
    "empty.txt": b"",
    "blank.txt": b"\n \n",
    "binary.dat": b"\x89PNG\r\n\x1a\n\x00\x00",
    "nul.txt": "Рубль\0упал".encode(),
    "column.csv": "title,tags\nРубль упал,economy\n".encode(),
    "topic.csv": "headline,tags\nРубль упал,economy\nГол,sport\n".encode(),
    "cells.csv": "headline,tags\nРубль упал,economy,war\n".encode(),
    "header.csv": b"headline,tags\n",
    "list.txt": "Рубль упал\nДроны ночью\n".encode(),
    "wide.csv": "headline,tags\nРубль упал,economy\n".encode("utf-16"),
    "quote.csv": b'headline,"tags\n',
    "good.csv": "headline,tags\nРубль упал,economy\n".encode(),
}


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("predict empty.txt", "empty.txt: found no text"),
        ("predict blank.txt", "blank.txt: found no text"),
        ("predict binary.dat", "binary.dat: found a picture"),
        ("predict nul.txt", "nul.txt: found NUL bytes"),
        ("predict column.csv --column name", "column.csv, line 1: found the columns “title, tags”"),
        ("predict nowhere.csv", "nowhere.csv: found no such file or directory"),
        ("predict good.csv empty.txt", "empty.txt: found no text"),
        ("predict none/*.csv", "none/*.csv: found no file there"),
        ("predict good.csv --model nowhere", "nowhere: found no such file or directory; expected a model folder"),
        ("predict good.csv --model .", ".: found no SHA256SUMS that can be read"),
        ("predict good.csv --model good.csv", "good.csv: found not a directory; expected a model folder"),
        ("predict good.csv --out tags.doc", "tags.doc: found the ending “.doc”; expected one of .jsonl, .csv"),
        ("predict good.csv --out nowhere/tags.csv", "nowhere/tags.csv: found a place that cannot be written"),
        ("predict good.csv --rejects nowhere/rejects.csv", "nowhere/rejects.csv: found no such folder"),
        (f"predict {'ы' * 200}", f"{'ы' * 200}: found no such file or directory"),
        ("evaluate empty.txt", "empty.txt: found an empty file"),
        ("evaluate binary.dat", "binary.dat: found the byte 0x89 at offset 0"),
        ("evaluate nul.txt", "nul.txt: found NUL bytes; expected text in UTF-8"),
        ("evaluate column.csv", "column.csv, line 1: found the columns title, tags without headline"),
        ("evaluate topic.csv", "topic.csv, line 3: found unknown topic “sport”; expected none or some of politics"),
        ("evaluate cells.csv", "cells.csv, line 2: found 3 cells; expected 2"),
        ("evaluate header.csv", "header.csv"),
        ("evaluate good.csv --model nowhere", "nowhere: found no such file or directory; expected a model folder"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    command: str, told: str, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, data in BAD.items():
        (tmp_path / name).write_bytes(data)
    arguments = command.split()
    if "--model" not in arguments:
        arguments += ["--model", str(model_folder)]
    if arguments[0] == "predict" and "--out" not in arguments:
        arguments += ["--out", "tags.jsonl"]
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"rubrika: {told}")
    assert err.splitlines()[1:] in ([], ["until then: 1 read, 1 kept, 0 duplicates, 0 empty, 0 repaired, 0 rejected"])
    assert ("until then" in err) == (command == "predict good.csv empty.txt")
    assert {path.name for path in tmp_path.iterdir()} == set(BAD)


@pytest.mark.parametrize(
    "command",
    [
        *(
            "predict --format xml",
            "predict --nope",
            "nope",
            "evaluate",
            "train --set mood=blue",
            "train --set seed=часто",
        ),
        *("evaluate a.csv --peers --held-out", "evaluate a.csv --protocols --by tags", "evaluate a.csv --cache c"),
    ],
)
def test_wrong_usage_is_2(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("good.csv --master local", "--master: found local; expected --engine spark with it"),
        *(
            (f"{given} --engine spark", "--engine spark: found other inputs or options; expected one path or URI")
            for given in ("good.csv good.csv", "good.csv --explain")
        ),
        *(
            (
                f"{given} --resume",
                "--resume: found other inputs or options; expected one table of Parquet, JSON lines or",
            )
            for given in (
                "good.csv good.csv",
                "list.txt",
                "wide.csv",
                "quote.csv",
                "none.csv",
                "good.csv --encoding utf-7",
            )
        ),
    ],
)
def test_what_does_not_go_together_is_told_in_one_line(
    command: str, told: str, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, data in BAD.items():
        (tmp_path / name).write_bytes(data)
    assert main(["predict", *command.split(), "--model", str(model_folder), "--out", "tags.jsonl"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), err.startswith(f"rubrika: {told}")) == ("", 1, True)
    assert {path.name for path in tmp_path.iterdir()} == set(BAD)


def test_want_of_room_is_told_and_nothing_else_that_the_system_says_is_taken_for_it() -> None:
    with no_room_beyond(9), pytest.raises(RoomError, match=r"found no room to write \(File too large\)"), room_wanted():
        Path("a").write_bytes(bytes(10))
    with pytest.raises(FileNotFoundError), room_wanted():
        Path("none").read_bytes()
    if_for_room("[Errno 13] Permission denied: 'a'")
    with pytest.raises(RoomError, match=r"the disk: found no room to write \(No space left on device\)"):
        if_for_room("[Errno 13] Permission denied: 'b'\n[Errno 28] No space left on device: 'a'")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_inputs_of_different_columns_make_no_ragged_table(kind: str, tmp_path: Path, model_folder: Path) -> None:
    (tmp_path / "one.csv").write_text("headline,id\nРубль упал,7\n", encoding="utf-8")
    (tmp_path / "two.csv").write_text("headline,place,mood\nДроны ночью,Брест,так\n", encoding="utf-8")
    code = "from pipeline.cli import main; raise SystemExit(main())"
    out = ["--out", f"tags.{kind}", "--model", str(model_folder)]
    command = [sys.executable, "-c", code, "predict", "one.csv", "two.csv", *out]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.stderr.count("\n") == 1
    if done.returncode == 0 and kind == "csv":
        with (tmp_path / "tags.csv").open(encoding="utf-8", newline="") as file:
            assert len({len(row) for row in csv.reader(file)}) == 1


def test_rubbish_in_one_row_does_not_stop_the_batch(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        "Рубль упал",
        "𗀀",
        "\u0301",
        "a" * 5000,
        "\U0010ffff",
        "Дроны ночью",
    ]  # 𗀀: a letter without a Unicode name
    (tmp_path / "lines.txt").write_text("\n".join(rows), encoding="utf-8")
    assert main(["predict", "lines.txt", "--model", str(model_folder)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(rows)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["file"], 1, "rubrika: file: found no folder that can be made (File exists); expected one with room"),
        (["folder", "--port", "nine"], 2, "Error: Invalid value for '--port': 'nine' is not a valid integer."),
    ],
)
def test_a_server_of_a_team_that_cannot_stand_tells_why(arguments: list[str], status: int, told: str) -> None:
    Path("file").touch()
    command = [sys.executable, "-m", "pipeline.registry.team", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1].startswith(told)) == (status, True), done.stderr
