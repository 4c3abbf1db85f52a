"""Static files under names that hold their hash, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, abort, url_for

FOLDER = Path(__file__).resolve().parent / "static"
FOREVER, DAY = "public, max-age=31536000, immutable", "public, max-age=86400"


class Assets:
    """The files of `web/static`, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read and name every file of `folder`."""
        self.bodies: Mapping[str, bytes] = {
            path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()
        }
        self.names = {name: _hashed(name, body) for name, body in self.bodies.items()}
        self._original = {hashed: name for name, hashed in self.names.items()}

    def url(self, name: str) -> str:
        """The address of the file `style.css`: `/static/style.0a1b2c3d.css`."""
        return url_for("static", hashed=self.names[name])

    def icon(self) -> Response:
        """The icon where browsers look for it by themselves, when what they show is no page."""
        return Response(self.bodies["favicon.ico"], mimetype="image/x-icon", headers={"Cache-Control": DAY})

    def serve(self, hashed: str) -> Response:
        """The file of this hashed name; 404 for any other."""
        name = self._original.get(hashed) or abort(404)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(self.bodies[name], mimetype=kind, headers={"Cache-Control": FOREVER})


def init_app(app: Flask) -> None:
    """Serve the assets and give templates `asset("style.css")`."""
    assets = Assets()
    app.add_url_rule("/static/<hashed>", "static", assets.serve)
    app.add_url_rule("/favicon.ico", "icon", assets.icon)
    app.jinja_env.globals["asset"] = assets.url


def _hashed(name: str, body: bytes) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:8]}{dot}{ending}"
