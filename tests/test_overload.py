"""More than the server can do: see ``overload.py``; ``make overload`` does it for ten minutes. No time is asserted."""

import asyncio
import time
from pathlib import Path

import pytest
from crowd import DONE, REFUSED
from overload import run

from pipeline.serve.gate import Gate

pytestmark = pytest.mark.enable_socket


def test_what_is_too_much_is_answered_or_refused_and_then_all_is_well(model_folder: Path) -> None:
    told = run(model_folder, seconds=4, idlers=4, times=4)
    assert list(told.wrong()) == []
    assert {each.kind for each in told.answers if each.status in DONE} >= {"one headline", "page", "click"}
    assert any(each.status in REFUSED for each in told.answers)
    assert told.clicks[0] > 0


def test_work_that_takes_longer_than_estimated_counts_more() -> None:
    gate = Gate(1, 1000)

    def work(pause: float) -> int:
        time.sleep(pause)
        return gate.inside

    async def counted(pause: float) -> list[int]:
        return [await gate.run(10, work, pause) for _ in range(12)]

    assert asyncio.run(counted(0))[-1] == 10
    assert asyncio.run(counted(0.1))[-1] > 15, "what takes ten times as long leaves less room"
    assert max(asyncio.run(counted(0))) <= 1000
