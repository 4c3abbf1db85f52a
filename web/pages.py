"""The other pages: home, the lists of documents, help, and what the law asks for."""

from __future__ import annotations

from flask import Blueprint, render_template

from kb.content.kinds import KINDS, Kind
from kb.content.rendering import render_fragment
from kb.content.slugs import fold
from kb.content.taxonomy import Facet, Term
from web.map import points
from web.state import current
from web.terms import counts

blueprint = Blueprint("pages", __name__)
#: documents shown as changed last
LATEST = 5


@blueprint.get("/")
def home() -> str:
    """Promise, search, entries by facet, latest changes."""
    kb = current()
    facets = [(facet, counts(facet)) for facet in kb.corpus.taxonomy.facets if facet.path]
    held = [(kind, kb.corpus.of_kind(kind)) for kind in KINDS]
    latest = sorted(kb.corpus.documents, key=lambda d: (d.updated, d.title), reverse=True)[:LATEST]
    places = points(kb.corpus.cases)
    return render_template("home.html", held=held, facets=facets, latest=latest, points=places)


@blueprint.get("/<kind:kind>/")
def all_of(kind: Kind) -> str:
    """All documents of a kind, by nature."""
    held = current().corpus.of_kind(kind)
    groups = [(nature.slug, [d for d in held if d.nature == nature.slug]) for nature in kind.natures]
    return render_template("kind.html", kind=kind, groups=groups)


@blueprint.get("/glossaire")
def glossary() -> str:
    """Every word of the vocabulary with what it means, in the order of the alphabet."""
    taxonomy = current().corpus.taxonomy
    named: list[tuple[Term, Facet | None]] = [(term, None) for term in taxonomy.glossary]
    named += [(term, facet) for facet in taxonomy.facets if facet.path for term in facet.terms]
    return render_template("glossary.html", words=sorted(named, key=lambda word: fold(word[0].label)))


@blueprint.get("/a-propos")
def about() -> str:
    """Who, what, method, limits, licence."""
    passages = [(part, render_fragment(part.text, "site.yaml")) for part in current().corpus.site.about]
    return render_template("about.html", passages=passages)


@blueprint.get("/aide")
def help_page() -> str:
    """How to search, cite and contribute."""
    return render_template("help.html")


@blueprint.get("/accessibilite")
def accessibility() -> str:
    """The accessibility statement: what was really tested, and what was not."""
    return render_template("accessibility.html")


@blueprint.get("/mentions-legales")
def legal() -> str:
    """Who publishes and hosts; slots of the configuration, no invented name."""
    return render_template("legal.html")
