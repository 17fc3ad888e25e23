"""The sentences on what of a change comes of other people having answered."""

from __future__ import annotations

from analysis.publishing.released import Changes, ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.sentences import Sentence, Wording, range_text


def decomposition_texts(
    wording: Wording, figures: ReleasedFigures, figure: ReleasedFigure, changes: Changes
) -> list[Sentence]:
    """What composition explains of a figure's change since the wave that it is compared with, by
    each profile; none where the change is not judged.

    Whether it explains something is the word of its figure.
    """
    if changes.reference is None or not changes.reference.word:
        return []
    about = {
        "directorate": str(figure.directorate),
        "wave": str(figure.wave),
        "indicator": figure.indicator,
        "definition": figure.definition,
    }
    texts: list[Sentence] = []
    none: list[tuple[str, list[ReleasedFigure]]] = []
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
        written = {
            "profile": wording.language.typeset(breakdown.label),
            "composition": wording.formats.number(composition.shown_value, composition, decimals=1),
            "range": range_text(
                wording,
                composition,
                wording.formats.range(composition.low, composition.high, composition, decimals=1),
            ),
        }
        if composition.word == "explains":
            value = wording.formats.value(within)
            both = [composition, within]
            texts.append(wording.said("decomposition_some", both, within=value, **written))
        else:
            none.append((wording.language.text("decomposition_part", **written), [composition]))
    if none:
        listed = wording.language.enumeration([part for part, _ in none])
        keys = [figure for _, own in none for figure in own]
        texts.append(wording.said("decomposition_none", keys, parts=listed))
    return texts
