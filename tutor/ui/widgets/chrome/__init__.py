"""What frames every screen: the title line above, the keys below."""

from tutor.ui.widgets.chrome.key_bar import KeyBar
from tutor.ui.widgets.chrome.title_bar import TitleBar

__all__ = ["KeyBar", "TitleBar"]
