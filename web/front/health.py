"""`/sante`: whether this process answers, on which content, on an index of what age.

200 where pages are served; `status` is then `ok`, or `behind` while the content of the folder is not
what is served: the last good version is, and `reason` says why, or `refused` says which files are left
out and why. 503 where searching fails, or a page that was tried does (`failing` says which).
"""

from __future__ import annotations

import json
import logging

from flask import Blueprint, Response, current_app

from kb import clock
from kb.search.query import SearchQuery
from kb.version import software
from web.state import Snapshot, current, site_of

log = logging.getLogger(__name__)
blueprint = Blueprint("health", __name__)


@blueprint.get("/sante")
def show() -> Response:
    """The state of the site as JSON, never kept."""
    kb = current()
    answers = _answers(kb)
    site = site_of(current_app)
    state = "behind" if site.behind or site.refused else "ok"
    sound = answers and not site.failing
    told = {
        "status": state if sound else "unavailable",
        "version": kb.corpus.version,
        "documents": len(kb.corpus.documents),
        "reason": site.behind,
        "refused": list(site.refused),
        "failing": list(site.failing),
        "software": {"version": software().version, "commit": software().commit},
        "index": {
            "built": kb.index.built.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "age_seconds": max(0, int((clock.machine() - kb.index.built).total_seconds())),
        },
    }
    return Response(
        json.dumps(told),
        200 if sound else 503,
        mimetype="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _answers(kb: Snapshot) -> bool:
    """True where the index finds a document by its title."""
    sought = kb.corpus.documents[0].title if kb.corpus.documents else ""
    try:
        found = kb.index.search(SearchQuery(sought, per_page=1))
    except Exception:
        log.exception("the index does not answer")
        return False
    return found.total > 0 or not sought
