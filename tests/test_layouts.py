"""Pages of ten builds give their headlines; and two thousand malformed inputs give rows or one line of error."""

import subprocess
import sys
from pathlib import Path

import pytest
from layouts import PAGES, score

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("known", sorted(PAGES.glob("*.list")), ids=lambda path: path.stem)
def test_page(known: Path) -> None:
    found = score(known)
    assert found.recall == 1
    assert found.precision >= 0.9


def test_there_are_ten() -> None:
    assert len(list(PAGES.glob("*.list"))) == 10


def test_malformed_inputs() -> None:
    command = [sys.executable, str(ROOT / "tests/fuzz.py"), "--first", "300000", "--count", "1000"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
