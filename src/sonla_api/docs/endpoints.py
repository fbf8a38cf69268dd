"""What people look at: the register, the documentation pages, and the files that they need."""

import re
import secrets
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from sonla_api.docs import assets, pages
from sonla_api.kit.http import preferred_language
from sonla_api.kit.openapi import KEY
from sonla_api.kit.problems import NotFound

router = APIRouter(include_in_schema=False)

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_GZIP: Final = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)
_CLOSED: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "


@router.get("/")
async def show_register(request: Request) -> HTMLResponse:
    """Show the public register to a person, in the language asked for by `lang` or the browser."""
    language = request.query_params.get("lang", "")
    if language not in pages.LANGUAGES:
        language = preferred_language(request.headers.get("accept-language", ""))
    policy = "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
    page = _page(pages.register_page(_base(request), language), policy)
    page.headers["Vary"] = "Accept-Language"
    return page


@router.get("/openapi.json")
def send_description(request: Request) -> Response:
    """Send the description of the interface as it was committed."""
    return _send(request, assets.description(), "no-cache")


@router.get("/docs")
async def show_reference(request: Request) -> HTMLResponse:
    """Show the reference of the interface, where each call can be tried."""
    nonce = secrets.token_urlsafe(16)
    # Scalar counts the lines of its code samples in style attributes, which no nonce reaches.
    policy = (
        f"script-src 'self'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'"
    )
    html = pages.reference_page(_base(request), nonce, KEY)
    return _page(html, policy, keep="no-store")


@router.get("/docs/swagger")
async def show_swagger(request: Request) -> HTMLResponse:
    """Show the interface in Swagger UI."""
    policy = "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
    return _page(pages.swagger_page(_base(request)), policy)


@router.get("/docs/problems")
async def show_problems(request: Request) -> HTMLResponse:
    """List every kind of problem that the service can answer."""
    return _page(pages.problems_page(_base(request)), "style-src 'self'; img-src 'self'")


@router.get("/docs/problems/{slug}")
async def show_problem(request: Request, slug: str) -> HTMLResponse:
    """Say what happened and what to do, for one kind of problem."""
    kind = pages.problems().get(slug)
    if kind is None:
        raise NotFound
    return _page(pages.problem_page(_base(request), kind), "style-src 'self'; img-src 'self'")


@router.get("/docs/static/{name:path}")
async def send_file(request: Request, name: str) -> Response:
    """Send a file of the documentation pages, for ever where the address names its content."""
    asset = assets.find(name)
    if asset is None:
        raise NotFound
    is_exact = request.query_params.get("v") == asset.fingerprint
    return _send(request, asset, _FOR_EVER if is_exact else "no-cache")


def _send(request: Request, asset: assets.Asset, keep: str) -> Response:
    """The file, compressed where that is at hand and taken; 304 where the caller has it."""
    packed = asset.packed if _takes_gzip(request) else None
    etag = f'"{asset.fingerprint}{"-gzip" if packed else ""}"'
    headers = {"ETag": etag, "Cache-Control": keep}
    if asset.packed:
        headers["Vary"] = "Accept-Encoding"
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    if isinstance(packed, bytes):
        return Response(packed, media_type=asset.media_type, headers=headers)
    return FileResponse(packed or asset.path, media_type=asset.media_type, headers=headers)


def _page(html: str, policy: str, *, keep: str = "no-cache") -> HTMLResponse:
    headers = {"Content-Security-Policy": _CLOSED + policy, "Cache-Control": keep}
    return HTMLResponse(html, headers=headers)


def _base(request: Request) -> str:
    """The path under which a proxy serves the whole service; mostly none."""
    return str(request.scope.get("root_path", ""))


def _takes_gzip(request: Request) -> bool:
    return bool(_GZIP.search(request.headers.get("accept-encoding", "")))
