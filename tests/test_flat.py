"""Nothing that is remembered grows without end: every memory of words has a bound; a stream of new ones shows it."""

import functools
import importlib
import json
import pkgutil
import tracemalloc
from inspect import signature
from pathlib import Path
from types import ModuleType

import pytest

import pipeline
from pipeline import rows
from pipeline.bench import flat
from pipeline.bench.flat import held, measure, strangers
from pipeline.dictionaries import REMEMBERED
from pipeline.tagger import Tagger

OF_FEW = {"code", "name", "min_precision"}
"""Arguments that have few values in the life of a process: languages, models."""


def modules() -> list[ModuleType]:
    named = [info.name for info in pkgutil.walk_packages(pipeline.__path__, "pipeline.")]
    return [importlib.import_module(name) for name in named if ".peers" not in name and not name.endswith("__main__")]


def caches() -> list[tuple[ModuleType, str, "functools._lru_cache_wrapper[object]"]]:
    found = ((module, name, value) for module in modules() for name, value in vars(module).items())
    return [each for each in found if isinstance(each[2], functools._lru_cache_wrapper)]


def test_every_memory_of_words_has_a_bound() -> None:
    bounds = {name: cache.cache_parameters()["maxsize"] for _, name, cache in caches()}
    arguments = {name: set(signature(cache.__wrapped__).parameters) for _, name, cache in caches()}
    assert {name for name, bound in bounds.items() if bound == REMEMBERED} >= {
        "_dictionary_form",
        "of_word",
        "_reading",
    }
    assert [name for name, bound in bounds.items() if bound is None and not arguments[name] <= OF_FEW] == []


def test_memory_stops_to_grow(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a bound a hundred times smaller, over a stream that fills it ten times."""
    monkeypatch.setattr(rows, "_REMEMBERED", 1000)
    monkeypatch.setattr(flat, "_BATCH", 16)
    smaller = {cache: functools.lru_cache(1000)(cache.__wrapped__) for _, _, cache in caches()}
    for module, name, cache in caches():
        if cache.cache_parameters()["maxsize"] == REMEMBERED:
            monkeypatch.setattr(module, name, smaller[cache])
    tagger = Tagger.load(model_folder)
    tracemalloc.start()
    try:
        levels = [tracemalloc.get_traced_memory()[0] for _ in measure(tagger, 10_000)]
    finally:
        tracemalloc.stop()
    assert len(levels) == flat.STEPS
    assert max(levels[10:]) < 1.1 * max(levels[5:10])
    assert max(levels[5:]) > 1.1 * levels[0], "nothing was remembered"


def test_the_command_tells_the_megabytes_of_each_step(
    model_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat, "_BATCH", 16)
    flat.main([str(model_folder), "40"])
    told = json.loads(capsys.readouterr().out)
    assert len(told) == flat.STEPS
    assert min(told) > 10


def test_every_stranger_is_new() -> None:
    chunks = [
        chunk for seed in range(3) for text in strangers(500, seed)["headline"].to_pylist() for chunk in text.split()
    ]
    assert len(chunks) == len(set(chunks)) == 12_000


def test_a_process_holds_some_megabytes() -> None:
    assert 10 < held() < 10_000
