"""The line at the bottom: the keys that work here and what they do, in the learner's language."""

from __future__ import annotations

from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

from tutor.ui.strings import Strings


class KeyBar(Widget):
    """Shows the bindings whose description is a strings key; what does not fit is left to F1, whose hint always shows."""

    DEFAULT_CSS = (
        "KeyBar { dock: bottom; height: 1; width: 1fr; padding: 0 1; background: $panel; }"
    )
    ALLOW_SELECT = False
    auto_links = False

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self.watch(self.app, "language", self._say_again, init=False)

    def render(self) -> RenderResult:
        strings: Strings = self.app.strings  # type: ignore[attr-defined]
        hints = [self._hint(binding, strings) for binding in shown_bindings(self.screen, strings)]
        last = [hint for hint in hints if hint.plain.startswith("F1 ")]
        rest = [hint for hint in hints if hint not in last]
        room = self.size.width - sum(hint.cell_length + 2 for hint in last)
        kept: list[Content] = []
        for hint in rest:
            room -= hint.cell_length + 2
            if room < -2:
                break
            kept.append(hint)
        return Content("  ").join([*kept, *last])

    def _hint(self, binding: Binding, strings: Strings) -> Content:
        press = Style.from_meta({"@click": f"app.simulate_key({binding.key!r})"})
        key = Content.styled(
            key_label(self.app.get_key_display(binding), binding), "bold $text-accent"
        )
        return Content.assemble(key, " ", strings(binding.description)).stylize(press)

    def _say_again(self) -> None:
        self.refresh()

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if screen is self.screen:
            self.refresh()


def key_label(display: str, binding: Binding) -> str:
    """How a key is written: F1, ^P, Enter, Esc, r."""
    return binding.key_display or (
        display.upper() if display[:1] in "f^" and len(display) > 1 else display
    )


def shown_bindings(
    screen: Screen[object], strings: Strings, *, hidden: bool = False
) -> list[Binding]:
    """The active bindings that have a label, one an action, the innermost first; with `hidden` those not in the bar follow."""
    found: dict[tuple[str, str], Binding] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.description in strings and (binding.show or hidden) and active.enabled:
            found.setdefault((binding.action, binding.description), binding)
    return sorted(found.values(), key=lambda binding: not binding.show)
