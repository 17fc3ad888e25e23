"""Places: what the texts of a table's column of places stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.intake.columns import site_directorates
from analysis.intake.measures.mapping import MeasureTable
from analysis.study import Study
from analysis.study.labels import normalise


@dataclass(frozen=True)
class Place:
    """Of what a row is.

    Attributes:
        role: `followed` where its figures are kept; `other` where they count in totals alone;
            `total` where they are the totals.
        directorate, site: Of a followed one; the site is empty where it is a directorate.
        name: The text of another one, or the number of a total among those of its indicator.

    """

    role: Literal["followed", "other", "total"]
    directorate: str = ""
    site: str = ""
    name: str = ""


def known_places(table: MeasureTable, study: Study) -> dict[str, Place]:
    """What each text of the column of places stands for, as texts are compared."""
    if table.directorate is not None:
        followed = {
            unit.id: Place(role="followed", directorate=unit.id) for unit in study.directorates
        }
    else:
        followed = {
            site: Place(role="followed", directorate=directorate, site=site)
            for site, directorate in site_directorates(study).items()
        }
    places = {normalise(name): place for name, place in followed.items()}
    places |= {normalise(text): followed[name] for text, name in table.places.items()}
    others = [normalise(text) for text in table.other_places]
    places |= {text: Place(role="other", name=text) for text in others}
    return places | {normalise(text): Place(role="total") for text in table.totals}
