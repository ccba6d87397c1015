"""Errors as problem documents (RFC 9457), and for people as a page."""

from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

KIND: Final = "application/problem+json"


class Refusal(Exception):  # noqa: N818 (no error: an answer)
    """A request that is not answered as it wished.

    Args:
        status: Of the answer.
        detail: What is wrong with this request, and what to do.
        headers: Of the answer.
        **more: Members that the document has beside those of the standard.
    """

    def __init__(self, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers
        self.more = more


def busy(seconds: int, detail: str = "more work than can be done at once; try again") -> Refusal:
    """Give the refusal of a request that may come again in some seconds."""
    return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": str(seconds)})


def document(refusal: Refusal) -> dict[str, Any]:
    """Give the members of a problem document."""
    status = refusal.status
    return {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": refusal.detail} | (
        refusal.more
    )


def answer(request: Request, refusal: Refusal) -> Response:
    """Answer with a problem: a page where a browser asks for one, else a document."""
    if wants_page(request):
        page: Response = request.app.state.desk.paper.problem(request, refusal)
        page.headers.update(refusal.headers or {})
        return page
    return JSONResponse(document(refusal), refusal.status, refusal.headers, KIND)


def wants_page(request: Request) -> bool:
    """Tell whether a person asks, by a browser, and not a program."""
    return not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("Accept", "")
