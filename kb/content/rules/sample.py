"""The small sound folder into which the examples of the rules are put."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from kb.content.fixing import fix_typography

Place = Literal["texte", "champs", "note", "fichier", "nom", "taxonomie", "site", "registre", "rapports"]


TAXONOMY = """\
facets:
  - name: theme
    label: Thème
    field: themes
    terms:
      - {slug: evaluation, label: Évaluation, definition: Ce que l’on apprend d’une démarche.}
      - {slug: restitution, label: Restitution, definition: Ce que l’on rend aux participants.}
  - name: collectivite
    label: Collectivité
    field: collectivity.type
    terms:
      - {slug: commune, label: Commune, definition: Une ville ou un village.}
  - name: prestataire
    label: Prestataire
    field: platforms.vendor
glossary:
  - {slug: etp, label: Équivalent temps plein, definition: Un poste à temps complet., acronyms: [ETP]}
"""


CASE = fix_typography("""\
---
id: cas-01
title: "Ville-Exemple : une plateforme et des ateliers"
summary: Une ville ouvre une plateforme et la fait connaître par des ateliers.
collectivity: {name: Ville-Exemple, type: commune}
themes: [evaluation]
sources:
  - {id: fiche, title: Fiche de la ville, date: "2020", kind: fiche, pages: "9"}
review: {status: brouillon, date: "2020-06-15"}
---

## En bref

La ville ouvre une plateforme[^fiche-p1].
""")


OTHER_CASE = (
    CASE.replace("cas-01", "cas-02")
    .replace("Ville-Exemple", "Bourg-Exemple")
    .replace(
        "type: commune}",
        "type: commune}\nplatforms:\n  - {name: Site, vendor: Cap Collectif, source: fiche}\n"
        "  - {name: Carte, vendor: Cap Collectif, source: fiche}",
    )
)


NOTE = fix_typography("""\
---
id: pra-01
title: Ce que dit l’enquête
kind: repere
summary: Les chiffres de l’enquête, et ce qu’ils permettent de dire.
themes: [evaluation]
sources:
  - {id: deck, title: Diaporama de l’enquête, kind: deck}
review: {status: brouillon, date: "2020-06-15"}
---

## Les chiffres

### Qui répond ?

L’enquête compte les réponses[^deck].
""")


#: the ledger of the sound folder, but for its first case
LEDGER = {
    "adresses/cas-02.yaml": "slugs: [bourg-exemple]\nanchors: {en-bref: en-bref}\n",
    "adresses/pra-01.yaml": (
        "slugs: [enquete]\nanchors: {les-chiffres: les-chiffres, qui-repond: qui-repond}\n"
    ),
    "adresses/termes.yaml": (
        "theme: {evaluation: evaluation, restitution: restitution}\ncollectivite: {commune: commune}\n"
    ),
}


def written(folder: Path, text: str, place: Place, raw: bool = False) -> None:
    """Write the sound folder with `text` in its place, its typography in order unless `raw`."""
    target = ""
    files = {
        "taxonomy.yaml": TAXONOMY,
        "site.yaml": "name: Base d’exemple\ncountry: FR\n",
        "cases/bourg-exemple.md": OTHER_CASE,
        "cases/ville-exemple.md": CASE,
        "practices/enquete.md": NOTE,
    }
    if place == "fichier":
        files["cases/ville-exemple.md"] = text
    elif place == "texte":
        sound = "" if text.startswith("## ") or "\n## " in text else "## En bref\n\n"
        files["cases/ville-exemple.md"] = CASE[: CASE.index("## En bref")] + sound + text + "\n"
    elif place == "champs":
        files["cases/ville-exemple.md"] = _with_fields(CASE, text)
    elif place == "note":
        files["practices/enquete.md"] = _with_fields(NOTE, text)
    elif place == "taxonomie":
        files["taxonomy.yaml"] = TAXONOMY[: TAXONOMY.index("glossary:")] + text + "\n"
    elif place == "site":
        files["site.yaml"] = f"{text}\n"
    elif place == "registre":
        files |= {"adresses/cas-01.yaml": f"{text}\n", **LEDGER}
    elif place == "rapports":
        files["rapports.yaml"] = f"{text}\n"
    else:
        text, _, target = text.partition(" -> ")
        name = text if "/" in text else f"cases/{text}"
        files[name] = (
            NOTE.replace("pra-01", "pra-02")
            if name.startswith("practices")
            else CASE.replace("cas-01", "cas-03")
        )
    if not raw:
        files |= {name: fix_typography(content) for name, content in files.items() if name.endswith(".md")}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (folder / "cases" / "affiche.png").write_bytes(b"")
    if target:
        (folder / name).unlink()
        (folder / name).symlink_to(target)


def _with_fields(document: str, fields: str) -> str:
    """The document with these top-level fields in place of its own."""
    head, body = document.split("---\n", 2)[1:]
    for name in re.findall(r"^([a-z_]+):", fields, re.MULTILINE):
        name = "summary" if name == "resume" else name
        head = re.sub(rf"^{name}:.*\n(?:[ -].*\n)*", "", head, flags=re.MULTILINE)
    return f"---\n{head}{fields}\n---\n{body}"
