"""The documents: every command in them runs, and what they say is what it prints."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.weave import blocks, quote, run, weave

ROOT = Path(__file__).parent.parent
VENV = Path(sys.prefix)
DOCUMENTS = ("README.md", "data/README.md")
COMMANDS = [(name, block.command) for name in DOCUMENTS for block in blocks((ROOT / name).read_text(encoding="utf-8"))]
PYTHON = re.findall(
    r"^```python\n(.+?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)


@pytest.fixture(scope="module")
def checkout(small_corpus: Path, model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, with a small corpus and the model that it teaches, so that a command takes seconds."""
    if not (VENV / ".ready").exists():
        pytest.skip("the environment was not set up by `make`, so its commands would set it up anew")
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("README.md", "Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
        os.utime(folder / name, (0, 0))  # were it younger than the environment, `make` would install this copy there
    for name in ("pipeline", "data", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(model_folder, folder / "models/champion")
    shutil.copy(small_corpus, folder / "data/headlines.csv")
    return folder


@pytest.mark.parametrize(("document", "command"), COMMANDS)
def test_command_runs(document: str, command: str, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEFLAGS", f"VENV={VENV}")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only -q")  # `make test` inside a test would never end
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert run(command, checkout), f"{document}: `{command}` prints nothing"


@pytest.mark.parametrize("code", PYTHON)
def test_python_runs(code: str, checkout: Path) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_makefile_lists_its_targets(checkout: Path) -> None:
    made = subprocess.run(["make"], cwd=checkout, capture_output=True, text=True, check=True, env=os.environ)
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [line.split()[0] for line in made.stdout.splitlines()] == targets


def test_every_path_that_the_readme_names_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = {path for path in re.findall(r"[\w./-]+/[\w./-]+\.(?:md|py|csv|txt)", text)}
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_weaving_puts_in_what_the_command_prints(tmp_path: Path) -> None:
    text = "Сколько?\n\n```console\n$ echo раз; echo 'два  '\nвчера\n```\n\nЕщё:\n\n```console\n$ printf три\n```\n"
    woven = weave(text, tmp_path)
    assert [block.output for block in blocks(woven)] == ["раз\nдва\n", "три\n"]
    assert weave(woven, tmp_path) == woven


def test_the_documents_named_are_woven_in_their_place(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(f"```console\n$ echo {name}; pwd\n```\n", "utf-8")
    subprocess.run([sys.executable, "-m", "pipeline.weave", "a.md", "b.md"], check=True)
    assert [block.output for name in ("a.md", "b.md") for block in blocks((tmp_path / name).read_text("utf-8"))] == [
        f"{name}\n{tmp_path}\n" for name in ("a.md", "b.md")
    ]


def test_reports_are_quoted(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("# Скорость\n\nРаз.\n\n| a |\n| - |\n\nТри.\n", "utf-8")
    text = "Итак:\n\n<!-- report.md: 2 1 -->\nстарое\n<!-- end -->\n"
    quoted = quote(text, tmp_path)
    assert quoted == "Итак:\n\n<!-- report.md: 2 1 -->\n\n| a |\n| - |\n\nРаз.\n<!-- end -->\n"
    assert quote(quoted, tmp_path) == quoted
    twice = "<!-- report.md: 1 -->\n<!-- end -->\nмежду\n" * 2
    assert quote(twice, tmp_path) == "<!-- report.md: 1 -->\n\nРаз.\n<!-- end -->\nмежду\n" * 2


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_say_what_the_reports_say(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert quote(text, ROOT) == text


def test_a_command_that_fails_stops_the_weaving(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError, match="exit status 3"):
        weave("```console\n$ exit 3\n```\n", tmp_path)
