"""Values as cells of a table that spreadsheets can open without harm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.content.documents import Corpus, Document

#: between the values of one cell
SEPARATOR = " | "

#: columns of `cas.csv`: (name, dotted field, what it holds); the data dictionary is made from it
COLUMNS: Sequence[tuple[str, str, str]] = (
    ("id", "id", "Identifiant définitif"),
    ("slug", "slug", "Dernière partie de l’adresse"),
    ("titre", "title", "Titre de la fiche"),
    ("resume", "summary", "Résumé, 300 caractères au plus"),
    ("adresse", "permalink", "Adresse permanente"),
    ("collectivite", "collectivity.name", "Nom officiel de la collectivité"),
    ("type", "collectivity.type", "Type de collectivité"),
    ("insee", "collectivity.codes.insee", "Code Insee de la commune, texte"),
    ("siren", "collectivity.codes.siren", "Numéro Siren, texte"),
    ("code_departement", "collectivity.codes.departement", "Code du département, texte"),
    ("departement", "collectivity.department", "Département"),
    ("region", "collectivity.region", "Région"),
    ("population", "collectivity.population.value", "Habitants, chiffre de la fiche source"),
    ("population_annee", "collectivity.population.year", "Année de ce chiffre, si la source la dit"),
    ("latitude", "collectivity.location.lat", "Latitude en degrés (WGS 84)"),
    ("longitude", "collectivity.location.lon", "Longitude en degrés (WGS 84)"),
    ("themes", "themes", "Thèmes"),
    ("types_d_outil", "tool_types", "Types d’outil"),
    ("plateformes", "platforms.name", "Plateformes et outils"),
    ("logiciels", "platforms.software", "Logiciels"),
    ("prestataires", "platforms.vendor", "Prestataires ; « interne » si l’outil est fait sur place"),
    ("equipe_taille", "team.size", "Taille de l’équipe ; deux valeurs pour une fourchette"),
    ("equipe_unite", "team.unit", "ETP (équivalents temps plein) ou agents (personnes)"),
    ("equipe", "team.label", "Composition de l’équipe"),
    ("couts", "costs", "Coûts et enveloppes : libellé, rôle, montant en euros, taxe, période, année"),
    ("chiffres", "key_figures", "Chiffres à retenir : libellé, valeur, unité, année"),
    ("sources", "sources.id", "Noms courts des sources, détaillées dans documents.json"),
    ("relecture", "review.status", "brouillon, relu ou validé"),
    ("mise_a_jour", "updated", "Date de la dernière mise à jour"),
)


def case_table(corpus: Corpus, base: str = "") -> list[list[str]]:
    """All cases, one a line, under the names of COLUMNS; absent values are empty cells."""
    head = [name for name, _, _ in COLUMNS]
    return [head, *([_value(document, field, base) for _, field, _ in COLUMNS] for document in corpus.cases)]


def cell(value: object) -> str:
    """A value as one cell; text that a spreadsheet would run as a formula is led by an apostrophe."""
    text = SEPARATOR.join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def markdown_table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as a Markdown table, the first one its head."""
    lines = ["| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * lines[0].replace("\\|", "").count(" |"))
    return "\n".join(lines) + "\n"


def _value(document: Document, field: str, base: str) -> str:
    case = document.case
    if field == "permalink":
        return f"{base}/id/{document.id}"
    if field in ("slug", "updated"):
        return str(getattr(document, field))
    if field == "costs" and case:
        return cell(tuple(_written(cost) for cost in case.costs))
    if field == "key_figures" and case:
        return cell(tuple(_written(figure) for figure in case.key_figures))
    found = document.values_of(field)
    return cell(found[0] if len(found) == 1 and isinstance(found[0], str) else found)


def _written(value: object) -> str:
    """The fields of a cost or figure in their order, those without value left out, source last."""
    parts = value.model_dump(exclude_none=True, exclude_defaults=True)  # type: ignore[attr-defined]
    return ", ".join(
        f"{name} : {' à '.join(map(str, part)) if isinstance(part, tuple) else part}"
        for name, part in parts.items()
    )
