"""`tutor grade`: one answer to an item of a course, for people and scripts. Nothing goes into the study record."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from tutor.commands.answers import Unreadable, parse
from tutor.commands.failures import WrongUsage
from tutor.commands.model_session import model_path, open_model
from tutor.commands.terminal import StatusLine, complain, say, say_json, whole
from tutor.commands.verdict_lines import verdict_lines
from tutor.content.schema import Item, Section
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.verdict import Verdict

if TYPE_CHECKING:
    from tutor.commands.context import Context

_MOST_JOBS = 64

_EXAMPLE = """\
how ANSWER is written, by the kind of the item (numbers count from 1, as the item's file has them):
  explain, short, numeric   the text itself
  choice                    ids or numbers: 1,3
  true_false                true or false (yes/no, o/x)
  cloze                     texts in order: zero; few    or by gap: first=zero; second=few
  order                     2,1,3
  match                     left-right: 1-2,2-1

rows of IN.jsonl: {"id", "question", "reference", "answer", "points"?: [{"id", "text", "weight"?}], "language"?}
Each result has the row's "id", and in "row" the beginning of the SHA-256 of its line.

--out goes on where it was: the same command after Ctrl-C, a crash or a lost server grades what is not in OUT yet, and
tries again what could not be graded. Verdicts come as they are done, those of one question together; at the end OUT has
the order of IN. Without --out they come in the order of IN, or as they are done with more than one job.

examples:
  tutor grade llm-basics/zero-shot-vs-few-shot "Few-shot puts solved examples into the prompt." --json
  tutor grade --batch answers.jsonl --out verdicts.jsonl           and the same again, if it was interrupted
  tutor grade --batch answers.jsonl --out verdicts.jsonl --fresh   all anew
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLE
    parser.add_argument("item", nargs="?", metavar="ITEM", help="COURSE/ITEM")
    parser.add_argument(
        "answer", nargs="?", metavar="ANSWER", help="the answer; - reads it from stdin"
    )
    parser.add_argument("--batch", metavar="IN", help="a file of rows to grade; - reads stdin")
    parser.add_argument("--out", metavar="OUT", help="where the verdicts go instead of stdout")
    parser.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help="rows at once: 1 with a model on this machine, else 4",
    )
    parser.add_argument("--fresh", action="store_true", help="grade all of IN, whatever OUT has")
    parser.add_argument("--model", metavar="NAME|PATH|URL", help="instead of the model in use")
    parser.add_argument("--json", action="store_true", help="the whole verdict as one line of JSON")


def run(args: argparse.Namespace, context: Context) -> int:
    """Raises WrongUsage for arguments that don't go together."""
    if not _goes_together(args):
        raise WrongUsage(context.strings("cli.grade.usage"))
    if args.batch is not None:
        from tutor.commands.grade_batch import Order, grade_file

        order = Order(
            source=args.batch,
            target=args.out,
            model=args.model,
            jobs=args.jobs,
            fresh=args.fresh,
        )
        return grade_file(order, context)
    return _grade_one(args, context)


def _goes_together(args: argparse.Namespace) -> bool:
    if args.batch is not None:
        return args.item is None and (args.out is not None or not args.fresh)
    of_a_batch = args.out is not None or args.jobs is not None or args.fresh
    return args.item is not None and args.answer is not None and not of_a_batch


def _grade_one(args: argparse.Namespace, context: Context) -> int:
    found = context.find(args.item)
    if found.item is None:
        raise WrongUsage(context.strings("cli.grade.no_item", address=args.item))
    text = _stdin() if args.answer == "-" else whole(args.answer)
    try:
        answer = parse(found.item, text, context.language, context.strings)
    except Unreadable as error:
        raise WrongUsage(str(error)) from None
    sections = found.lesson.sections if found.lesson else ()
    verdict = asyncio.run(_verdict(found.item, sections, answer, args.model, context))
    if args.json:
        say_json(msgspec.structs.replace(verdict, item=found.course.address(found.item.id)))
    if verdict.verdict == "ungraded":
        complain(verdict.feedback)
        return 1
    if not args.json:
        shown = answer.text if isinstance(answer, ExplainAnswer) else ""
        for line in verdict_lines(found.item, shown, verdict, context.language, context.strings):
            say(line)
    return 0


async def _verdict(
    item: Item, sections: Sequence[Section], answer: Answer, model: str | None, context: Context
) -> Verdict:
    """What needs no model is graded without one."""
    verdict = await Grader(None).grade(item, answer, context.language)
    if verdict.verdict != "ungraded":
        return verdict
    path, status = model_path(context, model), StatusLine()
    try:
        status.show(context.strings("cli.loading", model=path.stem))
        async with open_model(context, path) as client:
            return await Grader(client, sparing=True).grade(
                item,
                answer,
                context.language,
                sections=sections,
                report=lambda done, total: status.show(
                    context.strings("cli.grade.points", done=done, total=total)
                ),
            )
    finally:
        status.clear()


def _stdin() -> str:
    return whole(sys.stdin.read()).rstrip("\n")


def _jobs(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(f"from 1 to {_MOST_JOBS} jobs")
    return number


_jobs.__name__ = "number"
