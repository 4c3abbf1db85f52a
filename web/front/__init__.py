"""What stands in front of the pages: prefix, log, hosts, store of answers; within Flask headers, limits."""

from __future__ import annotations

from typing import Any

from flask import Flask

from web.front.cache import Cache
from web.front.hosts import Hosts, names_in
from web.front.logs import AccessLog
from web.front.prefix import Prefix
from web.state import Site


def in_front(app: Flask, site: Site) -> Any:
    """What a request passes on its way to Flask: prefix, log, host names, store of answers."""
    front: Any = Cache(app.wsgi_app, lambda: site.version)
    front = Hosts(front, names_in(app.config["HOSTS"]))
    if str(app.config["LOG"]).lower() in ("1", "true"):
        front = AccessLog(front, proxies=int(app.config["PROXIES"]))
    return Prefix(front, app.config["APPLICATION_ROOT"].rstrip("/"))
