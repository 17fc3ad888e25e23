"""How the units of a study are arranged on the pages of its editions: few at large, many by
department.
"""

from __future__ import annotations

from analysis.publishing.wording.sentences import MOST_UNITS_NAMED
from analysis.study import Directorate, Study

MOST_AT_LARGE = 12
"""Units that a page over all of them shows at large, each with its tiles and its line; more of them
have a row each, and the rest on pages of their own."""


def units_in_bar(study: Study) -> tuple[Directorate, ...]:
    """The units whose pages the navigation leads to: those that have no department, departments
    among them; none where they are many, since the first page then leads to them.
    """
    top = tuple(unit for unit in study.directorates if unit.parent is None)
    return top if len(top) <= MOST_AT_LARGE else ()


def are_many(study: Study) -> bool:
    """Whether a study has more units, departments left out, than can be named one by one."""
    return sum(len(units) for _, units in study.by_department()) > MOST_UNITS_NAMED


def unit_groups(study: Study) -> list[tuple[Directorate | None, tuple[Directorate, ...]]]:
    """The units as tables with a row each show them: all in one; many, by department, which comes
    first in its own.
    """
    if not are_many(study):
        return [(None, study.directorates)]
    return [
        (department, units if department is None else (department, *units))
        for department, units in study.by_department()
    ]
