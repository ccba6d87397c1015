"""A plugin of pytest under mutmut: a mutant meets no answer that is remembered, and the likeliest tests first.

Without it, a mutant beneath a cache is hidden by the answers that the code itself gave before, and a test that finds
them there does not seem to call the code at all.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

MEMORIES = tuple(f"pipeline.{name}" for name in ("language", "lemmatize", "kin", "guess"))
"""Modules that keep answers; the dictionaries themselves, slow to load, stay."""


def pytest_configure() -> None:
    """Draw the same examples for every mutant, and look for no smaller ones."""
    settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")


def memories() -> Iterator[Any]:
    """Give the caches of the modules that have been loaded."""
    for name in MEMORIES:
        for function in vars(sys.modules.get(name, pytest)).values():
            if hasattr(function, "cache_clear") and function.__name__ != "dictionary":
                yield function


def forget() -> None:
    """Remember nothing."""
    for memory in memories():
        memory.cache_clear()


def pytest_sessionstart() -> None:
    """Begin with nothing remembered: mutmut's process has run the tests before, this one is for one mutant."""
    forget()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of the mutant's own module first, and quick ones before slow ones: most mutants do not last."""
    durations: dict[str, float] = {}
    known = Path("mutmut-stats.json")
    if known.exists():
        durations = json.loads(known.read_bytes())["duration_by_test"]
    own = f"test_{mutant().split('.')[1]}.py" if "." in mutant() else ""
    items.sort(key=lambda item: (item.path.name != own, durations.get(item.nodeid, 0)))


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """Begin a test with nothing remembered, while mutmut looks which tests call what."""
    if mutant() == "stats":
        forget()


def mutant() -> str:
    """Give what mutmut tries, or does."""
    return os.environ.get("MUTANT_UNDER_TEST", "")
