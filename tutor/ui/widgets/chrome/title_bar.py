"""The one line on top: where one is, and on the right the language and the model."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tutor.ui.cells import fit
from tutor.ui.downloads import Download
from tutor.ui.model_state import ModelState
from tutor.ui.strings import Strings

STAGE_MARKS = {"none": "○", "loading": "◌", "ready": "●", "failed": "✗"}
STAGE_STYLES = {
    "none": "$foreground-muted",
    "loading": "$text-warning",
    "ready": "$text-success",
    "failed": "$text-error",
}


def model_line(state: ModelState, strings: Strings) -> Content:
    """The state of the model in a few words, with a sign and a colour that say the same."""
    text = strings(f"app.model.{state.stage}", model=state.title)
    return Content.styled(f"{STAGE_MARKS[state.stage]} {text}", STAGE_STYLES[state.stage])


class TitleBar(Widget):
    """`place` names the screen; `aside` is a note of the screen's own (time, hints) left of the language."""

    DEFAULT_CSS = "TitleBar { dock: top; height: 1; width: 1fr; padding: 0 1; background: $panel; }"

    place: reactive[str] = reactive("")
    aside: reactive[str] = reactive("")
    download: reactive[Download] = reactive(Download())
    model: reactive[ModelState] = reactive(ModelState())

    def __init__(self, place: str = "") -> None:
        super().__init__()
        self.set_reactive(TitleBar.place, place)

    def on_mount(self) -> None:
        app = self.app
        self.watch(app, "model", self._show_model)
        self.watch(app, "download", self._show_download)
        self.watch(app, "language", self._say_again, init=False)

    def render(self) -> RenderResult:
        strings: Strings = self.app.strings  # type: ignore[attr-defined]
        arriving = f"↓ {round(self.download.share * 100)} %" if self.download.running else ""
        right = [Content(part) for part in (self.aside, arriving, strings("app.language")) if part]
        tail = Content("  ").join([*right, model_line(self.model, strings)])
        tail = tail.truncate(max(0, self.size.width - 8), ellipsis=True)
        room = self.size.width - tail.cell_length - 2
        return Content.assemble((fit(self.place, room), "bold"), "  ", tail)

    def _show_model(self, state: ModelState) -> None:
        self.model = state

    def _show_download(self, download: Download) -> None:
        self.download = download

    def _say_again(self) -> None:
        self.refresh()
