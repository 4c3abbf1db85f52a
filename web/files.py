"""Answers that are files: JSON, CSV, and whatever a browser saves under a name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from flask import Response

from kb.links.tables import cell

#: delimiter of tables that people open in a spreadsheet, whose French edition parts columns by it
SPREADSHEET = ";"


def json_answer(value: Any) -> Response:
    """A value as JSON."""
    return Response(json.dumps(value, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")


def download(content: str | bytes, kind: str, name: str) -> Response:
    """A text, or bytes as they are, that the browser saves as `name`."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    told = f"{kind}; charset=utf-8" if isinstance(content, str) else kind
    return Response(content, content_type=told, headers=headers)


def csv_file(rows: Iterable[Iterable[object]], name: str, delimiter: str = ",") -> Response:
    """`name`.csv (RFC 4180) in UTF-8 with the mark that spreadsheets need; no cell is read as a formula."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([[cell(value) for value in row] for row in rows])
    return download("\ufeff" + text.getvalue(), "text/csv", f"{name}.csv")
