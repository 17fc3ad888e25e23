"""False claims counted: per family and scenario, with what chance makes of the share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy import stats

from benchmarks.truth.scoring import WITHOUT_LIMIT
from benchmarks.truth.verdicts import Verdict

LIMIT = 0.05
"""The share of studies in which a claim of a family may be false."""

ALL = "all"
"""The row of a family over all scenarios."""


@dataclass(frozen=True)
class Row:
    """A family in a scenario, or in all of them.

    Attributes:
        cases, false: In how many a claim could be false, and in how many it is: studies, or figures
            where each counts for itself.
        studies: In how many studies they stand: figures of one study go together, and chance is
            judged as if it said one thing.

    """

    family: str
    scenario: str
    cases: int
    false: int
    studies: int

    @property
    def share(self) -> float:
        """Of the cases."""
        return self.false / self.cases

    @property
    def interval(self) -> tuple[float, float]:
        """Clopper and Pearson's 95 % interval of the share: what the number of studies allows to
        say.
        """
        false, held = self.share * self.studies, (1 - self.share) * self.studies
        low, high = stats.beta.ppf(0.025, false, held + 1), stats.beta.ppf(0.975, false + 1, held)
        return (
            0.0 if self.false == 0 else float(low),
            1.0 if self.false == self.cases else float(high),
        )

    @property
    def held(self) -> bool:
        """Whether the limit holds: over all scenarios as counted, in one of them unless chance
        cannot explain more. A family without a limit breaks none.
        """
        if self.family in WITHOUT_LIMIT:
            return True
        return (self.share if self.scenario == ALL else self.interval[0]) <= LIMIT


def count_studies(studies: Iterable[tuple[str, Sequence[Verdict]]]) -> list[Row]:
    """The rows of some studies: scenario and verdicts of each. A family in which claims of a study
    count together counts once a study: false where any of them is.
    """
    cases, false, seen = (Counter[tuple[str, str]]() for _ in range(3))
    for scenario, verdicts in studies:
        outcome: dict[tuple[str, str], bool] = {}
        for verdict in verdicts:
            key = verdict.family, verdict.about
            outcome[key] = outcome.get(key, False) or verdict.false
        for (family, _), is_false in outcome.items():
            for place in (scenario, ALL):
                cases[family, place] += 1
                false[family, place] += is_false
        families = {family for family, _ in outcome}
        seen.update((family, place) for family in families for place in (scenario, ALL))
    return [Row(*key, cases[key], false[key], seen[key]) for key in cases]


def printed(rows: Sequence[Row], *, scenarios: Sequence[str]) -> str:
    """The table as text, families one after the other, each with its scenarios."""
    lines = [
        f"{'family':<42} {'scenario':<25} {'cases':>6} {'false':>6} {'share':>7}  "
        f"{'95 % interval':<15} at most {100 * LIMIT:g} %"
    ]
    order = {name: rank for rank, name in enumerate((ALL, *scenarios))}
    families = list(dict.fromkeys(row.family for row in sorted(rows, key=lambda row: row.family)))
    for family in families:
        chosen = [row for row in rows if row.family == family]
        for row in sorted(chosen, key=lambda row: order[row.scenario]):
            low, high = row.interval
            limit = "–" if family in WITHOUT_LIMIT else "held" if row.held else "BROKEN"
            lines.append(
                f"{row.family:<42} {row.scenario:<25} {row.cases:>6} {row.false:>6} "
                f"{100 * row.share:>6.1f}%  [{100 * low:4.1f}, {100 * high:5.1f}]   "
                f"{limit}"
            )
    return "\n".join(lines)
