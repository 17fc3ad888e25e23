"""Whether `profiles.yml`, and the items on other products, agree with the rest of a study."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.study.checking import Checker
from analysis.study.profiles import FarFromDigital, Segments

FILE = "profiles"


def check_profiles(check: Checker) -> None:
    """Items exist and are closed questions on who answers; levels are those of their scales."""
    _check_uses(check)
    profiles = check.study.profiles
    if profiles is None:
        return
    _check_items(check, "items", profiles.items)
    if profiles.far_from_digital is not None:
        _check_far(check, profiles.far_from_digital)
    if profiles.segments is not None:
        _check_segments(check, profiles.segments)


def _check_uses(check: Checker) -> None:
    """An item on the use of a product names one, and is answered no or yes."""
    units = [unit.id for unit in check.study.directorates]
    for item in check.study.questionnaire.items:
        if item.uses is None:
            continue
        check.check_among("questionnaire", f"items.{item.id}.uses", [item.uses], units)
        scale = check.scale_of(item.id)
        if item.role != "profile" or (scale is not None and len(scale.levels) != 2):
            check.add_fault(
                "questionnaire",
                f"items.{item.id}.uses",
                f"{item.id!r} asks who uses a product, and is no profile of two answers.",
                "give it `role: profile`, and a scale of two levels: no, then yes.",
            )


def _check_items(check: Checker, key: str, items: Iterable[str]) -> None:
    items = list(items)
    check.check_unique(FILE, key, items)
    check.check_among(FILE, key, items, check.items)
    for name in items:
        scale = check.scale_of(name)
        if scale is None:
            continue
        if scale.kind == "text" or check.items[name].role != "profile":
            check.add_fault(
                FILE,
                key,
                f"{name!r} is no closed question on who answers.",
                "name items of `role: profile`, with levels.",
            )


def _check_far(check: Checker, far: FarFromDigital) -> None:
    _check_items(check, "far_from_digital.item", [far.item])
    scale = check.scale_of(far.item)
    if scale is None or not _check_levels(check, "far_from_digital.levels", far.item, far.levels):
        return
    ranks = sorted(scale.codes.index(code) for code in far.levels)
    if ranks != list(range(ranks[0], ranks[0] + len(ranks))) or len(ranks) == len(scale.codes):
        check.add_fault(
            FILE,
            "far_from_digital.levels",
            "These levels do not stand next to one another, or are the whole scale.",
            "name adjacent levels of it: their share is released as one figure.",
        )


def _check_segments(check: Checker, segments: Segments) -> None:
    _check_items(check, "segments.items", segments.items)
    check.check_unique(FILE, "segments.names", [name.id for name in segments.names])
    for name in segments.names:
        key = f"segments.names.{name.id}.answers"
        check.check_among(FILE, key, name.answers, segments.items)
        for item, level in name.answers.items():
            _check_levels(check, key, item, [level])


def _check_levels(check: Checker, key: str, item: str, levels: Iterable[int]) -> bool:
    """Adds a fault for each level that the scale of an item lacks; gives whether it has all."""
    scale = check.scale_of(item)
    codes = scale.codes if scale is not None else ()
    missing = [level for level in levels if level not in codes]
    if scale is not None:
        for level in missing:
            known = ", ".join(map(str, codes))
            what = f"{item!r} has no level {level}."
            check.add_fault(FILE, key, what, f"its scale has {known}.")
    return not missing
