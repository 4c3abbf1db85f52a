"""Every problem of every file: what reading found, and what the rules find.

One generator per rule, in `kb.content.rules`; its docstring is the rule, in French, because
docs/regles.md is made from it. A rule sees a file even where its fields are at fault, so that one
run tells everything. Rules give places and words; `check` adds path and slug, and sorts.
"""

from __future__ import annotations

import datetime
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from kb import clock
from kb.content.dates import span
from kb.content.files import shown
from kb.content.loading import Loaded
from kb.content.rules import (
    claims,
    drafts,
    identity,
    language,
    links,
    money,
    questions,
    raw,
    site,
    structure,
    sums,
    values,
    vocabulary,
)
from kb.content.rules.page import Finding, Folder, Page
from kb.errors import Problem

PageRule = Callable[[Page], Iterator[Finding]]
FolderRule = Callable[[Folder], Iterator[tuple[str, Finding]]]

#: what reading a file already tells (kb.content.loading, parsing, validation), by slug
READING: Mapping[str, str] = {
    "encodage": "Un fichier est en UTF-8, sans marque d’ordre des octets.",
    "lien": "Une fiche est un fichier du dossier : ni un lien, ni un tube. "
    "Un lien n’est pas suivi : il publierait ce qui est ailleurs sur la machine.",
    "taille": "Un fichier pèse moins d’un mégaoctet.",
    "en-tete": "Un fichier commence par un en-tête de champs « nom: valeur » entre deux lignes `---`.",
    "yaml": "L’en-tête est du YAML simple : ni tabulation, ni ancre (`&`, `*`), ni étiquette (`!`), "
    "ni champs emboîtés sans fin, ni caractère de contrôle.",
    "champ-en-double": "Un champ n’est écrit qu’une fois.",
    "valeur-ambigue": "Une valeur que les outils ne lisent pas tous de la même façon "
    "(`NO`, `010`, `12:30`, `1_000`, `2019-01-29`) est entre guillemets.",
    "champ": "Les champs sont ceux du modèle, avec des valeurs de la bonne forme ; "
    "ceux qui sont obligatoires sont là.",
}

#: the rules over one file, by slug, in the order of docs/regles.md
PAGE_RULES: Mapping[str, PageRule] = {
    "a-completer": drafts.to_fill,
    "nom-de-fichier": identity.file_name,
    "nom-unique": identity.unique_slug,
    "anciens-noms": identity.aliases,
    "termes": values.facet_terms,
    "codes": values.official_codes,
    "coordonnees": values.coordinates,
    "fourchettes": values.ranges,
    "roles-des-montants": money.roles,
    "unite-de-l-equipe": money.team,
    "dates": values.dates,
    "graphiques": values.chart_values,
    "une-seule-graphie": values.one_spelling,
    "relecture": values.review,
    "resume-et-titre": language.summary_and_title,
    "debut-du-texte": structure.starts_with_section,
    "sections": structure.known_sections,
    "titres": structure.heading_levels,
    "listes-et-tableaux": structure.lists_and_tables,
    "html": structure.raw_html,
    "texte-brut": raw.raw_text,
    "liens": links.link_targets,
    "images": links.images,
    "illustrations": links.illustrations,
    "questions": questions.questions,
    "lecons": questions.lessons,
    "source-inconnue": claims.known_sources,
    "source-inutile": claims.used_sources,
    "pages": claims.source_pages,
    "place-de-l-appel": claims.call_placement,
    "suite-d-appels": claims.chained_calls,
    "chiffre-sans-source": claims.sourced_claims,
    "totaux": sums.table_sums,
    "jours": values.dates_of_the_text,
    "typographie": language.typography,
    "guillemets-droits": language.straight_quotes,
    "nombres": language.numbers,
    "ligatures": language.ligatures,
    "sigles": language.acronyms,
    "phrases-longues": language.sentence_length,
}

#: what is told and is no fault of the content: the command ends with 0
WARNINGS: Mapping[str, str] = {
    "horloge": "L’horloge de la machine n’est pas en retard sur le dernier commit, ou sur les dates de "
    "relecture des trois quarts des fiches. Elle est dite une fois, et les dates à venir sont jugées "
    "comme si l’on était ce jour-là.",
}

#: the rules over the whole folder; they yield (path relative to the folder, finding)
FOLDER_RULES: Mapping[str, FolderRule] = {
    "fichiers-oublies": identity.stray_files,
    "taxonomie": vocabulary.taxonomy,
    "site": site.site,
}


def check(
    loaded: Loaded,
    today: datetime.date | None = None,
    progress: Callable[[int, int], None] | None = None,
    processes: int = 1,
) -> tuple[Problem, ...]:
    """All problems of a folder, by file and line; `today` stands for the clock.

    A clock that is behind is told once, as a warning, and not by each date that it would have to come.
    `progress` is called with (files checked, files in all). With `processes`, a process without
    threads of its own shares the files among as many, where the system can fork.
    """
    today, known = today or clock.now().date(), _known_days(loaded)
    is_late = today + clock.GRACE < known[0]
    folder = Folder(loaded, (max(known) if is_late else today) + clock.GRACE)
    found = set(loaded.problems)
    if is_late:
        found.add(_late_clock(loaded.root, today, known[0]))
    for number, problems in enumerate(_each_page(folder, processes), 1):
        found.update(problems)
        if progress:
            progress(number, len(folder.pages))
    for slug, rule in FOLDER_RULES.items():
        for name, finding in rule(folder):
            path = os.path.relpath(loaded.root / name)
            found.add(
                Problem(
                    path,
                    finding.where if isinstance(finding.where, int) else 1,
                    finding.message,
                    finding.hint,
                    slug,
                )
            )
    return tuple(sorted(found))


def _known_days(loaded: Loaded) -> tuple[datetime.date, datetime.date]:
    """(a day that has certainly come, the day of the newest document).

    The first is that of the last commit. The content of an archive has none: there it is the day after
    which three quarters of the documents were reviewed, because so many are not mistaken.
    """
    reviews = sorted(span(document.fields.review.date)[0] for document in loaded.corpus.documents)
    certain = [reviews[len(reviews) // 4]] if len(reviews) > 1 else []
    if loaded.committed:
        certain.append(span(loaded.committed)[0])
    return max(certain, default=datetime.date.min), max(reviews, default=datetime.date.min)


def _late_clock(root: Path, today: datetime.date, known: datetime.date) -> Problem:
    return Problem(
        shown(root),
        1,
        f"l’horloge de cette machine est en retard : elle dit {today}, le contenu est du {known} au moins",
        "mettez-la à l’heure ; les dates sont jugées comme si l’on était ce jour-là",
        "horloge",
        "avertissement",
    )


def _each_page(folder: Folder, processes: int) -> Iterator[tuple[Problem, ...]]:
    """The problems of each page, in the order of the folder."""
    pages = tuple(folder.pages.values())
    if processes < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(_finish, pages)
        return
    folder.prepare()
    _SHARED[:] = pages  # the children of a fork find them here, without a copy
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap(_finish_shared, range(len(pages)), chunksize=50)
    _SHARED.clear()


_SHARED: list[Page] = []


def _finish_shared(number: int) -> tuple[Problem, ...]:
    return _finish(_SHARED[number])


def _finish(page: Page) -> tuple[Problem, ...]:
    problems = tuple(_problems_of(page))
    page.forget()
    return problems


def _problems_of(page: Page) -> Iterator[Problem]:
    for slug, rule in PAGE_RULES.items():
        for where, message, hint in rule(page):
            line = where if isinstance(where, int) else page.parsed.line_of(where)
            yield Problem(page.parsed.path, line, message, hint, slug)
