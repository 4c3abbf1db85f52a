"""The site: a thin Flask application over `kb`.

Configuration is the defaults below, then `KB_…` from the environment, then the mapping given to
`create_app`: CONTENT (folder), INDEX (folder, default `.kb` beside it), BASE_URL, WATCH (seconds
between two looks at the content, 0 for never), SHOW_PROBLEMS (for editors: what `kb check` says, in
the pages), FORGE (address of the repository), CONTACT (mail address), PUBLISHER, DIRECTOR,
HOST (for the legal pages; None shows a slot to fill), HOSTS (names answered under, parted by commas;
None for any), PROXIES (how many stand in front; their forwarding headers are believed, others never),
LOG (0: requests are not told). What each does and where it is tested: docs/exploitation.md.
"""

from __future__ import annotations

import logging.config
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Mapping
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from flask import Flask

from kb.search.index import index_folder
from web import (
    addresses,
    api,
    assets,
    citations,
    compare,
    context,
    data,
    documents,
    errors,
    feedback,
    feeds,
    figures,
    filters,
    pages,
    problems,
    search,
    site_map,
    state,
    terms,
    trial,
)
from web import map as france
from web.front import headers, health, in_front, limits, logs
from web.healing import ForgivingRequest

#: what has addresses of its own, by noun
NOUNS = (
    documents,
    search,
    compare,
    france,
    figures,
    terms,
    data,
    feeds,
    citations,
    api,
    health,
    pages,
    site_map,
)
#: seconds left to a worker to end in order once its parent is gone
GRACE = 10

DEFAULTS: Mapping[str, Any] = {
    "CONTENT": "content",
    "INDEX": None,
    "BASE_URL": "http://127.0.0.1:8000",
    "WATCH": 1.0,
    "CONTACT": None,
    "FORGE": None,
    "SHOW_PROBLEMS": False,
    "PUBLISHER": None,
    "DIRECTOR": None,
    "HOST": None,
    "HOSTS": None,
    "PROXIES": 0,
    "LOG": False,
    "MAX_CONTENT_LENGTH": 16 * 1024,
    "TEMPLATES_AUTO_RELOAD": False,
}


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application, its corpus loaded and its index open.

    Raises KBError where the index can be neither opened nor built, FileNotFoundError where the
    content folder is missing.
    """
    app = Flask("web", static_folder=None)
    app.request_class = ForgivingRequest
    app.config.from_mapping(DEFAULTS)
    app.config.from_prefixed_env("KB", loads=str)
    app.config.from_mapping(config or {})
    root = Path(app.config["CONTENT"])
    app.config["SHOW_PROBLEMS"] = str(app.config["SHOW_PROBLEMS"]).lower() in ("1", "true")
    index = Path(app.config["INDEX"]) if app.config["INDEX"] else index_folder(root)
    site = state.Site(root, index, inspecting=app.config["SHOW_PROBLEMS"])
    state.init_app(app, site)
    for part in (addresses, assets, citations, context, errors, feedback, filters, headers, limits, problems):
        part.init_app(app)
    for noun in NOUNS:
        app.register_blueprint(noun.blueprint)
    site.trial = partial(trial.failing, app)
    if every := float(app.config["WATCH"]):
        site.watch(every)
    app.wsgi_app = in_front(app, site)  # type: ignore[method-assign]
    return app


def application() -> Flask:
    """The application configured by the environment alone, for WSGI servers."""
    os.environ.setdefault("KB_CONTENT", "content")
    os.environ.setdefault("KB_LOG", "1")
    logging.config.dictConfig(logs.LOGGING)
    _end_with_parent()
    return create_app()


def _end_with_parent() -> None:
    """Where this is a worker process: stop when the process that would replace it is gone."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def follow(sentinel: int) -> None:
        wait([sentinel])
        for _ in range(GRACE):  # a worker that is only starting does not hear the first
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=follow, args=(parent.sentinel,), name="kb-parent", daemon=True).start()
