"""The facts that a query asks for: what the fields of the documents asked about hold.

« coût Rennes » names a need (the taxonomy's `needs`) and a document: its amounts are the answer. Where no
document is named, « combien coûte une plateforme pour une métropole », the first documents that answer give
one fact each, amounts of one role only, so that like stands beside like; a software or a vendor that is named
gives those who use it. Beside a name, a key figure is also asked for by its own words: « votants Angers ».
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from kb.compare.facts import FieldFact, facts_of
from kb.content.documents import Document
from kb.content.rendering import describe_source
from kb.content.slugs import fold
from kb.content.taxonomy import Need, Taxonomy
from kb.search.analysis import is_stop_word, normalise, stems, tokens
from kb.search.expansion import Thesaurus
from kb.search.parsing import Request
from kb.search.quantities import Quantity, quantities
from kb.search.query import Definition, Fact
from kb.search.tree import Tree

#: what is shown where no need is put in words
FIGURES, TOOL = Need(field="key_figures", label="Chiffres à retenir"), Need(field="tool", label="Outil")
#: what tells each unit
OF_UNIT = {
    "habitants": Need(field="population", label="Habitants"),
    "euros": Need(field="costs", label="Montant"),
    "ETP": Need(field="team", label="Équipe"),
    "agents": Need(field="team", label="Équipe"),
}
#: fields asked for only where nothing else is: « le coût de la plateforme de Meudon »
LOOSE = ("tool", "key_figures")
ENVELOPE, NOTHING = "enveloppe", "aucune"
#: facts shown of one document that is named, and documents shown where none is
OF_ONE, DOCUMENTS = 4, 20
#: documents named beyond which none is meant in particular
NAMED = 20
#: documents that answer, looked into for a fact
LOOKED_INTO = 200
#: words that put a question and tell what is asked: « combien d’agents » is not « agents »
ASKING = {"combien": "combien", "quand": "quand", "qui": "qui"} | dict.fromkeys(
    ("quel", "quelle", "quels", "quelles"), "quel"
)
#: words that a need is put in, at most
LONGEST = 4
Stems = tuple[str, ...]


class Answers:
    """The needs of one taxonomy, found in the words of a request."""

    def __init__(self, taxonomy: Taxonomy, cases: Sequence[Document], thesaurus: Thesaurus) -> None:
        """Note the words of every need, and the names of software and vendors."""
        self.taxonomy, self.thesaurus = taxonomy, thesaurus
        self._alone = {_key(text): need for need in reversed(taxonomy.needs) for text in need.words}
        self._beside = {_key(text): need for need in reversed(taxonomy.needs) for text in need.beside_a_name}
        fields = ("platforms.software", "platforms.vendor")
        used = [value for case in cases for field in fields for value in case.values_of(field)]
        named = [("", taxonomy.glossary), *((facet.name, facet.terms) for facet in taxonomy.facets)]
        self._terms = {
            _key(text): Definition(term.label, term.definition, name, term.slug)
            for name, terms in named
            for term in terms
            for text in (*term.synonyms, *term.acronyms, term.label)
        }
        self._used = {_key(value): value for value in used if value != "interne"}

    def definition(self, request: Request) -> Definition | None:
        """The term that the whole query says, by its label, an acronym or a synonym; questions left aside."""
        words = tuple(_stem(token.form) for token in request.tokens if not is_stop_word(token.form))
        return self._terms.get(words) if words else None

    def facts(
        self,
        request: Request,
        tree: Tree,
        named: Sequence[Document],
        fitting: Sequence[Document],
        answering: Iterable[Document],
        hits: Iterable[Document],
    ) -> tuple[Fact, ...]:
        """What the fields say of what is asked, at most OF_ONE of each need of a document named.

        `fitting`: those whose fields meet the quantities asked; `answering`: the documents of the first
        tier, best first, read as far as needed; `hits`: those of every tier, among which all who use a
        software or a vendor are told, one name after the other.
        """
        asked = self._asked(request, tree)
        cases = [document for document in named if document.case][:NAMED]
        needs = _met(self._alone, asked)
        if cases:
            needs = list(dict.fromkeys((*needs, *_met(self._beside, asked))))
            needs = [need for need in needs if need.field not in LOOSE] or needs
            return tuple(fact for document in cases for fact in _of_named(document, needs, asked))
        if fitting:
            return tuple(islice(_within(fitting, quantities(request.tokens), needs), DOCUMENTS))
        types = self._types(asked)
        used = list(dict.fromkeys(self._used[run] for run in asked if run in self._used))
        looked = islice(hits if used else answering, LOOKED_INTO)
        first = [d for d in looked if d.case and (not types or d.case.collectivity.type in types)]
        if used:
            return tuple(islice(chain.from_iterable(_users(first, name) for name in used), DOCUMENTS))
        return tuple(islice(_of_first(first, needs[0]), DOCUMENTS)) if needs else ()

    def _types(self, asked: Collection[Stems]) -> set[str]:
        facet = self.taxonomy.facet_of("collectivity.type")
        terms = facet.terms if facet else ()
        return {t.slug for t in terms if any(_key(text) in asked for text in (t.label, *t.synonyms))}

    def _asked(self, request: Request, tree: Tree) -> list[Stems]:
        """Every run of the words that count, as typed and as corrected, small words left out.

        A word that says something else together with its neighbours is no need by itself: « budget » of
        « budget participatif ».
        """
        corrected = {word.form: word.corrected for word in tree.words if word.corrected}
        typed = [token.form for token in request.tokens]
        spelt = [corrected.get(form, form) for form in typed]
        return list(dict.fromkeys((*self._runs(typed), *self._runs(spelt))))

    def _runs(self, words: Sequence[str]) -> list[Stems]:
        """Those runs of a request, the longest first."""
        words = [ASKING.get(word, word) for word in words if word in ASKING or not is_stop_word(word)]
        stemmed = [_stem(word) for word in words]
        apart: set[int] = set()
        for found in self.thesaurus.find(list(enumerate(words))):
            run = tuple(stemmed[place] for place in found.places)
            if len(run) > 1 and run not in self._alone and run not in self._beside:
                apart.update(found.places)
        return [
            tuple(stemmed[start : start + length])
            for length in range(LONGEST, 0, -1)
            for start in range(len(words) - length + 1)
            if length > 1 or start not in apart
        ]


def _of_named(document: Document, needs: Sequence[Need], asked: Collection[Stems]) -> Iterator[Fact]:
    """The facts of each need, those of its role first; where none is asked for, the figures called as asked.

    An envelope of citizens' projects is no cost: it is shown where it is asked for, alone.
    """
    seen: set[FieldFact] = set()
    for need in needs:
        facts = [fact for fact in facts_of(document, need.field) if fact not in seen]
        if need.role:
            facts = [fact for fact in facts if (fact.role == ENVELOPE) == (need.role == ENVELOPE)]
            facts.sort(key=lambda fact: fact.role != need.role)
        elif need.field == "key_figures":
            facts = [fact for fact in facts if _is_asked(fact, asked)] or facts
        seen.update(facts[:OF_ONE])
        yield from (_fact(document, need, fact) for fact in facts[:OF_ONE])
    if not needs:
        figures = [fact for fact in facts_of(document, "key_figures") if _is_asked(fact, asked)]
        yield from (_fact(document, FIGURES, figure) for figure in figures[:OF_ONE])


def _of_first(documents: Iterable[Document], need: Need) -> Iterator[Fact]:
    """One fact of each document that tells it; « pas d’évaluation » answers nobody who asks who evaluated."""
    for document in documents:
        facts = [fact for fact in facts_of(document, need.field) if need.role in ("", fact.role)]
        if facts and facts[0].role != NOTHING:
            yield _fact(document, need, facts[0])


def _within(
    documents: Iterable[Document], asked: Sequence[Quantity], needs: Sequence[Need]
) -> Iterator[Fact]:
    """The figures that meet the quantities asked, those of the need first: « outil à moins de 10 000 € »."""
    roles: list[str] = [need.role for need in needs if need.role] or ["outil", "budget"]
    for document in documents:
        for quantity in asked:
            need = OF_UNIT[quantity.unit]
            facts = [f for f in facts_of(document, need.field) if f.amount and quantity.holds(f.amount)]
            if need.field == "costs":
                facts = sorted((f for f in facts if f.role in roles), key=lambda fact: roles.index(fact.role))
            yield from (_fact(document, need, fact) for fact in facts[:1])


def _users(documents: Iterable[Document], used: str) -> Iterator[Fact]:
    """The tool of each document that runs on this software or comes from this vendor."""
    for document in documents:
        platforms = document.case.platforms if document.case else ()
        tools = zip(platforms, facts_of(document, "tool"), strict=True)
        found = next((fact for p, fact in tools if used in (p.software, p.vendor)), None)
        if found:
            yield _fact(document, TOOL, replace(found, value=f"{used} ({found.value})"))


def _met(words: Mapping[Stems, Need], asked: Iterable[Stems]) -> list[Need]:
    """The needs asked for, those by the longest run of words first, each once."""
    return list(dict.fromkeys(words[run] for run in asked if run in words))


def _key(text: str) -> Stems:
    forms = [token.form for token in tokens(normalise(text))]
    told = [ASKING.get(form, form) for form in forms if form in ASKING or not is_stop_word(form)]
    return tuple(map(_stem, told))


def _stem(form: str) -> str:
    return stems(fold(form))[0]


def _is_asked(fact: FieldFact, asked: Collection[Stems]) -> bool:
    """Whether the first word of what is counted, or its unit, is among the words asked."""
    told = _key(fact.label)[:1] + _key(fact.value)[-1:]
    return any((word,) in asked for word in told if not word[0].isdigit())


def _fact(document: Document, need: Need, fact: FieldFact) -> Fact:
    found = document.source(fact.source)
    source = describe_source(*found) if found else fact.source
    told = (fact.label, fact.value, fact.scope, fact.year, source)
    return Fact(document.slug, document.title, need.field, need.label, *told)
