"""Addresses of the site, made in one place."""

from __future__ import annotations

from flask import current_app


def base_url() -> str:
    """Start of absolute addresses, from the configuration and never from the request."""
    return str(current_app.config["BASE_URL"]).rstrip("/")
