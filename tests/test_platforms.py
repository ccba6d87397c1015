"""The same answers wherever it runs: without a locale, a home or a writable folder, under any path, in forks."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from pipeline.corrections import Corrections
from pipeline.tagger import Tagger

GOLDEN = Path(__file__).parent / "golden/model"
HEADLINES = ("Рубль подешевел к евро", "Дроны атаковали нефтебазу", "Ёж «ушёл» — в туман")
RUBRIKA = Path(sys.executable).parent / "rubrika"
HOMELESS = {"PATH": os.defpath}


def topics(done: "subprocess.CompletedProcess[bytes]") -> list[dict[str, float]]:
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line)["scores"] for line in done.stdout.decode().splitlines()]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["Unix", "Windows"])
@pytest.mark.parametrize(
    "environment",
    [{}, {"LANG": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}, {"LC_ALL": "tlh_QO.KOI8-R", "HOME": "/nowhere"}],
    ids=["nothing", "C", "POSIX without UTF-8", "no such locale and home"],
)
def test_environment_does_not_matter(environment: dict[str, str], end: str, tmp_path: Path) -> None:
    place = tmp_path / "мои файлы" / "за ноябрь"
    place.mkdir(parents=True)
    shutil.copytree(GOLDEN, place / "модель №1")
    (place / "новости дня.csv").write_bytes(
        end.join(["id,headline", *(f"7,{each}" for each in HEADLINES), ""]).encode()
    )
    command = [str(RUBRIKA), "predict", "новости дня.csv", "--model", "модель №1"]
    done = subprocess.run(command, capture_output=True, check=False, cwd=place, env=HOMELESS | environment)
    expected = [
        {topic.value: score for topic, score in one.scores.items()} for one in Tagger.load(GOLDEN).tag(HEADLINES)
    ]
    assert topics(done) == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a folder read-only")
def test_a_checkout_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("\n".join(HEADLINES), encoding="utf-8")
    told = 'mount --bind . . && mount -o remount,ro,bind . && cd . && exec "$0" "$@"'
    command = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        f"cd {tmp_path} && {told}",
        str(RUBRIKA),
        "predict",
        str(tmp_path / "list.txt"),
    ]
    done = subprocess.run([*command, "--model", str(GOLDEN)], capture_output=True, check=False, env=HOMELESS)
    assert len(topics(done)) == len(HEADLINES)
    done = subprocess.run(
        [*command, "--model", str(GOLDEN), "--out", str(tmp_path / "o.csv")],
        capture_output=True,
        check=False,
        env=HOMELESS,
    )
    assert (done.returncode, done.stderr.decode().count("\n")) == (1, 1)
    assert "a place that cannot be written (Read-only file system)" in done.stderr.decode()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_user_without_a_name(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    (tmp_path / "tags.csv").write_text(f"headline,tags\n{HEADLINES[0]},economy\n", encoding="utf-8")
    code = "import os, sys; os.setresuid(54321, 0, 0); from pipeline.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "corrections", "import", "tags.csv", "--corrections", "corrections.db"]
    done = subprocess.run(command, capture_output=True, check=False, env=HOMELESS)
    assert (done.returncode, done.stderr.decode().count("\n")) == (0, 1)
    assert [each.editor for each in Corrections(tmp_path / "corrections.db").history()] == ["54321"]


_tagger: list[Tagger] = []


def _tags(headlines: list[str]) -> list[dict[str, float]]:
    return [{topic.value: score for topic, score in one.scores.items()} for one in _tagger[0].tag(headlines)]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # that is what is tried
def test_forked_workers_give_the_same() -> None:
    _tagger[:] = [Tagger.load(GOLDEN, None)]
    batches = [[f"{each} {turn}" for each in HEADLINES] for turn in range(20)]
    _tags(batches[0])  # some chunks are known before the fork, the others are learnt in each
    with ProcessPoolExecutor(4, get_context("fork")) as workers:
        found = list(workers.map(_tags, batches))
    assert found == [_tags(batch) for batch in batches]
