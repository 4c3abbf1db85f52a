"""What is wrong with the content, shown in the pages of `kb serve --reload` (SHOW_PROBLEMS).

Only editors see it: on a public site nothing is registered here. A page then also follows its
files: it asks `/_version` four times a second and loads itself again when the answer changes.
"""

from __future__ import annotations

from flask import Flask, Response

from kb.content.documents import Document
from kb.errors import Problem
from web.state import site_of

#: problems listed in the page; the command tells them all
MAX_SHOWN = 30


def init_app(app: Flask) -> None:
    """Give templates `content_problems` and, for editors, the address `/_version`."""
    shown = bool(app.config["SHOW_PROBLEMS"])
    app.jinja_env.globals.update(
        content_problems=lambda document=None: _of(app, document) if shown else (),
        shown_version=lambda: site_of(app).version if shown else "",
    )
    if shown:
        app.add_url_rule("/_version", view_func=lambda: _version(app), endpoint="problems.version")


def _of(app: Flask, document: Document | None) -> tuple[Problem, ...]:
    """All problems of the files, those of the document's own first; a late clock is none of them."""
    own = f"/{document.path}" if document else ""
    problems = (problem for problem in site_of(app).problems if problem.level == "erreur")
    return tuple(sorted(problems, key=lambda problem: not (own and f"/{problem.path}".endswith(own))))


def _version(app: Flask) -> Response:
    response = Response(site_of(app).version, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
