"""What a model needs and for what, where models are chosen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.models.llama_log import HEADERS
from tests.models.sample import catalog_model
from tutor.content.schema import Language
from tutor.llm.catalog import Catalog
from tutor.llm.footprint import estimate
from tutor.llm.installed import Installed
from tutor.llm.offered import Offered
from tutor.ui.memory_words import memory_text
from tutor.ui.model_choices import Machine, all_choices
from tutor.ui.strings import Strings
from tutor.ui.widgets.models.words import About, choice_about

QWEN = HEADERS["qwen2.5-coder-1.5b"]
ENTRY = catalog_model(name="qwen", bytes=QWEN.bytes, memory=1)
CATALOG = Catalog(models=(ENTRY,))
HERE = Installed("qwen", Path("/models/qwen.gguf"), QWEN.bytes, ENTRY, QWEN)
MACHINE = Machine(free=4_000_000_000, language="en", in_use=None, context=1024)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Weights 1.1 GB · KV cache 235 MB (2 × 4,096 tokens) · computing 319 MB · prefixes set aside up to 256 MB"),
        ("ko", "가중치 1.1 GB · KV 캐시 235 MB (2 × 4,096토큰) · 계산 319 MB · 따로 두는 앞부분 최대 256 MB"),
    ],
)  # fmt: skip
def test_memory_in_words(language: Language, text: str) -> None:
    parts = estimate(QWEN, n_ctx=4096)
    assert memory_text(parts, 256_000_000, Strings(language)) == text


def test_a_file_that_is_here_needs_what_its_header_says_at_the_context_that_is_set() -> None:
    [choice] = all_choices(CATALOG, [HERE], [], MACHINE)
    assert choice.parts == estimate(QWEN, n_ctx=1024)
    assert choice.memory == choice.parts.total


def test_a_file_of_another_program_likewise() -> None:
    found = Offered("qwen", HERE.path, "Ollama", QWEN)
    [choice, _] = all_choices(CATALOG, [], [found], MACHINE)
    assert choice.memory == estimate(QWEN, n_ctx=1024).total


def test_a_model_to_be_had_needs_what_the_catalogue_says() -> None:
    [choice] = all_choices(CATALOG, [], [], MACHINE)
    assert (choice.memory, choice.parts) == (ENTRY.memory, None)


def test_a_longer_context_may_be_what_does_not_fit() -> None:
    tight = replace(MACHINE, free=estimate(QWEN, n_ctx=1024).total + 512_000_000)
    assert all_choices(CATALOG, [HERE], [], tight)[0].fits
    assert not all_choices(CATALOG, [HERE], [], replace(tight, context=2048))[0].fits


@pytest.mark.parametrize("in_use", ["qwen", None])
def test_only_the_model_in_use_says_what_its_memory_is_for(in_use: str | None) -> None:
    [choice] = all_choices(CATALOG, [HERE], [], replace(MACHINE, in_use=in_use))
    about = choice_about(
        choice, About(MACHINE.free, kept_limit=64_000_000), "en", Strings("en")
    ).plain
    assert ("prefixes set aside up to 64 MB" in about) == (in_use is not None)
