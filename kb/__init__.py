"""A case-study knowledge base: Markdown in git, searched in French, served by a small site.

A tour, in the order in which data flows:
- `kb.content`: files → model (parsing, validation, loading), rules (checking), HTML (rendering);
- `kb.search`: model → index → answers; Whoosh stays inside;
- `kb.cli`: the `kb` command; `web` (beside this package): the site.

Importing `kb` loads the model and the loader only: neither Whoosh nor Flask.
"""

from kb.content.documents import Corpus, Document
from kb.content.loading import Loaded, load_corpus
from kb.errors import KBError, Problem

__all__ = ["Corpus", "Document", "KBError", "Loaded", "Problem", "load_corpus"]
