"""One table: error → status; a page or problem+json by what was asked.

Under `/api/` errors are `application/problem+json` (RFC 9457); elsewhere a page with a search box.
"""

from __future__ import annotations

import json
import logging
from uuid import uuid4

from flask import Flask, Response, redirect, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from kb.content.kinds import KINDS
from kb.content.site import NEUTRAL
from kb.errors import KBError, QueryError, RemovedDocumentError, UnknownDocumentError
from web.addresses import mounted
from web.healing import healed, nearest

log = logging.getLogger(__name__)

STATUS: dict[type[KBError], int] = {UnknownDocumentError: 404, RemovedDocumentError: 410, QueryError: 400}
TITLES = {
    400: "Demande incomprise",
    404: "Page introuvable",
    405: "Méthode non permise",
    410: "Fiche retirée",
    413: "Demande trop longue",
    414: "Adresse trop longue",
    500: "Erreur du site",
    503: "Site indisponible",
}
#: what werkzeug would say in English, where nobody said more
DETAILS = {
    400: "La demande est mal formée.",
    404: "Il n’y a rien à cette adresse.",
    405: "Cette adresse se lit seulement : GET, HEAD.",
    413: "La demande est trop longue pour ce site.",
    414: "L’adresse est trop longue pour ce site.",
    500: "Le site n’a pas pu répondre.",
    503: "Le site n’est pas disponible pour l’instant.",
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(KBError, _core_error)
    app.register_error_handler(Exception, _unexpected)


def _http_error(error: HTTPException) -> BaseResponse:
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        return _unexpected(error.original_exception)  # raised while an address was being read
    status = error.code or 500
    if status == 404 and not request.path.startswith("/api/") and (address := healed()):
        return redirect(address, 301)
    said = error.description or ""
    detail = DETAILS.get(status, "") if said == type(error).description else said
    response = answer(status, detail, successor=getattr(error, "successor", ""))
    for name, value in error.get_headers():
        if name.lower() == "allow":
            response.headers[name] = value
    return response


def _core_error(error: KBError) -> Response:
    return answer(STATUS.get(type(error), 500), str(error), successor=getattr(error, "successor", ""))


def _unexpected(error: Exception) -> Response:
    number = uuid4().hex[:12]
    log.exception("error %s at %r", number, request.path, exc_info=error)
    return answer(500, f"Référence à citer : {number}", InternalServerError.code)


def answer(status: int, detail: str, code: int | None = None, successor: str = "") -> Response:
    """The error as problem+json under `/api/`, else as a page; `successor` replaces what is gone."""
    title = TITLES.get(status, "Erreur")
    if request.path.startswith("/api/"):
        body = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
            "instance": mounted(request.path),
        }
        body |= {"successor": mounted(successor)} if successor else {}
        return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/problem+json")
    words = " ".join(
        part
        for part in request.path.replace("-", " ").split("/")
        if part not in {kind.address for kind in KINDS}
    )[:100]
    page = render_template(
        "error.html",
        **({"kb": None, "site": NEUTRAL} if status >= 500 else {}),  # what failed may be the content itself
        status=status,
        title=title,
        detail=detail if status != 404 else "",
        near=nearest() if status == 404 else [],
        words=words.strip() if status == 404 else "",
        successor=mounted(successor) if successor else "",
    )
    return Response(page, status, mimetype="text/html")
