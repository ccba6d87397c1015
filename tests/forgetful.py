"""A plugin of pytest under mutmut: no test profits from what an earlier one has left in memory, and none shrinks.

Without it, a mutant beneath a cache is hidden by the answers that the code itself gave before.
"""

import sys
from collections.abc import Iterator
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
            if hasattr(function, "cache_clear") and function.__name__ != "_dictionary":
                yield function


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """Begin a test with nothing remembered."""
    for memory in memories():
        memory.cache_clear()
