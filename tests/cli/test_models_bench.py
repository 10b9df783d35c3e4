"""`tutor models bench` with the scripted model: what is measured, how it is told, and what is left out."""

from __future__ import annotations

import pytest

from tests.cli.conftest import MODEL, Script, Tutor

FIGURES = [
    "load_s",
    "prompt_tokens_per_s",
    "generation_tokens_per_s",
    "first_token_s",
    "first_token_prefilled_s",
    "rubric_s",
]


def test_every_figure_for_scripts(tutor: Tutor, client: Script) -> None:
    told = tutor("models", "bench", "--json").json
    assert told["model"] == MODEL
    assert [name for name in told if name not in ("model", "memory")] == FIGURES
    assert all(told[name] > 0 for name in FIGURES)
    assert set(told["memory"]) == {"rss", "weights", "kv", "compute"}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_figures_for_people_stand_below_each_other(
    tutor: Tutor, client: Script, language: str
) -> None:
    told = tutor("--language", language, "models", "bench")
    assert told.code == 0
    title, *rows = told.out.splitlines()
    assert MODEL in title
    assert len(rows) == len(FIGURES) + 4
    assert all(row.startswith("  ") for row in rows)
    assert {"en": "tokens/s", "ko": "토큰"}[language] in rows[1]


def test_what_the_model_cannot_do_is_a_dash(tutor: Tutor, client: Script) -> None:
    client.capabilities = frozenset({"chat", "choose"})
    told = tutor("models", "bench", "--json").json
    assert told["prompt_tokens_per_s"] is None
    assert told["first_token_prefilled_s"] is None
    assert told["generation_tokens_per_s"] is None or told["generation_tokens_per_s"] > 0
    assert told["first_token_s"] > 0
    assert client.closed
    assert " –" in tutor("models", "bench").out
