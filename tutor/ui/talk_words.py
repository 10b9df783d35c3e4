"""What talks are called, on the screen and in a document. No Textual here."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.content.address import AddressError, Found, find
from tutor.content.loader import LoadedCourse
from tutor.content.schema import say
from tutor.exchange.talks import TalkAbout, Words
from tutor.study.talk import EVERYWHERE, Turn
from tutor.ui.strings import Strings


def topic(scope: str, courses: Sequence[LoadedCourse]) -> Found | None:
    """The lesson, and perhaps the item in it, that a talk is about; None where neither is there any more."""
    try:
        found = find(scope, courses)
    except AddressError:
        return None
    return found if found.lesson else None


def name(scope: str, courses: Sequence[LoadedCourse], strings: Strings) -> str:
    """The lesson's title or the item's question; the scope itself where the place is gone."""
    found = topic(scope, courses)
    if found is None or found.lesson is None:
        return strings("talks.everywhere") if scope == EVERYWHERE else scope
    return say(found.item.prompt if found.item else found.lesson.title, strings.language)


def about(
    scope: str, turns: Sequence[Turn], courses: Sequence[LoadedCourse], strings: Strings
) -> TalkAbout:
    """A talk as it stands in a document, under the titles of its course and lesson as well."""
    titles = [name(scope, courses, strings)]
    if found := topic(scope, courses):
        if found.item and found.lesson:
            titles.insert(0, say(found.lesson.title, strings.language))
        titles.insert(0, say(found.course.course.title, strings.language))
    return TalkAbout(" · ".join(titles), turns)


def document_words(strings: Strings) -> Words:
    """The words of a document of talks."""
    return Words(
        title=strings("talks.document"),
        sources=strings("talks.sources"),
        unanswered=strings("talks.unanswered"),
    )


def in_course(scope: str, course: str) -> bool:
    return scope.partition("/")[0] == course and scope != course
