"""What a learner did before a test begins."""

from __future__ import annotations

from tutor.grading.answer import ShortAnswer
from tutor.grading.verdict import PointVerdict, Verdict
from tutor.study import record
from tutor.ui.workspace import Workspace


def read_all(workspace: Workspace, lesson_id: str) -> None:
    """Opened a lesson and read all of it."""
    lesson = workspace.courses[0].lesson(lesson_id)
    assert lesson is not None
    record.opened(workspace.store, "tiny", lesson_id)
    for section in lesson.sections:
        record.section_read(workspace.store, "tiny", lesson_id, section.id)


def answer(workspace: Workspace, item: str, score: float, unmet: str | None = None) -> None:
    """Answered an item, with a score and perhaps one point missed."""
    id = record.answered(
        workspace.store, None, f"tiny/{item}", None, ShortAnswer(text="words"), "en"
    )
    points = [PointVerdict(id=unmet, probability=0.1, verdict="unmet", by="model")] if unmet else []
    verdict = Verdict(item=item, language="en", score=score, verdict="partial", points=points)
    record.judged(workspace.store, id, verdict)
