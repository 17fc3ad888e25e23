"""The sentences on series that others publish: where a definition changed, and what changed beside
it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.publishing.wording.changes import MOVED
from analysis.publishing.wording.language import Language
from analysis.study import Definition


def published_reading(
    language: Language, row: Mapping[str, Any], definitions: Sequence[Definition]
) -> str:
    """What a change of definition made of a published series.

    Args:
        language: It writes.
        row: A row of `indicators.PublishedBreaks`.
        definitions: Those of the series, by their labels.

    """
    labels = {one.id: language.typeset(one.label) for one in definitions}
    unknown = language.text("definition_unknown")
    shown = [row[f"published_{side}"] or 0.0 for side in ("previous", "now")]
    decimals = next(
        (count for count in range(2) if all(round(one, count) == round(one, 9) for one in shown)), 2
    )
    constant = [row[f"constant_{side}"] or 0.0 for side in ("previous", "now")]
    finer = decimals + 1
    if row["constant_word"] in MOVED:  # a move is printed with the decimals that show it
        apart = (
            count for count in range(finer, 4) if len({round(one, count) for one in constant}) > 1
        )
        finer = next(apart, 4)
    parts = {
        "period": str(row["period"]),
        "before": labels.get(str(row["before"]), unknown),
        "after": labels.get(str(row["after"]), unknown),
        "published": _pair(language, row, "published", decimals=decimals),
    }
    if row["constant_word"] == "":
        return language.text("published_break_alone", **parts)
    return language.text(
        f"published_break_{row['constant_word']}",
        constant=_pair(language, row, "constant", decimals=finer),
        **parts,
    )


def _pair(language: Language, row: Mapping[str, Any], name: str, *, decimals: int) -> str:
    """Two values, the one before and the one after."""
    values = [row[f"{name}_previous"], row[f"{name}_now"]]
    written = [
        language.text("sign_nd") if value is None else language.number(value, decimals=decimals)
        for value in values
    ]
    return language.text("from_to", first=written[0], last=written[1])
