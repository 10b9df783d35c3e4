"""What is shown of a graded answer."""

from tutor.ui.widgets.result.hints import HintLadder
from tutor.ui.widgets.result.panel import ResultPanel
from tutor.ui.widgets.result.points import PointList
from tutor.ui.widgets.result.summary import percent, summary

__all__ = ["HintLadder", "PointList", "ResultPanel", "percent", "summary"]
