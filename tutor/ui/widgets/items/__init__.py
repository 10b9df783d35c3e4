"""One widget for each kind of item."""

from __future__ import annotations

from tutor.content.schema import (
    Choice,
    Cloze,
    Explain,
    Item,
    Language,
    Match,
    Numeric,
    Order,
    Short,
    TrueFalse,
)
from tutor.ui.widgets.items.base import ItemWidget
from tutor.ui.widgets.items.choice import ChoiceItem
from tutor.ui.widgets.items.cloze import ClozeItem
from tutor.ui.widgets.items.explain import ExplainItem
from tutor.ui.widgets.items.line import NumericItem, ShortItem
from tutor.ui.widgets.items.match import MatchItem
from tutor.ui.widgets.items.order import OrderItem
from tutor.ui.widgets.items.true_false import TrueFalseItem

__all__ = [
    "ChoiceItem",
    "ClozeItem",
    "ExplainItem",
    "ItemWidget",
    "MatchItem",
    "NumericItem",
    "OrderItem",
    "ShortItem",
    "TrueFalseItem",
    "item_widget",
]


def item_widget(item: Item, language: Language, seed: int) -> ItemWidget:
    """The widget that answers `item`; `seed` shuffles, the same on every opening."""
    match item:
        case Choice():
            return ChoiceItem(item, language, seed)
        case TrueFalse():
            return TrueFalseItem(item, language, seed)
        case Cloze():
            return ClozeItem(item, language, seed)
        case Short():
            return ShortItem(item, language, seed)
        case Numeric():
            return NumericItem(item, language, seed)
        case Order():
            return OrderItem(item, language, seed)
        case Match():
            return MatchItem(item, language, seed)
        case Explain():
            return ExplainItem(item, language, seed)
