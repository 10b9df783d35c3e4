"""An hour of study during which the worker is killed a hundred times: no answer is lost, nothing hangs, nothing stays."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from itertools import count, cycle
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace

from tests.llm.lora import write_lora
from tests.waiting import PATIENCE, gone, until
from tutor.content.loader import LoadedCourse, load_course
from tutor.content.schema import Explain, Lesson, item_hash
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Adapter, ModelError, NoModel, WorkerDied
from tutor.paths import bundled
from tutor.study import record
from tutor.study.store import Store
from tutor.tutoring.followup import FollowUp

PHASES = ("load", "prefill", "choose", "chat", "swap")
KILLS = 20
"""In each phase."""
IN_THE_MIDDLE = 10
"""So many at least: the others come when the phase has just ended, and hit a worker with nothing to do."""
LATEST = 0.8  # seconds after which a step is killed at the latest
LONGEST = (
    5.0  # seconds from a kill until whoever waited knows of it, and until the model is there again
)
TRIES = 3
PIECES = 6
CONTEXT = 2048
WORDS = "A zero-shot prompt has no examples, a few-shot prompt has a few, 그리고 가중치는 그대로다."
ITEM = "zero-shot-vs-few-shot"
QUESTION = "Do the weights change?"

Step = Callable[[], Awaitable[None]]


class NotGraded(Exception):
    """The verdict says that it is none."""


class Hour:
    """One learner's store and model, and what came of them."""

    def __init__(
        self, store: Store, course: LoadedCourse, models: list[Path], folder: Path
    ) -> None:
        self.store, self.course = store, course
        self.client = HostedClient(log=folder / "model.log")
        self.grader = Grader(self.client)
        self.given: dict[str, str] = {}
        self.questions = 0
        self.workers: set[int] = set()
        self.said: set[str] = set()
        self._models = cycle(models)
        self._adapters = cycle([[Adapter(str(write_lora(folder / "a.gguf", strength=0.3)))], []])
        self._lesson, self._item = _explanation(course)
        self._numbers = count(1)
        self.others = {each.pid for each in psutil.Process().children()}

    def script(self, phase: str) -> Step:
        """What the learner does next, to be done again as often as it fails."""
        lesson, item = self._lesson, self._item
        words = f"{WORDS} ({next(self._numbers)})"
        match phase:
            case "load":
                return self._load
            case "prefill":
                return lambda: self._type(item, words)
            case "choose":
                return self._hand_in(item, words)
            case "chat":
                return self._ask(lesson)
            case _:
                return self._swap

    async def once(self, step: Step) -> bool:
        """Whether it worked; what did not has said so in one line."""
        try:
            async with asyncio.timeout(PATIENCE):
                await step()
        except (ModelError, NotGraded) as error:
            self.said.add(str(error))
            return False
        return True

    async def back(self) -> None:
        """Wait until the model answers again; not for one that was never there."""
        while True:
            try:
                await self.client.tokenize("there?")
            except WorkerDied:  # nobody had noticed yet
                continue
            except NoModel:
                return
            return

    async def until_done(self, step: Step) -> None:
        """Try again as a learner does: the same, and then with the model chosen again."""
        for _ in range(TRIES):
            if await self.once(step):
                return
            if (await self.client.status()).worker_pid is None:
                await self.once(self._load)
        raise AssertionError(f"{TRIES} times in a row it did not work, and nobody killed anything")

    def kill(self) -> bool:
        """Kill the worker, also one that has not said hello yet; whether there was one."""
        found = False
        for child in psutil.Process().children():
            if child.pid not in self.others and not gone(child.pid):
                self.workers.add(child.pid)
                child.kill()
                found = True
        return found

    async def _load(self) -> None:
        await self.client.close()
        await self.client.load(next(self._models), n_ctx=CONTEXT)

    async def _swap(self) -> None:
        await self.client.load(next(self._models), n_ctx=CONTEXT)
        await self.client.adapters(next(self._adapters))

    async def _type(self, item: Explain, words: str) -> None:
        self.store.save_draft(self.course.address(item.id), words)
        await self.grader.prefill(item, "en", words)

    def _hand_in(self, item: Explain, words: str) -> Step:
        answer = ExplainAnswer(text=words)
        address = self.course.address(item.id)
        given = record.answered(self.store, None, address, item_hash(item), answer, "en")
        self.given[given] = words

        async def graded() -> None:
            verdict = await self.grader.grade(item, answer, "en")
            record.judged(self.store, given, verdict)
            if verdict.verdict == "ungraded":
                raise NotGraded(verdict.feedback)

        return graded

    def _ask(self, lesson: Lesson) -> Step:
        self.questions += 1
        scope = f"{self.course.course.id}/{lesson.id}"
        asked = record.asked(self.store, scope, QUESTION)

        async def replied() -> None:
            pieces: list[str] = []
            talk = FollowUp(self.client, lesson, "en", writes=True)
            async with contextlib.aclosing(talk.ask(QUESTION)) as stream:
                async for piece in stream:
                    pieces.append(piece)
                    if len(pieces) == PIECES:
                        break
            record.replied(self.store, asked, "".join(pieces), finish="cancelled")

        return replied


def _explanation(course: LoadedCourse) -> tuple[Lesson, Explain]:
    """One with its lesson, both cut short: a minute of reading after each kill would show nothing more."""
    found = course.find(ITEM)
    assert found is not None
    lesson, item = found
    assert isinstance(item, Explain)
    short = replace(lesson, sections=lesson.sections[:1])
    return short, replace(item, points=item.points[:2], misconceptions=[])


@pytest.fixture
def hour(smollm: Path, tmp_path: Path) -> Iterator[Hour]:
    """Two models, which are the same file twice."""
    other = tmp_path / "other.gguf"
    other.symlink_to(smollm)
    course = load_course(bundled("content") / "llm-basics").course
    assert course is not None
    with Store(tmp_path / "study.db") as store:
        yield Hour(store, course, [smollm, other], tmp_path)


async def test_a_hundred_kills_lose_nothing(hour: Hour) -> None:
    dice = random.Random(7)
    usual: dict[str, float] = {}
    for phase in PHASES:  # the first time is slower than the others
        await hour.until_done(hour.script(phase))
    for phase in PHASES:
        began = time.perf_counter()
        await hour.until_done(hour.script(phase))
        usual[phase] = time.perf_counter() - began

    hit: Counter[str] = Counter()
    ungraded: list[Step] = []
    kills = list(PHASES) * KILLS
    dice.shuffle(kills)
    for phase in kills:
        step = hour.script(phase)
        work = asyncio.ensure_future(hour.once(step))
        await asyncio.wait([work], timeout=dice.uniform(0, min(LATEST, usual[phase])))
        hit[phase] += not work.done()
        await until(hour.kill)
        worked = await asyncio.wait_for(work, LONGEST)
        await asyncio.wait_for(hour.back(), LONGEST)
        if phase in ("load", "swap") and not worked:
            await hour.until_done(step)
        elif phase == "choose" and not worked:
            ungraded.append(step)
        if (await hour.client.status()).model is None:  # it was set aside
            await hour.until_done(hour.script("load"))
    for step in ungraded:
        await hour.until_done(step)
    await hour.client.close()

    assert {phase: hit[phase] for phase in PHASES if hit[phase] < IN_THE_MIDDLE} == {}
    assert len(hour.workers) == len(kills)
    assert all(said and said.isprintable() for said in hour.said)
    assert all(gone(pid) for pid in hour.workers)
    assert {each.pid for each in psutil.Process().children()} <= hour.others
    for given, words in hour.given.items():
        attempt = record.attempt(hour.store, given)
        assert attempt is not None
        assert attempt.answer == ExplainAnswer(text=words)
        assert attempt.verdict is not None
        assert attempt.verdict.verdict != "ungraded"
    assert len(hour.given) == KILLS + 2
    assert hour.store.rebuild() == len(list(hour.store.events()))
