"""However a lesson file is damaged, it ends in a lesson or in located problems; what is valid comes back equal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content.sample import COURSE, LESSON
from tutor.content.check import check
from tutor.content.cloze import gap_marks
from tutor.content.loader import load_course
from tutor.content.schema import (
    KINDS,
    Choice,
    Cloze,
    Explain,
    Item,
    Lesson,
    Match,
    Misconception,
    Numeric,
    Option,
    Order,
    Pair,
    Point,
    Section,
    Short,
    TrueFalse,
)
from tutor.content.yaml_writer import write_yaml

DATA = LESSON.encode()
LINES = LESSON.splitlines(keepends=True)
SCALARS = ["1", "-0.5", ".nan", "1e999", "true", "null", "~", "''", '"\\e"', "[]", "{}", "[[a]]"]
SCALARS += [
    "{a: {b: c}}",
    "*a",
    "&a b",
    "!!set x",
    "- x",
    "? x",
    "|",
    ">-",
    "%x",
    "한글",
    "\t",
    "---",
]


@st.composite
def damaged_bytes(draw: st.DrawFn) -> bytes:
    """The lesson with bytes changed, taken out or put in, or cut off."""
    data = bytearray(DATA)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        match draw(st.sampled_from(["flip", "delete", "insert", "cut"])):
            case "flip" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "delete":
                del data[at : at + draw(st.integers(1, 40))]
            case "insert":
                data[at:at] = draw(st.binary(min_size=1, max_size=8))
            case "cut" if at > 200:
                del data[at:]
            case _:
                pass
    return bytes(data)


@st.composite
def damaged_lines(draw: st.DrawFn) -> bytes:
    """The lesson with lines swapped, lost, doubled, moved sideways, or with other values."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        one, two = draw(st.tuples(*[st.integers(0, len(lines) - 1)] * 2))
        match draw(st.sampled_from(["swap", "lose", "double", "indent", "value", "key"])):
            case "swap":
                lines[one], lines[two] = lines[two], lines[one]
            case "lose" if len(lines) > 2:
                del lines[one]
            case "double":
                lines.insert(two, lines[one])
            case "indent":
                lines[one] = draw(st.sampled_from(["", " ", "  ", "\t"])) + lines[one].lstrip()
            case "value" if ":" in lines[one]:
                scalar = draw(st.sampled_from(SCALARS))
                lines[one] = f"{lines[one].split(':')[0]}: {scalar}\n"
            case _:
                lines[one] = draw(st.sampled_from(SCALARS)) + ": " + lines[one].lstrip()
    return "".join(lines).encode()


def trails(value: Any, trail: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    return [trail, *(inner for key in keys for inner in trails(value[key], (*trail, key)))]


@st.composite
def damaged_values(draw: st.DrawFn) -> bytes:
    """The lesson as well-formed YAML with values or fields replaced by others."""
    value = yaml.safe_load(LESSON)
    junk = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["en", "ko", "id", "kind", "x"]), inner, max_size=3)
        ),
        max_leaves=6,
    )
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(trails(value)[1:]))
        target = value
        for key in path:
            target = target[key]
        if isinstance(target, dict) and draw(st.booleans()):
            target[draw(st.sampled_from(["kind", "points", "xs", "en", ""]))] = draw(junk)
        else:
            target[last] = draw(junk)
    return yaml.safe_dump(value, allow_unicode=True).encode()


def ends_well(folder: Path, lesson: bytes) -> None:
    course = COURSE.replace("[one, two]", "[one]").replace("{old-choice: choice-item}", "{}")
    (folder / "course.yaml").write_text(course, encoding="utf-8")
    (folder / "one.yaml").write_bytes(lesson)
    loaded = load_course(folder)
    for problem in (*loaded.problems, *check(folder, strict=True)):
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
        assert str(problem).isprintable()
    errors = [problem for problem in loaded.problems if problem.severity == "error"]
    assert (loaded.course is None) == bool(errors)


@settings(max_examples=200)
@given(data=damaged_bytes())
def test_bytes_damaged_at_random(tmp_path: Path, data: bytes) -> None:
    ends_well(tmp_path, data)


@settings(max_examples=200)
@given(data=damaged_lines())
def test_lines_damaged_at_random(tmp_path: Path, data: bytes) -> None:
    ends_well(tmp_path, data)


@settings(max_examples=100)
@given(data=damaged_values())
def test_values_replaced_at_random(tmp_path: Path, data: bytes) -> None:
    ends_well(tmp_path, data)


@settings(max_examples=100)
@given(
    data=st.binary(max_size=200)
    | st.text("[]{}:,-?&*!|>%@'\"# \n\tab", max_size=60).map(str.encode)
)
def test_files_that_were_never_lessons(tmp_path: Path, data: bytes) -> None:
    ends_well(tmp_path, data)


@settings(max_examples=100)
@given(data=damaged_lines())
def test_a_damaged_course_file(root: Path, data: bytes) -> None:
    for name in ("course.yaml", "glossary.yaml"):
        (root / name).write_bytes(data)
        assert all(problem.line >= 1 for problem in load_course(root).problems)


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Cn"]),
    min_size=1,
    max_size=12,
).filter(lambda text: text.strip() and not gap_marks(text))
words = words | st.sampled_from(["0E0", "0o7", "1e3", "No", "1:30", "~", ".5", "- x", "#", "a: b"])
words = words | st.lists(words, min_size=2, max_size=3).map("\n".join)
texts = st.fixed_dictionaries({"en": words, "ko": words})
ids = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3}){0,2}", fullmatch=True)
numbers = st.floats(allow_nan=False, allow_infinity=False)


def unlike(inner: st.SearchStrategy[Any], name: Callable[[Any], str], least: int) -> Any:
    return st.lists(inner, min_size=least, max_size=3, unique_by=name)


def numbered(entries: list[Any], field: str) -> list[Any]:
    """`entries` with their number in `field`, so that no two read the same."""
    return [
        msgspec.structs.replace(
            entry, **{field: {key: f"{n} {text}" for key, text in getattr(entry, field).items()}}
        )
        for n, entry in enumerate(entries)
    ]


def by_id(entry: Any) -> str:
    return str(entry.id)


@st.composite
def items(draw: st.DrawFn, id: str, section: str) -> Item:
    common: dict[str, Any] = {
        "id": id,
        "section": section,
        "prompt": draw(texts),
        "hints": draw(st.lists(texts, min_size=1, max_size=2)),
        "concepts": draw(st.lists(ids, max_size=2)),
        "note": draw(st.none() | texts),
    }
    fillings = st.lists(words, min_size=1, max_size=2)
    match draw(st.sampled_from(KINDS)):
        case "choice":
            option = st.builds(Option, id=ids, text=texts, reply=st.none() | texts)
            first, *rest = numbered(draw(unlike(option, by_id, 2)), "text")
            return Choice(**common, options=[msgspec.structs.replace(first, correct=True), *rest])
        case "true_false":
            return TrueFalse(**common, answer=draw(st.booleans()), reply=draw(st.none() | texts))
        case "cloze":
            gap = draw(ids)
            marked = {language: f"{{{gap}}} {text}" for language, text in draw(texts).items()}
            gaps = {language: {gap: draw(fillings)} for language in ("en", "ko")}
            return Cloze(**common, text=marked, gaps=gaps)
        case "short":
            return Short(**common, accepted={"en": draw(fillings), "ko": draw(fillings)})
        case "numeric":
            tolerance = draw(st.floats(0, 1e6))
            return Numeric(**common, value=draw(numbers), tolerance=tolerance)
        case "order":
            return Order(**common, steps=[{"en": f"{n}", "ko": f"{n}번"} for n in range(3)])
        case "match":
            pair = st.builds(Pair, left=texts, right=texts)
            pairs = draw(st.lists(pair, min_size=2, max_size=3))
            return Match(**common, pairs=numbered(numbered(pairs, "left"), "right"))
        case _:
            point = st.builds(
                Point,
                id=ids,
                text=texts,
                section=st.just(section),
                weight=st.floats(0, 100, exclude_min=True),
            )
            belief = st.builds(Misconception, id=ids, text=texts, reply=texts)
            return Explain(
                **common,
                reference=draw(texts),
                points=draw(unlike(point, by_id, 1)),
                misconceptions=draw(unlike(belief, by_id, 0)),
            )


@st.composite
def lessons(draw: st.DrawFn) -> Lesson:
    section = st.builds(Section, id=ids, heading=texts, body=texts)
    sections = draw(unlike(section, by_id, 1))
    names = draw(st.lists(ids.filter(lambda id: id != "one"), min_size=1, max_size=3, unique=True))
    return Lesson(
        id="one",
        title=draw(texts),
        sections=sections,
        items=[draw(items(name, sections[0].id)) for name in names],
    )


@settings(max_examples=60)
@given(lesson=lessons())
def test_a_valid_lesson_comes_back_equal(tmp_path: Path, lesson: Lesson) -> None:
    ends_well(tmp_path, write_yaml(lesson).encode())
    assert check(tmp_path, strict=True) == []
    course = load_course(tmp_path).course
    assert course is not None
    assert course.lessons == (lesson,)
