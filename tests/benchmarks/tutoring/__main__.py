"""How well a model tutors: `python -m tests.benchmarks.tutoring --model NAME`.

The tables are computed from what the model wrote once and is kept in `measured/`, in seconds. `--collect` asks it: the
questions of learners beside their lesson, on the path that the app takes, with the tutor's adapter and without, and alone,
which is the baseline; the labelled sentences; hints to a hundred answers that lack something. It goes on where it was cut off. `--fit` writes the curve that
tells what the lesson says into the model's calibration. Exit code 0 when every target is met, 1 when one is missed, 2 for
wrong usage.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Literal, get_args

import msgspec

from tests.benchmarks.grading.calibrate import write_calibration
from tests.benchmarks.grading.targets import Target
from tests.benchmarks.tutoring import figures, hints, labels, replies, retrieval, support, voices
from tests.benchmarks.tutoring.labelled import questions
from tests.benchmarks.tutoring.record import FOLDER, About, Record, Row, Way, path_of
from tests.benchmarks.tutoring.sentences import to_fit, to_test
from tutor.content.schema import LANGUAGES, Language
from tutor.grading.calibration import Calibration, load_all
from tutor.grading.grader import Grader
from tutor.llm.catalog import load_catalog
from tutor.llm.fitted import Fingerprint
from tutor.llm.hosted import HostedClient
from tutor.llm.installed import ModelNotFound, resolve
from tutor.llm.protocol import BadModel, Client, ModelError
from tutor.paths import bundled, model_roots, places
from tutor.tutoring.voice import put_on

Part = Literal["sentences", "tutor", "hints", "untuned", "bare"]
PARTS: tuple[Part, ...] = get_args(Part)
"""In this order: the last two are asked without the tutor's adapter."""


async def collect(
    name: str, parts: Sequence[Part], *, afresh: bool, again: bool, ship: bool
) -> Record:
    """Ask for what is not in the record, with `again` only check what replies are there; `ship`: let the adapter that lies
    there be worn. Raises ModelError, ModelNotFound."""
    catalog = load_catalog(bundled("models") / "catalog.yaml")
    known = catalog.find(name)
    client = HostedClient(log=places().log / "benchmark.log")
    try:
        info = await client.load(resolve(name, model_roots(places(), os.environ), catalog))
        grader = Grader(client)
        judge = await grader.judge()
        model = Fingerprint(
            name=name,
            architecture=info.architecture,
            parameters=info.parameters,
            bytes=info.bytes,
            sha256=known.sha256,
        )
        if ship:
            print(f"written: {voices.write(model)}")
        voice = await put_on(client)
        if ship and voice is None:
            raise BadModel("the adapter that lies there can't be worn")
        about = About(
            model=model, adapter=judge.calibration.adapter, voice=voice.adapter if voice else None
        )
        if afresh:
            path_of(name).unlink(missing_ok=True)
        record = Record.of(path_of(name), about)
        for part in sorted(parts, key=PARTS.index):
            if part in ("untuned", "bare"):
                await client.adapters([], lane="chat")
            done = 0
            async for row in _asked(part, record, client, grader, again=again):
                record.put(row)
                done += 1
                print(f"\r{part} {done}", end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
        return record
    finally:
        await client.close()


async def _asked(
    part: Part, record: Record, client: Client, grader: Grader, *, again: bool
) -> AsyncIterator[Row]:
    if part == "sentences":
        async for margin in support.ask_all(record, await grader.judge()):
            yield margin
    elif part == "hints":
        async for hint in hints.ask_all(record, client, grader):
            yield hint
    else:
        async for reply in replies.ask_all(record, client, grader, part, again=again):
            yield reply


def report(record: Record, calibration: Calibration | None) -> list[Target]:
    """Print the tables; what of them has to be reached."""
    reached: list[Target] = []
    for language in LANGUAGES:
        found = retrieval.found(questions(language), retrieval.as_it_is(language))
        recall = retrieval.score(found).recall_at_3
        reached.append(
            Target(f"recall@3 of {len(found)} questions, {language}", recall, retrieval.TARGET)
        )
    if calibration is not None and record.replies:
        reached += _replies(record, calibration)
    sentences = support.rows(record.margins, to_test())
    if calibration is not None and sentences:
        print(*support.report(sentences, calibration), sep="\n")
        told = support.by_curve(sentences, calibration.support or calibration.points)
        share = support.unmarked(told)
        reached.append(
            Target("unsupported sentences not marked", share, support.UNMARKED, at_most=True)
        )
    if record.hints:
        print()
        print(*hints.report(record.hints), sep="\n")
        reached.append(
            Target(
                f"leaks of {len(record.hints)} hints", hints.leaks(record.hints), 0, at_most=True
            )
        )
    return reached


def _replies(record: Record, calibration: Calibration) -> list[Target]:
    says = figures.says_by(calibration.points)
    read = labels.read(labels.path_of(FOLDER, record.about.model.name))
    scored: dict[str, dict[Language, figures.Scored]] = {}
    ways: tuple[Way, ...] = get_args(Way)
    for way in ways:
        mine = [reply for reply in record.replies if reply.way == way]
        scored[way] = {it: figures.score(mine, it, read, says) for it in LANGUAGES}
    columns = [(f"{way} {it}", scored[way][it]) for it in LANGUAGES for way in ways]
    print(*figures.lines([each for each in columns if each[1].replies]), sep="\n")
    return list(figures.targets(scored["tutor"], scored["bare"]))


def calibration_of(model: Fingerprint) -> Calibration | None:
    """What ships for the model."""
    found = load_all(bundled("models") / "grading")
    return next((each for each in found if each.model == model and each.adapter is not None), None)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.tutoring",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="a name of the catalogue")
    parser.add_argument("--collect", action="store_true", help="ask the model")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to ask for")
    parser.add_argument(
        "--afresh", action="store_true", help="with --collect: forget what it wrote before"
    )
    parser.add_argument(
        "--again", action="store_true",
        help="with --collect: check the replies that are there anew, without a new one being written",
    )  # fmt: skip
    parser.add_argument(
        "--ship", action="store_true",
        help="with --collect: let the program wear models/adapters/tutor-NAME.gguf first",
    )  # fmt: skip
    parser.add_argument("--fit", action="store_true", help="write the curve into the calibration")
    arguments = parser.parse_args(argv)
    if arguments.ship and not arguments.collect:
        parser.error("--ship needs --collect")
    try:
        if arguments.collect:
            record = asyncio.run(
                collect(
                    arguments.model,
                    arguments.parts,
                    afresh=arguments.afresh,
                    again=arguments.again,
                    ship=arguments.ship,
                )
            )
        else:
            record = Record.read(path_of(arguments.model))
    except (ModelNotFound, ModelError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    calibration = calibration_of(record.about.model)
    if arguments.fit and calibration is not None:
        rows = support.rows(record.margins, to_fit())
        if len(rows) < len(to_fit()):
            parser.error("--fit needs what --collect --parts sentences measures")
        curve = support.fit(rows)
        calibration = msgspec.structs.replace(calibration, support=curve)
        print(f"written: {write_calibration(calibration)}")
    reached = report(record, calibration)
    print("\nTargets")
    for target in reached:
        print(target)
    return int(not all(target.met for target in reached))


if __name__ == "__main__":
    sys.exit(main())
