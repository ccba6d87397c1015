"""The application: routes, guards, and answers to what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from pipeline.errors import InputError, RubrikaError, StoreError
from pipeline.serve import api, guard, health, pages, review_pages, sheet_pages, watch_pages
from pipeline.serve.bounds import Bounds
from pipeline.serve.desk import Desk, Serving
from pipeline.serve.figures import Counted
from pipeline.serve.guard import Check, Guard
from pipeline.serve.problem import Refusal, answer, busy

_ABOUT: Final = "Tags Russian, Belarusian and Ukrainian headlines as politics, economy or war."
_LATER: Final = 60
"""Seconds after which to try again what a store could not keep."""


def app_of(serving: Serving) -> FastAPI:
    """Put the application together.

    Args:
        serving: How to serve.

    Returns:
        The application; ``app.state.desk`` is what its requests share.

    Raises:
        ModelError: If there is no model that can be loaded.
    """
    desk = Desk(serving)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(desk.throne.watch())
        yield
        watching.cancel()

    app = FastAPI(title="Rubrika", version="1", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.desk = desk
    for each in (api, health, pages, sheet_pages, review_pages, watch_pages):
        app.include_router(each.router)
    app.add_middleware(Bounds)
    app.add_middleware(Guard, checks=_checks(serving))
    app.add_middleware(Counted, figures=desk.figures)
    _say_what_is_wrong(app)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _checks(serving: Serving) -> list[Check]:
    checks: list[Check] = [guard.same_site]
    checks.append(guard.wanted(serving.token) if serving.token else guard.known_host)
    return [guard.rationed(serving.rate), *checks] if serving.rate else checks


def _say_what_is_wrong(app: FastAPI) -> None:
    """Make a problem of everything that can go wrong."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> Response:
        return answer(request, error)

    @app.exception_handler(InputError)  # a store of another kind, or gone; inputs are told by pages.py
    @app.exception_handler(StoreError)
    async def unkept(request: Request, error: RubrikaError) -> Response:
        return answer(request, busy(_LATER, str(error)))  # somebody has to see to the disk first

    @app.exception_handler(HTTPException)
    async def unanswered(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers) if error.headers else None
        return answer(request, Refusal(HTTPStatus(error.status_code), str(error.detail), headers))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        faults = [{"place": ".".join(map(str, each["loc"])), "fault": each["msg"]} for each in error.errors()]
        told = "; ".join(f"{fault['place']}: {fault['fault']}" for fault in faults)
        return answer(request, Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, told, errors=faults))

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _error: ClientDisconnect) -> Response:
        return Response(status_code=HTTPStatus.BAD_REQUEST)

    @app.exception_handler(Exception)
    async def failed(request: Request, _error: Exception) -> Response:
        told = "this should not have happened; the server's log has where"
        return answer(request, Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, told, guard.HEADERS))


def _described(app: FastAPI) -> dict[str, Any]:
    """Describe the API (OpenAPI), every problem by the one schema of problems."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
        schemas = found["components"]["schemas"]
        schemas["Problem"] = api.Problem.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        found["security"] = [{"token": []}, {}]
        app.openapi_schema = found
    return app.openapi_schema
