"""Course text and model output as Markdown that can neither open anything nor draw anything but text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from textual.widgets import Markdown
from textual.widgets._markdown import MarkdownTable

_WEB = ("http://", "https://", "mailto:")


class _Table(MarkdownTable):
    """A table without tooltips, which Textual would read as markup."""

    def on_mount(self) -> None:
        for cell in self.query("MarkdownTableCellContents"):
            cell.tooltip = None


class CourseMarkdown(Markdown):
    """Links and pictures show as words followed by their address; HTML shows as it is written."""

    BLOCKS = Markdown.BLOCKS | {"table_open": _Table}

    def __init__(
        self,
        markdown: str = "",
        *,
        id: str | None = None,
        classes: str | None = None,
        parser: Callable[[], MarkdownIt] | None = None,
    ) -> None:
        """`parser` gives one that `plain_parser` made, with further rules."""
        super().__init__(
            markdown,
            id=id,
            classes=classes,
            parser_factory=parser or _shared_parser,
            open_links=False,
        )


@cache
def _shared_parser() -> MarkdownIt:
    return plain_parser()


def plain_parser() -> MarkdownIt:
    """A parser after which no token opens anything."""
    parser = MarkdownIt("gfm-like", {"html": False, "linkify": False}).disable("linkify")
    parser.core.ruler.push("plain_links", _plain_links)
    return parser


def _plain_links(state: StateCore) -> None:
    """Replace links and pictures by their words and, for the web, their address in brackets."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = [plain for child in _with_targets(block.children) for plain in child]


def _with_targets(children: list[Token]) -> list[list[Token]]:
    out: list[list[Token]] = []
    targets: list[str] = []
    words: list[str] = []
    for child in children:
        if child.type == "link_open":
            targets.append(str(child.attrs.get("href", "")))
            words.clear()
        elif child.type == "link_close":
            out.append(_address(targets.pop(), "".join(words)))
        elif child.type == "image":
            out.append(
                [_text(child.content), *_address(str(child.attrs.get("src", "")), child.content)]
            )
        else:
            words.append(child.content)
            out.append([child])
    return out


def _address(target: str, words: str) -> list[Token]:
    return [_text(f" ({target})")] if target.startswith(_WEB) and target != words else []


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
