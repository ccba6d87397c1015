"""The page's paper: templates, and the files that they lean on, from the package and nowhere else."""

import hashlib
import mimetypes
from http import HTTPStatus
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pipeline.serve.problem import Refusal
from pipeline.serve.tongue import TONGUES, tongue_of

_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_VARY: Final = {"Vary": "Accept-Language, Cookie"}
_SHOWN: Final = 10


class Paper:
    """Templates and files, read once."""

    def __init__(self) -> None:
        folder = files(__package__).joinpath("static")
        self._files = {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}
        whole = b"".join(self._files[name] for name in sorted(self._files))
        self._env = Environment(
            loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self._env.globals |= {
            "version": hashlib.sha256(whole).hexdigest()[:_SHOWN],
            "tongues": TONGUES,
        }

    def page(
        self, request: Request, template: str, status: HTTPStatus = HTTPStatus.OK, **values: object
    ) -> HTMLResponse:
        """Write a page, or a part of one.

        Args:
            request: Whose languages and address count.
            template: Its name.
            status: Of the answer.
            **values: What it shows.

        Returns:
            The answer.
        """
        return HTMLResponse(self.written(request, template, **values), status, _VARY)

    def written(self, request: Request, template: str, **values: object) -> str:
        """Write a template."""
        tongue = tongue_of(request)
        found: Template = self._env.get_template(template)
        return found.render(t=tongue, request=request, desk=request.app.state.desk, **values)

    def problem(self, request: Request, refusal: Refusal) -> HTMLResponse:
        """Write the page of a request that is not answered as it wished."""
        return self.page(request, "problem.html", refusal.status, refusal=refusal)

    def file(self, name: str) -> Response:
        """Give a file of the page; its address changes with what is in it, so that a browser may keep it.

        Args:
            name: Its name.

        Returns:
            The answer.

        Raises:
            Refusal: If there is none.
        """
        if name not in self._files:
            raise Refusal(HTTPStatus.NOT_FOUND, "no such file")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(self._files[name], headers=_FOR_EVER, media_type=kind)
