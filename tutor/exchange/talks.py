"""Talks with the tutor as one Markdown document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone

from msgspec import Struct

from tutor.exchange.markdown_guard import guarded, plain, quoted
from tutor.study.talk import Turn


class TalkAbout(Struct, frozen=True):
    """A talk under the name of what it is about."""

    title: str
    turns: Sequence[Turn]


class Words(Struct, frozen=True):
    """The document's own words: its title, the line above a reply's sources, what stands for a reply that never came."""

    title: str
    sources: str
    unanswered: str


def as_markdown(talks: Sequence[TalkAbout], words: Words) -> str:
    """The document: a heading for each talk and each turn, questions as quotes, replies as they were written.

    Whatever was said, the document has no other headings down to the third level.
    """
    parts = [f"# {plain(words.title)}"]
    for talk in talks:
        parts.append(f"## {plain(talk.title)}")
        for turn in talk.turns:
            parts += _turn(turn, words)
    return "\n\n".join(parts) + "\n"


def _turn(turn: Turn, words: Words) -> Iterator[str]:
    yield f"### {_moment(turn)}"
    yield quoted(turn.question)
    yield (
        guarded(turn.reply) if turn.reply and turn.reply.strip() else f"*{plain(words.unanswered)}*"
    )
    sources = [source for cited in turn.citations if (source := _source(cited))]
    if sources:
        yield f"{plain(words.sources)}\n\n" + "\n".join(f"- {source}" for source in sources)


def _source(cited: dict[str, object]) -> str | None:
    """A citation as the record has it; None for one that names no passage."""
    n, text = cited.get("n"), cited.get("text")
    if not isinstance(n, int) or not isinstance(text, str):
        return None
    return f"\\[{n}\\] {plain(text)}"


def _moment(turn: Turn) -> str:
    """When it was asked, by the learner's clock of the time."""
    zone = timezone(timedelta(minutes=turn.utc_offset))
    return f"{datetime.fromisoformat(turn.at_utc).astimezone(zone):%Y-%m-%d %H:%M}"
