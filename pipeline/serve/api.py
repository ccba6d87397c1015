"""``/v1``: what programs ask."""

import logging
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from pipeline.errors import SettingsError
from pipeline.serve import bodies
from pipeline.serve.bodies import Answer, Headline
from pipeline.serve.bounds import LARGEST
from pipeline.serve.champion import Champion
from pipeline.serve.desk import AtDesk
from pipeline.serve.gate import tagging
from pipeline.serve.problem import KIND, Refusal

router = APIRouter(prefix="/v1")
_log = logging.getLogger("rubrika.serve")


class Problem(BaseModel):
    """What is wrong with a request (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: Annotated[list[dict[str, Any]] | None, Field(description="Faults by their place in the request.")] = None


class Model(BaseModel):
    """The model at work."""

    name: str
    digest: Annotated[str, Field(description="SHA-256 of its checksums; the same bytes have the same.")]
    created: str
    topics: list[str]
    thresholds: dict[str, float]
    corpus: dict[str, Any]
    metrics: dict[str, Any]
    versions: dict[str, str]


def _problems(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    return {
        status.value: {"description": status.phrase, "content": {KIND: {"schema": _PROBLEM}}} for status in statuses
    }


_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
USUAL: Final = _problems(
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.MISDIRECTED_REQUEST,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_OF_BODY: Final = _problems(
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_HEADLINES: Final = ["Нацбанк поднял ставку рефинансирования", "В Минске прошёл джазовый фестиваль"]
_LINE: Final = Headline.model_json_schema()
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            bodies.JSON: {
                "schema": {
                    "type": "array",
                    "maxItems": bodies.MOST,
                    "items": {"anyOf": [_LINE["properties"]["headline"] | {"title": "Text"}, _LINE]},
                },
                "examples": {
                    "texts": {"value": _HEADLINES},
                    "objects": {"value": [{"id": 17, "headline": _HEADLINES[0]}]},
                },
            },
            bodies.LINES[0]: {
                "schema": {"type": "string"},
                "examples": {"lines": {"value": '{"id": 17, "headline": "Нацбанк поднял ставку"}\n'}},
            },
        },
    }
}


@router.post(
    "/tags",
    summary="Tag headlines",
    description=(
        "A JSON list of texts or of objects with `headline`, or the same as JSON lines, one a line; "
        f"at most {bodies.MOST:,} headlines and {LARGEST >> 20} MB. Whatever else an object holds is given back."
    ),
    responses={
        200: {
            "model": list[Answer],
            "description": "An answer a headline, in order, in the form in which they came.",
            "content": {bodies.LINES[0]: {"schema": {"type": "string"}}},
        }
    }
    | USUAL
    | _OF_BODY,
    openapi_extra=_BODY,
)
async def tags(
    request: Request,
    desk: AtDesk,
    explain: Annotated[bool, Query(description="Tell the words that decided.")] = False,
    min_precision: Annotated[
        float | None, Query(ge=0, le=1, description="Give a topic only where this precision holds.")
    ] = None,
) -> Response:
    """Tag the headlines of a request."""
    kind = request.headers.get("Content-Type", bodies.JSON).partition(";")[0].strip().lower()
    desk.work.room(tagging(_length(request), explain))  # before the body is waited for
    champion, body = desk.throne.champion, await request.body()
    count, answers = await desk.work.run(
        tagging(len(body), explain), _tagged, champion, kind, body, explain, min_precision
    )
    desk.figures.headlines.labels("api").inc(count)
    if desk.serving.log == "headlines":
        _log.info("headlines: %s", body.decode(errors="replace"))
    return Response(answers, media_type=kind, headers={"Rubrika-Model": champion.name})


def _length(request: Request) -> int:
    """Give how long a body is said to be."""
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdecimal() else 0


def _tagged(
    champion: Champion, kind: str, body: bytes, explain: bool, min_precision: float | None
) -> tuple[int, bytes]:
    try:
        tagger = champion.precise(min_precision)
    except SettingsError as error:
        told = f"no thresholds reach a precision of {min_precision}; expected {error.expected}"
        raise Refusal(HTTPStatus.CONFLICT, told) from error  # with this model; another may reach it
    given = bodies.read(kind, body)
    return len(given), bodies.written(kind, bodies.tagged(tagger, given, explain))


@router.get("/model", summary="Which model answers", responses=USUAL)
async def model(desk: AtDesk) -> Model:
    """Give what the model at work is."""
    champion = desk.throne.champion
    card = champion.tagger.model.card
    return Model(
        name=card.name,
        digest=champion.digest,
        created=card.created,
        topics=card.topics,
        thresholds=dict(zip(card.topics, champion.tagger.decision.thresholds.tolist(), strict=True)),
        corpus=card.corpus,
        metrics=card.metrics,
        versions=card.versions,
    )
