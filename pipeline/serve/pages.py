"""The page: what editors open."""

import hmac
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from pipeline.errors import InputError, MemoryBoundError
from pipeline.ingest.record import Options
from pipeline.ingest.source import Source
from pipeline.serve import bodies, correct, guard, intake, tongue
from pipeline.serve.bounds import LARGEST
from pipeline.serve.desk import AtDesk, Desk
from pipeline.serve.gate import tagging

router = APIRouter(include_in_schema=False)
_YEAR: Final = 365 * 24 * 3600
_FIELDS: Final = 8
_NAME: Final = 80
_HINTS: Final = {
    "empty": ("no text", "no letters"),
    "format": ("a PDF", "a picture", "an old Word", "a RAR", "a 7z", "an RTF", "a program"),
    "column": ("the columns",),
    "private": ("a host in the own network",),
    "host": ("no such host", "no connection", "no address", "an answer slower"),
    "answer": ("the answer", "a page that robots.txt"),
    "many": ("more than",),
    "packed": ("a packed file", "a damaged", "a zip", "no room"),
}
"""How errors of reading begin, by what they mean to an editor."""
_SHOWN: Final = 1 << 16
"""Letters of a text that is shown again where it could not be read."""


@router.get("/")
async def home(request: Request, desk: AtDesk) -> Response:
    """Show where headlines are given."""
    return desk.paper.page(request, "home.html", text="", failure=None, then="")


@router.post("/sheets")
async def take(request: Request, desk: AtDesk) -> Response:
    """Tag what is given, and lead to the sheet."""
    async with request.form(max_files=1, max_fields=_FIELDS, max_part_size=LARGEST) as form:
        text, column, file = _text(form.get("text")), _text(form.get("column")), form.get("file")
        then = "review" if form.get("then") == "review" else ""
        options = Options(
            column=column.strip() or None,
            dedupe="near" if form.get("dedupe") else None,
            allow_private=desk.serving.allow_private,
        )
        try:
            source = await _source(desk, tongue.tongue_of(request), text, file, options)
            cost = tagging(getattr(file, "size", None) or len(text))
            sheet = await desk.work.run(cost, intake.take, source, desk.throne.champion, options)
        except (InputError, MemoryBoundError) as error:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            hint = _hint(error.found, tongue.tongue_of(request))
            return desk.paper.page(
                request, "home.html", status, text=text[:_SHOWN], failure=error, hint=hint, then=then
            )
    desk.sheets.add(sheet)
    desk.figures.headlines.labels("page").inc(len(sheet))
    return RedirectResponse(f"/sheets/{sheet.key}/{then}".rstrip("/"), HTTPStatus.SEE_OTHER)


def _hint(found: str, say: tongue.Tongue) -> str:
    """Say in the page's language what could not be read, where it is among what editors meet."""
    return next((say(f"hint.{key}") for key, beginnings in _HINTS.items() if found.startswith(beginnings)), "")


def _text(field: object) -> str:
    return field if isinstance(field, str) else ""


async def _source(desk: Desk, say: tongue.Tongue, text: str, file: object, options: Options) -> Source:
    """Choose what was given: a file, an address, or text."""
    if isinstance(file, UploadFile) and file.filename:
        return intake.of_file(file.file, file.filename)
    address = intake.address_in(text)
    if address:
        return await desk.fetches.run(1, intake.of_address, address, options)
    return intake.of_text(text, say("pasted"))


@router.get("/api")
async def api(request: Request, desk: AtDesk) -> Response:
    """Tell programmers what there is."""
    return desk.paper.page(request, "api.html", most=bodies.MOST, largest=LARGEST >> 20)


@router.post("/editor")
async def sign(name: Annotated[str, Form()] = "", to: Annotated[str, Form()] = "/") -> Response:
    """Remember who corrects."""
    answer = RedirectResponse(_local(to), HTTPStatus.SEE_OTHER)
    answer.set_cookie(correct.EDITOR, quote(name.strip()[:_NAME]), _YEAR, httponly=True, samesite="strict")
    return answer


@router.get("/tongue/{name}")
async def speak(name: str, to: str = "/") -> Response:
    """Choose the language of the page."""
    answer = RedirectResponse(_local(to), HTTPStatus.SEE_OTHER)
    if name in tongue.TONGUES:
        answer.set_cookie(tongue.COOKIE, name, _YEAR, httponly=True, samesite="lax")
    return answer


@router.post("/login")
async def login(
    request: Request, desk: AtDesk, token: Annotated[str, Form()] = "", to: Annotated[str, Form()] = "/"
) -> Response:
    """Take the token, and let the browser in."""
    wanted = desk.serving.token
    if wanted is None or not hmac.compare_digest(token.strip().encode(), wanted.encode()):
        return desk.paper.page(request, "login.html", HTTPStatus.UNAUTHORIZED, to=_local(to), wrong=True)
    answer = RedirectResponse(_local(to), HTTPStatus.SEE_OTHER)
    secure = request.url.scheme == "https"
    answer.set_cookie(guard.COOKIE, guard.proof(wanted), httponly=True, samesite="strict", secure=secure)
    return answer


@router.get("/static/{name}")
async def static(name: str, desk: AtDesk) -> Response:
    """Give a file that the page leans on."""
    return desk.paper.file(name)


def _local(to: str) -> str:
    """Keep a way within this site."""
    inside = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if inside else "/"
