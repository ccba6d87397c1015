"""Whether the server lives and can answer, and what it has counted."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from pipeline.serve.api import USUAL
from pipeline.serve.desk import AtDesk
from pipeline.serve.gate import VIEW

router = APIRouter(responses=USUAL)


class Health(BaseModel):
    """How the server is."""

    status: str


@router.get("/health/live", summary="Whether the server runs")
async def live() -> Health:
    """Say that the loop turns."""
    return Health(status="live")


@router.get("/health/ready", summary="Whether the server can answer")
async def ready(desk: AtDesk) -> Health:
    """Say that a model is at work and there is room; a full server sends who asks elsewhere."""
    desk.work.room(VIEW)
    return Health(status="ready")


@router.get(
    "/metrics",
    summary="Counts and times, as Prometheus reads them",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    response_class=Response,
)
async def metrics(desk: AtDesk) -> Response:
    """Give what was counted."""
    champion = desk.throne.champion
    desk.figures.model.info({"name": champion.name, "created": champion.tagger.model.card.created})
    for name, gate in (("work", desk.work), ("fetches", desk.fetches)):
        desk.figures.waiting.labels(name).set(gate.inside)
    return Response(generate_latest(desk.figures.registry), media_type=CONTENT_TYPE_LATEST)
