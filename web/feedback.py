"""« Signaler une erreur »: where a reader can tell what is wrong on a page, with the page filled in.

FORGE is the address of the repository: its issue form opens, filled in. GitLab is known by its
host name, or by a `gitlab+` before the address for one that does not say so; all other forges
(GitHub, Forgejo, Gitea) take GitHub's parameters. Else CONTACT, a mail address: a mail filled in.
Else nothing is shown. Nothing is sent by the site itself.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

from flask import Flask

from kb.content.documents import Document
from kb.formatting import date

_BODY = """\
Fiche : {title}
Adresse : {address}
Fichier : content/{path}, mis à jour le {updated}

Ce qui est inexact ou a changé (citez la phrase) :


Ce qu’il faudrait lire :


Source (titre, adresse ou document) :

"""


def init_app(app: Flask) -> None:
    """Give templates `feedback_link`."""
    forge, contact = app.config["FORGE"], app.config["CONTACT"]
    base = str(app.config["BASE_URL"]).rstrip("/")
    app.jinja_env.globals["feedback_link"] = lambda document: feedback_link(document, base, forge, contact)


def feedback_link(document: Document, base: str, forge: str | None, contact: str | None) -> str | None:
    """The address behind « Signaler une erreur », or None where there is nowhere to write."""
    title = f"Erreur dans la fiche {document.id} ({document.slug})"
    body = _BODY.format(
        title=document.title,
        address=f"{base}/id/{document.id}",
        path=document.path,
        updated=date(document.updated),
    )
    if forge and urlsplit(forge.removeprefix("gitlab+")).scheme in ("https", "http"):
        return _issue(forge, title, body)
    if contact and "@" in contact:
        crlf = body.replace("\n", "\r\n")
        address = quote(contact, safe="@+.")
        return f"mailto:{address}?{urlencode({'subject': title, 'body': crlf}, quote_via=quote)}"
    return None


def _issue(forge: str, title: str, body: str) -> str:
    address = forge.removeprefix("gitlab+").rstrip("/").removesuffix(".git")
    if forge.startswith("gitlab+") or "gitlab" in (urlsplit(address).hostname or ""):
        return f"{address}/-/issues/new?{urlencode({'issue[title]': title, 'issue[description]': body})}"
    return f"{address}/issues/new?{urlencode({'title': title, 'body': body})}"
