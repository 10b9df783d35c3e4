"""Catalogue entries made up for tests."""

from __future__ import annotations

from typing import Any

from tutor.llm.catalog import CatalogModel, HubFile

PLAIN: dict[str, Any] = {
    "name": "sample",
    "title": "Sample",
    "file": "sample.gguf",
    "bytes": 1000,
    "licence": "MIT",
    "languages": ("en", "ko"),
    "memory": 1000,
    "context": 4096,
    "notes": {"en": "made up"},
    "sources": (HubFile(repo="owner/repo", file="sample.gguf"),),
}


def catalog_model(**changes: Any) -> CatalogModel:
    return CatalogModel(**PLAIN | changes)
