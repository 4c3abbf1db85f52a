"""A facet has a parameter and a page of its own, or `kb check` says which it takes from another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

Kb = Callable[..., Result]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "page"}, "« page » est déjà un paramètre de la recherche"),
        ({"name": "q"}, "« q » est déjà un paramètre de la recherche"),
        ({"path": "themes"}, "l’adresse « themes » est déjà celle de « theme »"),
        ({"path": "cas"}, "l’adresse « cas » est déjà celle de"),
        ({"path": "essais", "terms": []}, "a une adresse et pas de termes à y montrer"),
    ],
)
def test_a_facet_that_takes_what_is_another_s_is_told_by_its_line(
    folder: Path, kb: Kb, change: dict[str, object], told: str
) -> None:
    path = folder / "taxonomy.yaml"
    taxonomy = yaml.safe_load(path.read_text(encoding="utf-8"))
    facet = {
        "name": "essai",
        "label": "Essai",
        "field": "themes",
        "terms": [{"slug": "un", "label": "Un", "definition": "Un essai."}],
    }
    taxonomy["facets"].append({**facet, **change})
    path.write_text(yaml.safe_dump(taxonomy, allow_unicode=True, sort_keys=False), encoding="utf-8")

    lines = [line for line in kb("check", "--content", folder).output.splitlines() if told in line]

    assert len(lines) == 1
    assert "taxonomy.yaml:" in lines[0] and " ; " in lines[0]
