"""The register for people, two readers of openapi.json, and a page for each kind of problem."""

import json
import re
from collections.abc import Iterator
from html import escape
from http import HTTPStatus

from sonla_api.docs.assets import address, template
from sonla_api.kit.problems import Problem
from sonla_api.kit.text import Message

LANGUAGES = Message._fields
_REGISTER = Message("Register of foreign affairs — Sơn La", "Sổ đăng ký đối ngoại — Sơn La")
_OUTCOMES = {
    3: Message(
        "The request was not carried out here; what it asks for has another address.",
        "Yêu cầu không được thực hiện ở đây; nội dung cần tìm đã có địa chỉ khác.",
    ),
    4: Message(
        "The request was not carried out; nothing was changed.",
        "Yêu cầu không được thực hiện; không có gì thay đổi.",
    ),
    5: Message(
        "The service could not finish the request; the fault is on its side.",
        "Hệ thống không hoàn thành được yêu cầu; lỗi thuộc về hệ thống.",
    ),
}


def problems() -> dict[str, type[Problem]]:
    """Every kind of problem that the service can answer, by slug, in order of status."""
    kinds = sorted(_kinds(Problem), key=lambda kind: (kind.status, kind.slug()))
    return {kind.slug(): kind for kind in kinds}


def register_page(base: str, language: str) -> str:
    return template("register.html").substitute(
        _common(base, "/"),
        title=getattr(_REGISTER, language),
        language=language,
        register_css=address(base, "register.css"),
        pictures_css=address(base, "register/pictures.css"),
        register_js=address(base, "register/main.js"),
    )


def reference_page(base: str, nonce: str, scheme: str) -> str:
    """`scheme`: the security scheme whose key the page asks for."""
    return template("reference.html").substitute(
        _common(base, "/docs"),
        title="Tài liệu API · API reference — Sơn La",
        nonce=nonce,
        scheme=escape(scheme),
        reference_css=address(base, "reference.css"),
        style_nonce_js=address(base, "style-nonce.js"),
        scalar_js=address(base, "scalar/standalone.js"),
        reference_js=address(base, "reference.js"),
    )


def swagger_page(base: str) -> str:
    return template("swagger.html").substitute(
        _common(base, "/docs/swagger"),
        title="Tài liệu API · Swagger UI — Sơn La",
        swagger_ui_css=address(base, "swagger-ui/swagger-ui.css"),
        swagger_ui_js=address(base, "swagger-ui/swagger-ui-bundle.js"),
        swagger_css=address(base, "swagger.css"),
        swagger_js=address(base, "swagger.js"),
    )


def problems_page(base: str) -> str:
    row = template("row.html")
    rows = (row.substitute(_words(kind), base=base) for kind in problems().values())
    content = template("problems.html").substitute(rows="".join(rows))
    return _page(base, "Các loại lỗi · Problem types", content)


def problem_page(base: str, kind: type[Problem]) -> str:
    outcome = _OUTCOMES[kind.status // 100]
    content = template("problem.html").substitute(
        _words(kind),
        base=base,
        phrase=HTTPStatus(kind.status).phrase,
        outcome_vi=outcome.vi,
        outcome_en=outcome.en,
        remedy_vi=_prose(kind.remedy.vi),
        remedy_en=_prose(kind.remedy.en),
        answer=escape(_answer(base, kind)),
    )
    return _page(base, f"{kind.status} {kind.title.vi} · {kind.title.en}", content)


def _page(base: str, title: str, content: str) -> str:
    return template("page.html").substitute(
        _common(base, "/docs/problems"), title=f"{escape(title)} — Sơn La", content=content
    )


def _common(base: str, current: str) -> dict[str, str]:
    common = {
        "base": base,
        "openapi": f"{base}/openapi.json",
        "favicon": address(base, "favicon.svg"),
        "site_css": address(base, "site.css"),
    }
    bar = template("bar.html").substitute(common)
    here = f'<a href="{base}{current}">'
    return common | {"bar": bar.replace(here, f'{here[:-1]} aria-current="page">')}


def _kinds(kind: type[Problem]) -> Iterator[type[Problem]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


def _words(kind: type[Problem]) -> dict[str, object]:
    return {
        "status": kind.status,
        "slug": kind.slug(),
        "title_vi": escape(kind.title.vi),
        "title_en": escape(kind.title.en),
    }


def _prose(text: str) -> str:
    """Text for the page, its `names in backticks` set as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _answer(base: str, kind: type[Problem]) -> str:
    """What a caller sees, with the headers that belong to this kind."""
    headers = {"Content-Type": "application/problem+json"} | dict(kind.headers)
    body = {
        "type": f"{base}/docs/problems/{kind.slug()}",
        "title": kind.title.en,
        "status": kind.status,
        "detail": "…",
        "instance": "/api/v1/…",
        "request_id": "…",
    }
    first = f"HTTP/1.1 {kind.status} {HTTPStatus(kind.status).phrase}"
    lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
    return "\n".join([*lines, "", json.dumps(body, ensure_ascii=False, indent=2)])
