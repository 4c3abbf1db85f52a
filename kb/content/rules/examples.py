"""A bad and a good example for every rule: data of docs/regles.md, and the rules' own tests.

An example is put into a small sound folder (`written`); the bad one must give problems of its
rule, the good one none at all.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from kb.content.rules.sample import CASE, Place


@dataclass(frozen=True)
class Example:
    """A bad and a good way of writing the same thing."""

    bad: str
    good: str
    #: texte: body of a case · champs: its fields · note: fields of a repère · fichier: a whole file
    #: · nom: a file name, `name -> target` for a link · taxonomie: a part of taxonomy.yaml
    #: · site: site.yaml · registre: adresses/cas-01.yaml · rapports: rapports.yaml
    place: Place = "texte"
    #: whether the typography of the file is left alone, so that what it mends can be shown
    raw: bool = False


#: the day that the examples are judged on: what they show hangs on no clock
DAY = datetime.date(2025, 1, 1)

EXAMPLES: Mapping[str, Example] = {
    "encodage": Example("\ufeff" + CASE, CASE, "fichier", raw=True),
    "lien": Example("cases/angers.md -> bourg-exemple.md", "cases/angers.md", "nom"),
    "taille": Example(CASE + "Trop long. " * 100_000, CASE, "fichier"),
    "en-tete": Example(CASE.replace("---\n\n## En bref", "\n## En bref"), CASE, "fichier"),
    "yaml": Example(
        "title: Ville-Exemple : une plateforme", 'title: "Ville-Exemple : une plateforme"', "champs"
    ),
    "champ-en-double": Example(
        "themes: [evaluation]\nthemes: [restitution]", "themes: [evaluation, restitution]", "champs"
    ),
    "valeur-ambigue": Example("updated: 2020-06-15", 'updated: "2020-06-15"', "champs"),
    "champ": Example(
        "resume: Une ville ouvre une plateforme.", "summary: Une ville ouvre une plateforme.", "champs"
    ),
    "a-completer": Example(
        "## En bref\n\nÀ COMPLÉTER : ce que la ville a fait[^fiche].",
        "## En bref\n\nLa ville ouvre une plateforme[^fiche].",
    ),
    "nom-de-fichier": Example("Saint-Étienne.md", "saint-etienne.md", "nom"),
    "identifiant": Example("id: cas-02", "id: cas-03", "champs"),
    "nom-unique": Example("practices/ville-exemple.md", "practices/ecouter.md", "nom"),
    "anciens-noms": Example("aliases: [bourg-exemple]", "aliases: [ville-exemple-agglo]", "champs"),
    "termes": Example("themes: [evaluaton]", "themes: [evaluation]", "champs"),
    "codes": Example(
        'collectivity: {name: Angers, type: commune, codes: {insee: "49007", departement: "94"}}',
        'collectivity: {name: Angers, type: commune, codes: {insee: "49007", departement: "49"}}',
        "champs",
    ),
    "coordonnees": Example(
        "collectivity: {name: Angers, type: commune, location: {lat: -0.5476, lon: 47.4712}}",
        "collectivity: {name: Angers, type: commune, location: {lat: 47.4712, lon: -0.5476}}",
        "champs",
    ),
    "fourchettes": Example(
        "costs: [{label: Plateforme, role: outil, amount: [20000, 10000], source: fiche}]",
        "costs: [{label: Plateforme, role: outil, amount: [10000, 20000], source: fiche}]",
        "champs",
    ),
    "lecons": Example(
        "lessons:\n"
        "  keep: {text: Faire des ateliers, section: en-breff, source: fiche}\n"
        "  avoid: {text: Ouvrir sans ateliers, section: en-bref, source: fiche}",
        "lessons:\n"
        "  keep: {text: Faire des ateliers, section: en-bref, source: fiche}\n"
        "  avoid: {text: Ouvrir sans ateliers, section: en-bref, source: fiche}",
        "champs",
    ),
    "roles-des-montants": Example(
        "costs: [{label: Enveloppe des quartiers, role: budget, amount: 900000, source: fiche}]",
        "costs: [{label: Enveloppe des quartiers, role: enveloppe, amount: 900000, source: fiche}]",
        "champs",
    ),
    "unite-de-l-equipe": Example(
        'team: {size: 15, unit: ETP, label: "quinze agents", source: fiche}',
        'team: {size: 15, unit: agents, label: "quinze agents", source: fiche}',
        "champs",
    ),
    "dates": Example('updated: "2999-01-01"', 'updated: "2020-01-01"', "champs"),
    "graphiques": Example(
        'charts: [{id: reponses, title: Avis, unit: "%", values: [{label: Oui, value: 120}], source: deck}]',
        'charts: [{id: reponses, title: Avis, unit: "%", values: [{label: Oui, value: 12}], source: deck}]',
        "note",
    ),
    "une-seule-graphie": Example(
        "platforms: [{name: Atelier, vendor: CAP Collectif, source: fiche}]",
        "platforms: [{name: Atelier, vendor: Cap Collectif, source: fiche}]",
        "champs",
    ),
    "relecture": Example(
        'review: {status: relu, date: "2020"}',
        'review: {status: relu, date: "2020-06-15", by: une collègue de Bourg-Exemple}',
        "champs",
    ),
    "resume-et-titre": Example(
        "summary: Une ville ouvre une plateforme", "summary: Une ville ouvre une plateforme.", "champs"
    ),
    "debut-du-texte": Example(
        "La ville ouvre une plateforme.\n\n## Contexte\n\nElle avait déjà un site[^fiche].",
        "## En bref\n\nLa ville ouvre une plateforme.\n\n## Contexte\n\nElle avait déjà un site[^fiche].",
    ),
    "sections": Example(
        "## Contexe\n\nLa ville avait déjà un site[^fiche].",
        "## Contexte\n\nLa ville avait déjà un site[^fiche].",
    ),
    "titres": Example(
        "## Contexte\n\n#### Un premier site\n\nLa ville avait déjà un site[^fiche].",
        "## Contexte\n\n### Un premier site\n\nLa ville avait déjà un site[^fiche].",
    ),
    "listes-et-tableaux": Example(
        "La ville propose[^fiche] :\n- un site ;\n- des ateliers.",
        "La ville propose[^fiche] :\n\n- un site ;\n- des ateliers.",
    ),
    "html": Example("La ville a <b>tout</b> publié[^fiche].", "La ville a **tout** publié[^fiche]."),
    "texte-brut": Example(
        "Voir [le bilan] (https://ville.example)[^fiche].",
        "Voir [le bilan](https://ville.example)[^fiche].",
    ),
    "liens": Example(
        "Voir [Bourg-Exemple](bourg-exemples.md#en-bref)[^fiche].",
        "Voir [Bourg-Exemple](bourg-exemple.md#en-bref)[^fiche].",
    ),
    "images": Example(
        "![](affiche.png)\n\nElle annonce les ateliers[^fiche].",
        "![L’affiche, trois dates sur fond bleu](affiche.png)\n\nElle annonce les ateliers[^fiche].",
    ),
    "illustrations": Example(
        "illustrated_by: [{case: ville-exemple, section: en-breff, why: la ville le raconte}]",
        "illustrated_by: [{case: ville-exemple, section: en-bref, why: la ville le raconte}]",
        "note",
    ),
    "questions": Example(
        "questions:\n"
        "  - {text: La ville a-t-elle une plateforme ?, section: en-bref}\n"
        "  - {text: Faut-il des ateliers ?, section: en-bref}\n"
        "  - {text: Comment la faire connaître ?, section: en-breff}\n"
        "  - {text: Le rôle des ateliers, section: en-bref}",
        "questions:\n"
        "  - {text: La ville a-t-elle une plateforme ?, section: en-bref}\n"
        "  - {text: Faut-il des ateliers ?, section: en-bref}\n"
        "  - {text: Comment la faire connaître ?, section: en-bref}\n"
        "  - {text: À quoi servent les ateliers ?, section: en-bref}",
        "champs",
    ),
    "source-inconnue": Example(
        "La ville avait déjà un site[^fich-p2]. Elle l’a fermé[^fiche].",
        "La ville avait déjà un site[^fiche-p2]. Elle l’a fermé[^fiche].",
    ),
    "source-inutile": Example(
        "sources:\n  - {id: fiche, title: Fiche, kind: fiche}\n  - {id: s1, title: Article, kind: presse}",
        "sources:\n  - {id: fiche, title: Fiche, kind: fiche}",
        "champs",
    ),
    "pages": Example("La ville avait déjà un site[^fiche-p12].", "La ville avait déjà un site[^fiche-p2]."),
    "place-de-l-appel": Example(
        "La ville avait déjà un site.[^fiche]", "La ville avait déjà un site[^fiche]."
    ),
    "suite-d-appels": Example(
        "La ville avait déjà un site[^fiche-p1][^fiche-p2][^fiche-p3][^fiche-p4][^fiche-p5].",
        "La ville avait déjà un site[^fiche-p1], tenu par un agent[^fiche-p2].",
    ),
    "chiffre-sans-source": Example(
        "Le vote réunit 948 personnes. Il dure un mois[^fiche].",
        "Le vote réunit 948 personnes[^fiche]. Il dure un mois[^fiche].",
    ),
    "totaux": Example(
        "Voici[^fiche].\n\n| Vote | Voix |\n|---|---|\n| Papier | 30 |\n| En ligne | 12 |\n| Total | 52 |",
        "Voici[^fiche].\n\n| Vote | Voix |\n|---|---|\n| Papier | 30 |\n| En ligne | 12 |\n| Total | 42 |",
    ),
    "jours": Example("Le vote s’ouvre le 31 juin 2019[^fiche].", "Le vote s’ouvre le 30 juin 2019[^fiche]."),
    "typographie": Example(
        "Est-ce l'outil « qu'il faut » ? Oui[^fiche].",
        "Est-ce l’outil «\u202fqu’il faut\u202f»\u202f? Oui[^fiche].",
        raw=True,
    ),
    "guillemets-droits": Example(
        'La ville parle de "boîte à outils"[^fiche].',
        "La ville parle de «\u202fboîte à outils\u202f»[^fiche].",
    ),
    "nombres": Example(
        "Le projet coûte 1 4\u00a0million d’euros[^fiche].",
        "Le projet coûte 1,4\u00a0million d’euros[^fiche].",
    ),
    "ligatures": Example(
        "Le comité est au coeur du projet[^fiche].", "Le comité est au cœur du projet[^fiche]."
    ),
    "sigles": Example(
        "L’équipe compte deux ETP[^fiche].", "L’équipe compte deux équivalents temps plein (ETP)[^fiche]."
    ),
    "phrases-longues": Example(
        f"La ville publie{' un bilan, une carte, un agenda,' * 6} et un avis[^fiche].",
        "La ville publie un bilan, une carte et un agenda. Elle ajoute un avis[^fiche].",
    ),
    "fichiers-oublies": Example("cases/angers.md.txt", "cases/angers.md", "nom"),
    "taxonomie": Example(
        "glossary:\n  - {slug: etp, label: Équivalent temps plein, definition: Un poste.}\n"
        "  - {slug: etp, label: Temps plein, definition: Un poste.}",
        "glossary:\n  - {slug: etp, label: Équivalent temps plein, definition: Un poste.}",
        "taxonomie",
    ),
    "site": Example(
        "name: Base d’exemple\nmenu:\n  - {path: /cas/, label: Les cas}\n  - {path: /cas/, label: Encore}",
        "name: Base d’exemple\nmenu:\n  - {path: /cas/, label: Les cas}\n  - {path: /carte, label: Carte}",
        "site",
    ),
    "adresses": Example(
        "slugs: [ville-exemple]\nanchors:\n  en-bref: en-bref\n  les-moyens: les-moyens",
        "slugs: [ville-exemple]\nanchors:\n  en-bref: en-bref\n  les-moyens: en-bref",
        "registre",
    ),
    "rapports": Example(
        "rapports:\n  - {title: Dix ans de votes, cites: [cas-01#en-breff]}",
        "rapports:\n  - {title: Dix ans de votes, cites: [cas-01#en-bref]}",
        "rapports",
    ),
}
