"""The sentences on what of a change comes of other people having answered."""

from __future__ import annotations

from analysis.publishing.released import Changes, ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.sentences import Sentence, Wording, range_text


def decomposition_texts(
    wording: Wording, figures: ReleasedFigures, figure: ReleasedFigure, changes: Changes
) -> list[Sentence]:
    """What composition explains of a figure's change since the wave that it is compared with, by
    each profile; none where the change is not judged.

    It explains something where its interval excludes 0.
    """
    if changes.reference is None or not changes.reference.word:
        return []
    about = {
        "directorate": str(figure.directorate),
        "wave": str(figure.wave),
        "indicator": figure.indicator,
        "definition": figure.definition,
    }
    texts = []
    for breakdown in wording.study.breakdowns:
        parts = {
            part.category: part
            for part in figures.select("decompositions", **about, breakdown=breakdown.id)
            if not part.hidden
        }
        if len(parts) < 2:
            continue
        composition, within = parts["composition"], parts["within"]
        if composition.low is None or composition.high is None:
            continue
        explains = composition.low > 0 or composition.high < 0
        bounds = wording.formats.range(composition.low, composition.high, composition, decimals=1)
        texts.append(
            wording.said(
                "decomposition_some" if explains else "decomposition_none",
                [composition, within],
                profile=wording.language.typeset(breakdown.label),
                composition=wording.formats.number(
                    composition.shown_value, composition, decimals=1
                ),
                within=wording.formats.value(within),
                range=range_text(wording, composition, bounds),
            )
        )
    return texts
