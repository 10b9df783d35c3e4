"""The tutor panel: usable in a lesson and under a graded item."""

from tutor.ui.widgets.tutor_panel.panel import TutorPanel

__all__ = ["TutorPanel"]
