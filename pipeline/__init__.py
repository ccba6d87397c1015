"""Rubrika tags Russian headlines as politics, economy or war.

>>> from pipeline import Tagger
>>> tagger = Tagger.load("models/champion")  # doctest: +SKIP
>>> tagger.tag(["ЦБ сохранил ключевую ставку"])[0].topic  # doctest: +SKIP
'economy'
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.answers import Tagged
    from pipeline.tagger import Tagger
    from pipeline.topics import Topic

__all__ = ["Tagged", "Tagger", "Topic"]

_HOME = {"Tagged": "pipeline.answers", "Tagger": "pipeline.tagger", "Topic": "pipeline.topics"}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that ``rubrika --help`` stays instant."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
