"""Killed at random moments, and without room: see ``kills.py``; ``make kills`` does it 200 times."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk can only be mounted by root")
def test_old_or_new_stands_after_a_kill_and_without_room() -> None:
    kills = Path(__file__).parent / "kills.py"
    done = subprocess.run(
        [sys.executable, kills, "--count", "1", "--seed", "7"], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [done.stdout.count(f"{how} |") for how in ("killed", "writes fail", "disk full")] == [7, 7, 7]
