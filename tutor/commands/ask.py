"""`tutor ask`: a question, answered from a lesson or from whatever the courses say about it."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tutor.commands.failures import Failed, WrongUsage
from tutor.commands.model_session import model_path, open_model
from tutor.commands.terminal import StatusLine, one_line, say, say_json, whole
from tutor.content.schema import LANGUAGES, Language, Lesson
from tutor.grading.grader import Grader
from tutor.grading.signals import language_of
from tutor.llm.protocol import ModelError
from tutor.study import record
from tutor.study.talk import EVERYWHERE
from tutor.tutoring.corpus import Corpus
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.passages import Passage
from tutor.tutoring.refusal import refusal
from tutor.tutoring.support import Answered, Citation
from tutor.tutoring.voice import put_on

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.study.payloads import Finish
    from tutor.study.store import Store

PASSAGES = 3
"""How many go along with a question that names no lesson."""

_EXAMPLE = """\
examples:
  tutor ask "What does few-shot mean?"
  tutor ask "왜 예시를 넣으면 잘 되나요?" --lesson llm-basics/use-cases --json
"""


class Ground(Struct, frozen=True):
    """What an answer may lean on: `among`, or what `corpus` finds for the question, `lesson` first."""

    scope: str
    lesson: Lesson
    corpus: Corpus
    among: list[Passage] | None = None

    def course(self, cited: Citation) -> str:
        """The id of the course that a cited passage is from."""
        found = (each.course for each in self.among or () if each.n == cited.n)
        return next(found, self.scope.split("/")[0])


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLE
    parser.add_argument("question", metavar="QUESTION")
    parser.add_argument("--lesson", metavar="COURSE/LESSON", help="the lesson to look in first")
    parser.add_argument("--model", metavar="NAME|PATH|URL", help="instead of the model in use")
    parser.add_argument("--json", action="store_true", help="the answer as one line of JSON")


def run(args: argparse.Namespace, context: Context) -> int:
    question = whole(args.question).strip()
    if not question:
        raise WrongUsage(context.strings("cli.ask.empty"))
    ground = _lesson_ground(args.lesson, context) if args.lesson else _ground(question, context)
    asyncio.run(_answer(question, ground, args, context))
    return 0


def _lesson_ground(address: str, context: Context) -> Ground:
    found = context.find(address)
    if found.lesson is None:
        raise WrongUsage(context.strings("cli.ask.no_lesson", address=address))
    scope = f"{found.course.course.id}/{found.lesson.id}"
    return Ground(scope, found.lesson, Corpus.of([found.course]))


def _ground(question: str, context: Context) -> Ground:
    """The passages of all courses that are nearest to the question, numbered anew; the first ones where none is near."""
    spoken = language_of(question)
    language: Language = next((each for each in LANGUAGES if each == spoken), context.language)
    corpus = Corpus.of(context.courses)
    everything = corpus.passages(language)
    if not everything:
        raise Failed(context.strings("cli.no_course"))
    near = corpus.index(language).best(question, PASSAGES) or everything[:PASSAGES]
    kept = [each for each in everything if each in near]
    among = [replace(passage, n=number) for number, passage in enumerate(kept, start=1)]
    found = context.find(f"{kept[0].course}/{kept[0].lesson}")
    assert found.lesson is not None
    return Ground(EVERYWHERE, found.lesson, corpus, among)


async def _answer(
    question: str, ground: Ground, args: argparse.Namespace, context: Context
) -> None:
    started = time.monotonic()
    path, status = model_path(context, args.model), StatusLine()

    def hear(piece: str) -> None:
        status.clear()
        if not args.json:
            say(piece, end="")

    with context.store() as store:
        try:
            status.show(context.strings("cli.loading", model=path.stem))
            async with open_model(context, path) as client:
                await put_on(client)
                status.show(context.strings("cli.ask.reading"))
                follow_up = FollowUp(
                    client,
                    ground.lesson,
                    context.language,
                    among=ground.among,
                    corpus=ground.corpus,
                    grader=Grader(client, sparing=True),
                )
                checking = partial(status.show, context.strings("tutor.checking"))
                answered = await _recorded(follow_up, question, store, ground.scope, hear, checking)
                info = (await client.status()).model
        finally:
            status.clear()
    if args.json:
        elapsed = round((time.monotonic() - started) * 1000)
        model = info.name if info else path.stem
        say_json(_object(answered) | {"model": model, "elapsed_ms": elapsed})
    else:
        _say_sources(answered, ground, context)


async def _recorded(
    follow_up: FollowUp,
    question: str,
    store: Store,
    scope: str,
    hear: Callable[[str], None],
    checking: Callable[[], None],
) -> Answered:
    """The checked reply, heard as it comes; question and reply are in the record however it ends."""
    asked = record.asked(store, scope, question)
    text = ""
    finish: Finish = "error"
    checked: Answered | None = None
    try:
        async with aclosing(follow_up.ask(question)) as pieces:
            async for piece in pieces:
                text += piece
                hear(piece)
        finish = "stop"
        hear("\n")
        checked = await _checked(follow_up, text, checking)
    except (asyncio.CancelledError, BrokenPipeError):
        finish = "cancelled"
        raise
    finally:
        answered = checked or follow_up.finish(text, whole=finish == "stop")
        citations = msgspec.to_builtins(answered.citations)
        record.replied(
            store, asked, answered.text, citations, finish, unsupported=answered.unsupported
        )
    if answered.text.startswith(refusal(follow_up.spoken)) and not text.startswith(
        refusal(follow_up.spoken)
    ):
        hear(f"{refusal(follow_up.spoken)}\n")
    if answered.quotes_from is not None:
        hear(f"\n{answered.text[answered.quotes_from :].strip()}\n")
    return answered


async def _checked(follow_up: FollowUp, text: str, checking: Callable[[], None]) -> Answered | None:
    """The reply as a judge sees it; None where there is none, or it fails."""
    try:
        support = await follow_up.support()
        if support is None:
            return None
        checking()
        return await follow_up.check(text, support)
    except ModelError:
        return None


def _object(answered: Answered) -> dict[str, Any]:
    return {
        "answer": answered.text,
        "language": answered.language,
        "citations": msgspec.to_builtins(answered.citations),
        "unsupported": answered.unsupported,
    }


def _say_sources(answered: Answered, ground: Ground, context: Context) -> None:
    if answered.citations:
        say()
    for cited in answered.citations:
        place = f"{ground.course(cited)}/{cited.lesson}#{cited.section}"
        say(f"[{cited.n}] {one_line(cited.text)} ({place})")
    beyond = [one_line(answered.text[start:end]) for start, end in answered.unsupported]
    if beyond:
        say(context.strings("tutor.beyond", words=" / ".join(beyond)))
