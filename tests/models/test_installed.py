from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.models.gguf_file import TINY, gguf_bytes
from tests.models.sample import catalog_model
from tutor.llm.catalog import Catalog
from tutor.llm.gguf import BadGguf
from tutor.llm.installed import ModelNotFound, add, installed, remove, resolve

WHOLE = gguf_bytes()
KNOWN = catalog_model(bytes=len(WHOLE), sha256=hashlib.sha256(WHOLE).hexdigest())
CATALOG = Catalog(models=(KNOWN, catalog_model(name="absent", file="absent.gguf")))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


def put(folder: Path, name: str, data: bytes = WHOLE) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def names(*roots: Path) -> list[str]:
    return [model.name for model in installed(roots, CATALOG)]


def test_a_pulled_file_is_known_by_its_catalogue_name(models: Path) -> None:
    path = put(models, "sample.gguf")
    put(models, "sample.gguf.part")
    [model] = installed([models], CATALOG)
    assert (model.name, model.path, model.bytes, model.catalogued) == (
        "sample",
        path,
        len(WHOLE),
        KNOWN,
    )
    assert model.header is not None
    assert model.header.architecture == "llama"
    assert not model.added


def test_another_file_of_that_name_is_not_taken_for_the_catalogued_one(models: Path) -> None:
    put(models, "sample.gguf", gguf_bytes({**TINY, "general.name": "Another" * 20}))
    [model] = installed([models], CATALOG)
    assert model.catalogued is None
    assert model.name == "sample-2"


def test_names_are_made_from_file_names_and_never_from_more(models: Path) -> None:
    put(models, "My Model (v2) \x1b[31m.gguf")
    put(models, "모델-Q4.gguf", gguf_bytes({**TINY, "x": 1}))
    assert set(names(models)) == {"my-model-v2-31m", "모델-q4"}


def test_files_that_are_no_models_are_left_out_and_broken_ones_say_why(models: Path) -> None:
    put(models, "lora.gguf", gguf_bytes({**TINY, "general.type": "adapter"}))
    put(models, "big-00002-of-00003.gguf")
    put(models, "cut.gguf", WHOLE[:200])
    [model] = installed([models], CATALOG)
    assert (model.name, model.header) == ("cut", None)
    assert (
        model.problem == "cut.gguf is cut short: it ends inside its header; pull or copy it again"
    )
    with pytest.raises(ModelNotFound, match="cut short"):
        resolve("cut", [models], CATALOG)


def test_the_first_folder_keeps_a_name_and_folders_may_be_missing(
    models: Path, tmp_path: Path
) -> None:
    first, second = put(models, "a.gguf"), put(tmp_path / "other", "a.gguf")
    put(tmp_path / "other", "b.gguf", gguf_bytes({**TINY, "longer": 1}))
    roots = [models, tmp_path / "none", tmp_path / "other"]
    found = {model.name: model.path for model in installed(roots, CATALOG)}
    assert found == {"a": first, "a-2": second, "b": tmp_path / "other" / "b.gguf"}


def test_a_file_is_read_again_after_it_changed(models: Path) -> None:
    path = put(models, "a.gguf", WHOLE[:200])
    assert installed([models], CATALOG)[0].problem
    path.write_bytes(WHOLE)
    assert installed([models], CATALOG)[0].problem is None


def test_an_added_file_stays_where_it_is(models: Path, tmp_path: Path) -> None:
    path = put(tmp_path / "elsewhere", "Some Model.gguf")
    assert add(path, models) == "some-model"
    assert add(path, models) == "some-model"
    [model] = installed([models], CATALOG)
    assert (model.name, model.path, model.added) == ("some-model", path, True)
    assert [entry.name for entry in models.iterdir()] == ["added.json"]


def test_added_names_are_distinct_and_may_be_chosen(models: Path, tmp_path: Path) -> None:
    one, two = (
        put(tmp_path / "one", "m.gguf"),
        put(tmp_path / "two", "m.gguf", gguf_bytes({**TINY, "z": 1})),
    )
    assert [add(one, models), add(two, models)] == ["m", "m-2"]
    assert add(put(tmp_path / "three", "sha256-00"), models, "Llama 3.2") == "llama-3.2"
    assert len(installed([models], CATALOG)) == 3


def test_what_is_no_model_is_not_added(models: Path, tmp_path: Path) -> None:
    page = put(tmp_path / "x", "page.gguf", b"<html>")
    adapter = put(tmp_path / "x", "lora.gguf", gguf_bytes({**TINY, "general.type": "adapter"}))
    with pytest.raises(BadGguf, match="does not begin with GGUF"):
        add(page, models)
    with pytest.raises(BadGguf, match="no model but of the kind 'adapter'"):
        add(adapter, models)
    assert not (models / "added.json").exists()


def test_an_added_file_that_went_away_is_a_problem_to_read(models: Path, tmp_path: Path) -> None:
    path = put(tmp_path / "x", "m.gguf")
    add(path, models)
    path.unlink()
    [model] = installed([models], CATALOG)
    assert model.problem is not None
    assert "is gone" in model.problem
    assert remove("m", [models], CATALOG) == path
    assert names(models) == []


def test_removing_deletes_a_pulled_file_and_forgets_an_added_one(
    models: Path, tmp_path: Path
) -> None:
    pulled, added = (
        put(models, "sample.gguf"),
        put(tmp_path / "x", "m.gguf", gguf_bytes({**TINY, "y": 1})),
    )
    add(added, models)
    remove("m", [models], CATALOG)
    assert added.exists()
    remove("sample", [models], CATALOG)
    assert not pulled.exists()
    assert names(models) == []


def test_a_file_in_a_folder_that_is_not_ours_is_not_deleted(models: Path, tmp_path: Path) -> None:
    path = put(tmp_path / "theirs", "m.gguf")
    with pytest.raises(ModelNotFound, match="outside Tutor's folder"):
        remove("m", [models, tmp_path / "theirs"], CATALOG)
    assert path.exists()
    with pytest.raises(ModelNotFound, match="did you mean m"):
        remove("mm", [models, tmp_path / "theirs"], CATALOG)


def test_a_name_or_a_path_resolves(models: Path, tmp_path: Path) -> None:
    pulled, other = put(models, "sample.gguf"), put(tmp_path / "x", "m.gguf")
    assert resolve("sample", [models], CATALOG) == pulled
    assert resolve(str(other), [models], CATALOG) == other


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("absent", "run `tutor models pull absent`"),
        ("sampel", "did you mean sample"),
        ("/no/such.gguf", "there is no file '/no/such.gguf'"),
        ("such.gguf", "there is no file 'such.gguf'"),
    ],
)
def test_what_does_not_resolve_says_what_to_do(models: Path, asked: str, hint: str) -> None:
    with pytest.raises(ModelNotFound, match=hint):
        resolve(asked, [models], CATALOG)


def test_a_damaged_list_of_added_models_is_an_empty_one(models: Path) -> None:
    (models / "added.json").write_text('{"../x": 3')
    assert names(models) == []
