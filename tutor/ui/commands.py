"""Everything one can do, behind Ctrl+P: actions, lessons and quizzes, found in either language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher

from tutor.content.schema import LANGUAGES, Language, say
from tutor.ui.strings import Strings

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

ACTIONS = (
    ("app.home", "open_home"),
    ("app.models", "open_models"),
    ("app.talks", "open_talks"),
    ("app.other_language", "action_switch_language"),
    ("app.socratic", "action_switch_socratic"),
    ("app.help", "action_keys"),
    ("app.quit", "action_quit"),
)


@dataclass(frozen=True)
class Command:
    """`title` is what is shown; `also` the same in the other languages, so that it is found in any."""

    title: str
    also: tuple[str, ...]
    run: Callable[[], object]


def commands(app: TutorApp) -> Iterator[Command]:
    """All there is to do, in the order of likely need."""
    words = {language: Strings(language) for language in LANGUAGES}
    for key, title, run in _entries(app):
        names = {
            language: words[language](key, title=say(title, language) if title else "")
            for language in LANGUAGES
        }
        others = tuple(name for language, name in names.items() if language != app.language)
        yield Command(names[app.language], others, run)


def _entries(
    app: TutorApp,
) -> Iterator[tuple[str, dict[Language, str] | None, Callable[[], object]]]:
    for key, method in ACTIONS:
        yield key, None, getattr(app, method)
    for course in app.workspace.courses:
        for lesson in course.lessons:
            yield "app.read_lesson", lesson.title, partial(app.open_lesson, course, lesson.id)
            yield "app.quiz_lesson", lesson.title, partial(app.start_quiz, course, lesson.id)
        yield "app.quiz_course", course.course.title, partial(app.start_quiz, course, None)


class TutorCommands(Provider):
    """Feeds the palette. Titles are course data: shown as plain text."""

    async def discover(self) -> Hits:
        for command in commands(self._tutor):
            yield DiscoveryHit(Content(command.title), command.run, text=command.title)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        found = False
        for command in commands(self._tutor):
            shown = matcher.match(command.title)
            score = max(shown, *(matcher.match(title) for title in command.also))
            if score > 0:
                found = True
                yield Hit(score, _marked(matcher, command.title), command.run, text=command.title)

        if not found:
            nothing = self._tutor.strings("app.nothing_found")
            yield Hit(1, Content.styled(nothing, "$foreground-muted"), _do_nothing, text=nothing)

    @property
    def _tutor(self) -> TutorApp:
        return cast("TutorApp", self.app)


def _marked(matcher: Matcher, title: str) -> Content:
    """`title` with the matching letters marked; Textual's own way would read it as markup."""
    content = Content(title)
    _, offsets = matcher.fuzzy_search.match(matcher.query, title)
    for offset in offsets:
        content = content.stylize(matcher.match_style, offset, offset + 1)
    return content


def _do_nothing() -> None:
    """What choosing "nothing found" does."""
