"""Whether what `recipients.yml` names exists."""

from __future__ import annotations

from analysis.errors import quoted
from analysis.study.checking import Checker


def check_recipients(check: Checker) -> None:
    """Recipients are declared once, and name questions that are asked: in people's own words where
    they are handed over, closed where they mark.
    """
    recipients = check.study.recipients
    check.check_unique("recipients", "recipients", [one.id for one in recipients])
    texts = [name for name in check.items if _kind(check, name) == "text"]
    closed = [name for name in check.items if _kind(check, name) not in ("text", None)]
    for one in recipients:
        key = f"recipients.{one.id}"
        check.check_among("recipients", f"{key}.items", one.items, texts)
        if one.marked is None:
            continue
        check.check_among("recipients", f"{key}.marked.item", [one.marked.item], closed)
        scale = check.scale_of(one.marked.item)
        codes = () if scale is None else scale.codes
        for level in one.marked.levels:
            if codes and level not in codes:
                check.add_fault(
                    "recipients",
                    f"{key}.marked.levels",
                    f"{quoted(one.marked.item)} has no answer {level}.",
                    f"its answers are {', '.join(map(str, codes))}.",
                )


def _kind(check: Checker, item: str) -> str | None:
    """The kind of the scale of an item."""
    scale = check.scale_of(item)
    return None if scale is None else scale.kind
