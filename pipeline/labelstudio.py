"""Corrections as Label Studio's JSON (https://labelstud.io/guide/task_format), and back.

A task a headline: what the model gave is a prediction, what each editor gave an annotation of the choices ``tags``.
Editor, time, model and old tags are kept in the ``meta`` of a result too, for Label Studio refuses annotators that it
does not know.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pipeline.corrections import Correction, Tags, now
from pipeline.errors import InputError
from pipeline.ingest.text import sound, whole
from pipeline.topics import OTHER, TOPICS, parse_tags

TAGS: Final = "tags"
HEADLINE: Final = "headline"
"""The names of the choices and of the text, in a task as in the labelling interface."""
_TEXTS: Final = (HEADLINE, "text", "title")
_EXPECTED: Final = f"choices among {', '.join(TOPICS)}, {OTHER}"


def tasks_of(rows: Iterable[Correction]) -> list[dict[str, Any]]:
    """Write corrections as tasks.

    Args:
        rows: Corrections, those of one headline in whatever places.

    Returns:
        A task a headline, in the order in which the headlines were met.
    """
    tasks: dict[str, dict[str, Any]] = {}
    for row in rows:
        task = tasks.setdefault(row.headline, {"data": {HEADLINE: row.headline}, "predictions": [], "annotations": []})
        meta = {"editor": [row.editor], "time": [row.time], "model": [row.model]}
        meta |= {} if row.old is None else {"old": _named(row.old)}
        task["annotations"].append({"result": [_choices(row.new) | {"meta": meta}]})
        if row.old is not None:
            prediction = {"model_version": row.model, "result": [_choices(row.old)]}
            task["predictions"] += [prediction] * (prediction not in task["predictions"])
    return list(tasks.values())


def rows_of(document: object, where: str, editor: str) -> Iterator[Correction]:
    """Read the annotations of tasks.

    Args:
        document: What the JSON says: a list of tasks, as Label Studio exports them.
        where: What to call it in an error.
        editor: Whose an annotation is that does not say it.

    Yields:
        A correction for each annotation that chooses something; those that were cancelled or are empty are passed over.

    Raises:
        InputError: If it is no list of tasks, or a choice is no topic.
    """
    for number, task in enumerate(document if isinstance(document, list) else [None], start=1):
        place = f"{where}, task {number}"
        try:
            headline = " ".join(sound(next(task["data"][name] for name in _TEXTS if name in task["data"])).split())
            annotations = [each for each in task.get("annotations", []) if not each.get("was_cancelled")]
            for annotation in annotations:
                for result in _chosen(annotation):
                    yield _row(headline, task, annotation, result, editor)
        except (TypeError, KeyError, AttributeError, IndexError, StopIteration) as error:
            found = f"no task of Label Studio ({type(error).__name__}: {error})"
            raise InputError(place, found, f"data with {HEADLINE}, and annotations", "export as JSON") from error
        except ValueError as error:
            raise InputError(place, str(error), _EXPECTED, "mend the choice, or the labelling interface") from error


def _row(
    headline: str, task: dict[str, Any], annotation: dict[str, Any], result: dict[str, Any], editor: str
) -> Correction:
    """Read an annotation: by its ``meta`` if it is ours, else by what Label Studio says of it."""
    meta, given = result.get("meta") or {}, _prediction(task)
    by = annotation.get("completed_by")
    who = _first(meta, "editor") or (by.get("email") if isinstance(by, dict) else by)
    when = _first(meta, "time") or annotation.get("created_at") or now()
    if "editor" in meta:
        model, old = _first(meta, "model"), meta.get("old")
    else:
        model = str(given.get("model_version") or "")
        old = next((each["value"]["choices"] for each in _chosen(given)), None)
    new = _tags(result["value"]["choices"])
    model, who, when = (whole(str(each)) for each in (model, who or editor, when))
    return Correction(headline, None if old is None else _tags(old), new, model, who, when)


def _prediction(task: dict[str, Any]) -> dict[str, Any]:
    return next(iter(task.get("predictions", [])), {"result": []})


def _chosen(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in answer["result"] if each.get("type") == "choices" and each["value"]["choices"]]


def _choices(tags: Tags) -> dict[str, Any]:
    return {"from_name": TAGS, "to_name": HEADLINE, "type": "choices", "value": {"choices": _named(tags)}}


def _named(tags: Tags) -> list[str]:
    return [str(tag) for tag in tags] or [OTHER]


def _tags(chosen: list[str]) -> Tags:
    return () if chosen == [OTHER] else parse_tags(" ".join(chosen))


def _first(meta: dict[str, Any], name: str) -> str:
    return next(iter(meta.get(name) or []), "")
