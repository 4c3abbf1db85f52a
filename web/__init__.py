"""The site: a thin Flask application over `kb`.

Configuration is the defaults below, then `KB_…` from the environment, then the mapping given to
`create_app`: CONTENT (folder), INDEX (folder, default `.kb` beside it), BASE_URL, WATCH (seconds
between two looks at the content, 0 for never), SHOW_PROBLEMS (for editors: what `kb check` says, in
the pages), FORGE (address of the repository), CONTACT (mail address), PUBLISHER, DIRECTOR,
HOST (for the legal pages; None shows a slot to fill), TRUSTED_HOSTS.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from kb.search.index import index_folder
from web import assets, errors, filters, headers, problems, reporting, state
from web.api import api
from web.caching import Cache
from web.context import init_app as init_context
from web.describing import describing
from web.exploring import exploring
from web.feeds import feeds
from web.linking import init_app as init_linking
from web.linking import linking
from web.views import pages

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
    "MAX_CONTENT_LENGTH": 16 * 1024,
    "TEMPLATES_AUTO_RELOAD": False,
}


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application, its corpus loaded and its index open.

    Raises KBError where the index can be neither opened nor built, FileNotFoundError where the
    content folder is missing.
    """
    app = Flask("web", static_folder=None)
    app.config.from_mapping(DEFAULTS)
    app.config.from_prefixed_env("KB", loads=str)
    app.config.from_mapping(config or {})
    root = Path(app.config["CONTENT"])
    app.config["SHOW_PROBLEMS"] = str(app.config["SHOW_PROBLEMS"]).lower() in ("1", "true")
    index = Path(app.config["INDEX"]) if app.config["INDEX"] else index_folder(root)
    site = state.Site(root, index, inspecting=app.config["SHOW_PROBLEMS"])
    state.init_app(app, site)
    for part in (assets, errors, filters, headers, problems, reporting):
        part.init_app(app)
    init_context(app)
    init_linking(app)
    app.register_blueprint(api)
    app.register_blueprint(exploring)
    app.register_blueprint(linking)
    app.register_blueprint(feeds)
    app.register_blueprint(describing)
    app.register_blueprint(pages)
    if every := float(app.config["WATCH"]):
        site.watch(every)
    cache = Cache(app.wsgi_app, lambda: site.version)
    app.wsgi_app = cache  # type: ignore[method-assign]
    return app


def application() -> Flask:
    """The application configured by the environment alone, for WSGI servers."""
    os.environ.setdefault("KB_CONTENT", "content")
    return create_app()
