"""One item, all the names it was ever known by: so that renaming it in a course keeps its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.content.loader import LoadedCourse


def keys(course: LoadedCourse, item_id: str) -> list[str]:
    """The keys of an item's history: "course/item" by today's id, then by its old ones; `item_id` may be any of them."""
    today = course.address(item_id)
    return [today, *old_keys(course).get(today, ())]


def old_keys(course: LoadedCourse) -> dict[str, list[str]]:
    """Today's key of each renamed item to the keys it had before."""
    found: dict[str, list[str]] = {}
    for old in course.course.aliases:
        today, former = course.address(old), f"{course.course.id}/{old}"
        if today != former:
            found.setdefault(today, []).append(former)
    return found
