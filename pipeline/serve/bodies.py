"""What the API takes and gives: a JSON list or JSON lines, checked; the same with tags."""

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from pipeline.answers import RESULT
from pipeline.explain import with_why
from pipeline.ingest.clean import clean_column
from pipeline.ingest.keep import LONGEST
from pipeline.ingest.record import COLUMN
from pipeline.ingest.text import sound
from pipeline.plain import rows
from pipeline.serve.problem import Refusal
from pipeline.tagger import Tagger
from pipeline.topics import OTHER, TOPICS

MOST: Final = 10_000
"""Headlines of a request."""
JSON: Final = "application/json"
LINES: Final = ("application/jsonl", "application/x-ndjson", "application/x-jsonlines")
_encoded: Final = json.JSONEncoder(ensure_ascii=False).encode
_FAULTS: Final = 20
"""Faults of a body that a problem names."""

Row = dict[str, Any]


class Headline(BaseModel):
    """A headline with whatever else belongs to it, which the answer gives back."""

    model_config = ConfigDict(extra="allow")
    headline: Annotated[str, Field(max_length=LONGEST, examples=["Нацбанк поднял ставку рефинансирования"])]


class Scores(BaseModel):
    """The calibrated probability of each topic."""

    politics: Annotated[float, Field(ge=0, le=1)]
    economy: Annotated[float, Field(ge=0, le=1)]
    war: Annotated[float, Field(ge=0, le=1)]


class Answer(BaseModel):
    """A headline with its tags, and whatever else was given with it."""

    model_config = ConfigDict(extra="allow")
    headline: str
    topic: Annotated[
        str, Field(description="The main topic, or `other`.", json_schema_extra={"enum": [*TOPICS, OTHER]})
    ]
    tags: Annotated[list[str], Field(description="All topics, the main one first.")]
    unsure: Annotated[bool, Field(description="Whether a person should look.")]
    scores: Scores
    iptc: Annotated[list[str], Field(description="IPTC Media Topics of the tags.")]
    why: Annotated[
        dict[str, list[tuple[str, float]]] | None,
        Field(description="With `explain`: words and what each adds to the log-odds, by topic."),
    ] = None


def read(kind: str, body: bytes) -> list[Row]:
    """Read a body.

    Args:
        kind: Its media type, without parameters.
        body: The bytes.

    Returns:
        Rows with a text ``headline`` each.

    Raises:
        Refusal: If it is no list of headlines, or of too many.
    """
    values = list(_values(kind, body))
    if len(values) > MOST:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"{len(values):,} headlines; at most {MOST:,} in a request")
    read_ = [_row(value) for value in values]
    faults = [{"place": place, "fault": row} for place, row in enumerate(read_) if isinstance(row, str)]
    if faults:
        told = f"{len(faults):,} of {len(values):,} are no headlines"
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, told, errors=faults[:_FAULTS])
    return [row for row in read_ if not isinstance(row, str)]


def _values(kind: str, body: bytes) -> Iterator[object]:
    if kind in LINES:
        for number, line in enumerate(body.splitlines(), start=1):
            if line.strip():
                yield _json(line, f"line {number}: ")
        return
    if kind != JSON:
        told = f"found the type “{kind}”; expected {JSON} or {LINES[0]}"
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, told, {"Accept-Post": ", ".join([JSON, *LINES])})
    values = _json(body, "")
    if not isinstance(values, list):
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "expected a list of headlines")
    yield from values


def _json(text: bytes, where: str) -> object:
    """Read JSON as RFC 8259 has it: UTF-8, no NaN, no half of a surrogate pair."""
    try:
        value: object = json.loads(text.decode(), parse_constant=_refuse)
        if b"\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"{where}no JSON in UTF-8 ({_fault(error)})") from error
    return value


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON")


def _fault(error: Exception) -> str:
    """Say what is wrong, without what stands there: it may be a headline."""
    if isinstance(error, UnicodeError):
        return "letters that cannot be written"
    return error.args[0] if isinstance(error, ValueError) else "nested too deeply"


def _row(value: object) -> Row | str:
    """Give a row, or what is wrong with it."""
    row = {COLUMN: value} if isinstance(value, str) else value
    if not isinstance(row, dict):
        return f"expected a text, or an object with “{COLUMN}”"
    headline = row.get(COLUMN)
    if not isinstance(headline, str):
        return f"expected a text under “{COLUMN}”"
    return row if len(headline) <= LONGEST else f"more than {LONGEST:,} letters"


def tagged(tagger: Tagger, given: Sequence[Row], explain: bool) -> Iterator[Row]:
    """Tag rows.

    Args:
        tagger: The model at work.
        given: Rows with a text ``headline`` each.
        explain: Whether to tell the words that decided.

    Returns:
        The rows, each with what the tagger says; a member of the row's own by such a name is given as ``input_…``.
    """
    texts = pa.array([sound(row[COLUMN].strip()).strip() for row in given], pa.string())
    seen = clean_column(texts)
    table = tagger.tag_arrow(pa.table({COLUMN: texts}), seen)
    answers = rows(with_why(tagger, table, seen) if explain else table)
    return (_beside(row, answer) for row, answer in zip(given, answers, strict=True))


def _beside(row: Row, answer: Row) -> Row:
    if isinstance(answer.get("why"), dict):
        told = {topic: words for topic, words in answer["why"].items() if words is not None}
        answer["why"] = {topic: [list(each.values()) for each in words] for topic, words in told.items()}
    if len(row) == 1:
        return answer
    own = {f"input_{name}" if name in _OURS else name: value for name, value in row.items() if name != COLUMN}
    return {COLUMN: answer.pop(COLUMN)} | own | answer


_OURS: Final = (*RESULT.names, "why")


def written(kind: str, answers: Iterator[Row]) -> bytes:
    """Write answers in the form in which the headlines came."""
    lines = map(_encoded, answers)
    return ("".join(f"{line}\n" for line in lines) if kind in LINES else "[" + ",\n".join(lines) + "]\n").encode()
