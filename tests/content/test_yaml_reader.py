"""YAML is read safely: 1.2 scalars, every place known, and nothing that a file could do to us."""

from __future__ import annotations

import math

import pytest
import yaml

from tutor.content.yaml_reader import MAX_DEPTH, MAX_NODES, read_yaml
from tutor.content.yaml_source import MAX_BYTES, YamlError


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test here runs on PyYAML's C parser and on its Python one."""
    if request.param == "python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


def refusal(data: bytes | str) -> str:
    with pytest.raises(YamlError) as caught:
        read_yaml(data.encode() if isinstance(data, str) else data)
    return f"{caught.value.mark.line}:{caught.value.mark.column}: {caught.value.message}"


@pytest.mark.parametrize("text", ["No", "yes", "on", "OFF", "y", "1:30", "12:30:45", "2024-01-31"])
@pytest.mark.parametrize("suffix", ["", "\n"])
def test_what_yaml_1_1_would_change_stays_text(text: str, suffix: str) -> None:
    assert read_yaml(f"value: {text}{suffix}".encode()).value == {"value": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("12", 12),
        ("-7", -7),
        ("+3", 3),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("1,000", "1,000"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("6.", 6.0),
        ("1e3", 1000.0),
        ("-1.2E-3", -0.0012),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        (".", "."),
        ("-x", "-x"),
        ("7B", "7B"),
        ("=", "="),
        ('"12"', "12"),
        ("'true'", "true"),
        ('""', ""),
        ("<<", "<<"),
    ],
)
def test_unquoted_words_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    read = read_yaml(f"value: {text}".encode()).value["value"]
    assert read == value
    assert type(read) is type(value)


def test_not_a_number_is_a_number() -> None:
    assert math.isnan(read_yaml(b"value: .nan").value["value"])


def test_every_value_and_key_has_its_place() -> None:
    document = read_yaml("top:\n  - 한글: 글\n    b: [1, 2]\n  -\nempty:\n".encode())
    assert document.value == {"top": [{"한글": "글", "b": [1, 2]}, None], "empty": None}
    assert document.at(()) == (1, 1)
    assert document.at_key(("top",)) == (1, 1)
    assert document.at(("top",)) == (2, 3)
    assert document.at(("top", 0)) == (2, 5)
    assert document.at(("top", 0, "한글")) == (2, 9)
    assert document.at_key(("top", 0, "b")) == (3, 5)
    assert document.at(("top", 0, "b", 1)) == (3, 12)


def test_a_value_left_out_stands_at_its_key() -> None:
    assert read_yaml(b"a: 1\nempty:\n").at(("empty",)) == (2, 1)


def test_a_place_that_is_not_there_is_the_nearest_around_it() -> None:
    document = read_yaml(b"a:\n  b: 1\n")
    assert document.at(("a", "missing", 3)) == (2, 3)
    assert document.at_key(("a", "missing")) == (2, 3)


def test_a_key_given_twice_keeps_the_first_and_is_told() -> None:
    document = read_yaml(b"a: 1\nb: 2\na: {c: 3}\n")
    assert document.value == {"a": 1, "b": 2}
    assert [(*flaw.mark, flaw.trail) for flaw in document.flaws] == [(3, 1, ("a",))]
    assert document.flaws[0].message == "'a' is already given on line 1: keep one of them"


@pytest.mark.parametrize(
    ("key", "called"),
    [("1", "the number 1"), ("true", "true"), ("null", "nothing"), ("~", "nothing")],
)
def test_keys_must_be_text(key: str, called: str) -> None:
    document = read_yaml(f"a: 1\n{key}: 2\n".encode())
    assert document.value == {"a": 1}
    assert [flaw.mark for flaw in document.flaws] == [(2, 1)]
    assert document.flaws[0].message == f"a key must be text, got {called}: put it in quotes"


def test_files_that_are_no_text() -> None:
    assert refusal(b"\xef\xbb\xbfa: 1") == (
        "1:1: the file begins with a byte order mark: save it as UTF-8 without"
    )
    assert refusal("a: 1\nb: 한".encode() + b"\xff") == (
        "2:5: byte 0xFF is not UTF-8: save the file as UTF-8"
    )
    assert refusal("a: 1".encode("utf-16")).startswith("1:1: byte 0xFF is not UTF-8")
    assert refusal("a: b\r\nc: \x00") == "2:4: character U+0000 is not allowed: remove it"
    assert refusal("a: \x85") == "1:4: character U+0085 is not allowed: remove it"
    assert refusal("a: b\u2028c") == "1:5: character U+2028 is not allowed: remove it"
    assert refusal("a:\n  \ufeffb") == "2:3: character U+FEFF is not allowed: remove it"


def test_half_a_surrogate_pair_is_refused() -> None:
    assert refusal(r'a: "\ud800"').startswith("1:")


def test_an_escape_beyond_unicode_is_refused() -> None:
    assert "not valid YAML" in refusal(r'a: "\UFFFFFFFF"')


def test_a_number_too_long_to_be_meant() -> None:
    assert refusal("a: " + "9" * 100_000) == (
        "1:4: a number of more than 30 digits: put it in quotes if it is text"
    )


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_depth_has_a_limit(opening: str) -> None:
    assert refusal(opening * 100_000).startswith("1:")


def test_depth_up_to_the_limit_is_read() -> None:
    read_yaml(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    beyond = "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    assert refusal(beyond) == f"1:{MAX_DEPTH + 1}: nested more than 50 deep"


def test_the_billion_laughs_end_at_the_first_anchor() -> None:
    lines = ["a: &a [lol]", *(f"{new}: &{new} [*{old}, *{old}]" for old, new in ("ab", "bc", "cd"))]
    assert refusal("\n".join(lines)).startswith("1:4: an anchor (&name) is not allowed")


def test_many_values_have_a_limit() -> None:
    assert refusal("[" + "a," * (MAX_NODES + 1) + "]").endswith(
        "more than 50,000 values in one file: split it"
    )


def test_size_has_a_limit() -> None:
    assert (
        refusal(b"#" * (MAX_BYTES + 1)) == "1:1: the file is larger than 2,000,000 bytes: split it"
    )


def test_a_flood_of_directives_is_refused_unread() -> None:
    flood = "".join(f"%TAG !{n}! tag:x:\n" for n in range(50_000))
    assert refusal(flood).startswith("1:1: a line may not begin with '%'")
    assert refusal("a: b\r" + flood).startswith("2:1: a line may not begin with '%'")


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system", "!!str", "!local", "!", "!!binary"]
)
def test_no_tag_is_obeyed(tag: str) -> None:
    assert refusal(f"a: {tag} x").startswith("1:4: a tag (!name) is not allowed")
