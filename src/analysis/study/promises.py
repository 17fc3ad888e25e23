"""Whether what was promised and what is measured agree with the rest of a study."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.study.checking import Checker
from analysis.study.commitments import Commitment
from analysis.study.definitions import Indicator
from analysis.study.management import ADDITIVE, ManagementIndicator
from analysis.study.references import allowed_range


def check_commitments(check: Checker) -> None:
    """Commitments and actions name what there is, within its scale, where it is open."""
    study = check.study
    headings = {heading.id for heading in study.questionnaire.headings}
    sites = {site.id: site for unit in study.directorates for site in unit.sites}
    measured = {indicator.id: indicator for indicator in study.management}
    indicators = {indicator.id: indicator for indicator in study.indicators}
    for commitment in study.commitments:
        key = commitment.id
        check.check_among("commitments", f"{key}.heading", [commitment.heading], headings)
        check.check_among("commitments", f"{key}.posted", commitment.posted, sites)
        check.check_among(
            "commitments", f"{key}.perceived", filter(None, [commitment.perceived]), indicators
        )
        check.check_among(
            "commitments", f"{key}.measured", filter(None, [commitment.measured]), measured
        )
        if commitment.measured in measured and not measured[commitment.measured].norm:
            check.add_fault(
                "commitments",
                f"{key}.measured",
                f"Management indicator {commitment.measured!r} has no norm.",
                "a commitment is kept or not by the bound that was announced: give its `norm` "
                "in management.yml.",
            )
        if commitment.perceived in indicators:
            _check_target(check, commitment, indicators[commitment.perceived])
        for name, day in commitment.posted.items():
            if name in sites and not sites[name].is_open_on(day):
                check.add_fault(
                    "commitments",
                    f"{key}.posted.{name}",
                    f"This site is not open on {day}.",
                    "a commitment is posted where users are received: mend the day, or the "
                    "site's `opened` and `closed` in directorates.yml.",
                )
    known = {commitment.id for commitment in study.commitments}
    units = {directorate.id for directorate in study.directorates}
    for action in study.actions:
        check.check_among("actions", f"{action.id}.commitments", action.commitments, known)
        check.check_among("actions", f"{action.id}.directorates", action.directorates or (), units)


def _check_target(check: Checker, commitment: Commitment, indicator: Indicator) -> None:
    """A target lies within the scale of its indicator's primary definition."""
    definitions = {definition.id: definition for definition in check.study.definitions}
    primary = definitions.get(indicator.definitions[0])
    if commitment.target is None or primary is None:
        return
    low, high = allowed_range(primary)
    if not low <= commitment.target <= high:
        check.add_fault(
            "commitments",
            f"{commitment.id}.target",
            f"{commitment.target:g} is no value of definition {primary.id}.",
            f"it lies between {low:g} and {high:g}.",
        )


def check_management(check: Checker) -> None:
    """Management indicators name what there is, and are made of counts."""
    study = check.study
    headings = {heading.id for heading in study.questionnaire.headings}
    units = {directorate.id for directorate in study.directorates}
    indicators = {indicator.id for indicator in study.indicators}
    counts = {measured.id: measured for measured in study.management if measured.unit == ADDITIVE}
    known = {measured.id: measured for measured in study.management}
    for measured in study.management:
        key = measured.id
        parts = list(filter(None, (measured.of, measured.numerator)))
        for field, names, allowed in (
            ("heading", [measured.heading], headings),
            ("directorates", measured.directorates, units),
            ("norm", measured.norm, measured.directorates),
            ("perceived", [measured.perceived], indicators),
            ("announced", [measured.announced], known),
            ("of, numerator", parts, counts),
        ):
            check.check_among("management", f"{key}.{field}", filter(None, names), allowed)
        _check_measure(check, measured, counts, known)


def _check_measure(
    check: Checker,
    measured: ManagementIndicator,
    counts: Mapping[str, ManagementIndicator],
    known: Mapping[str, ManagementIndicator],
) -> None:
    """A measure has its counts in the same directorates, and what was announced in its unit."""
    announced = known.get(measured.announced or "")
    made_of = [counts.get(name) for name in (measured.of, measured.numerator) if name]
    units = {directorate.id for directorate in check.study.directorates}
    for part in filter(None, [*made_of, announced]):
        lacking = units.intersection(measured.directorates) - set(part.directorates)
        if lacking:
            check.add_fault(
                "management",
                measured.id,
                f"{part.id!r} is not measured in {', '.join(sorted(lacking))}.",
                "a measure, its counts and what was announced are of the same directorates.",
            )
    if announced is not None and announced.unit != measured.unit:
        check.add_fault(
            "management",
            f"{measured.id}.announced",
            f"{announced.id!r} is in another unit: {announced.unit}, not {measured.unit}.",
            "what was announced is compared with what was measured.",
        )
    for unit, bound in measured.norm.items():
        most = 100 if measured.unit == "share" else float("inf")
        if not 0 <= bound <= most:
            check.add_fault(
                "management",
                f"{measured.id}.norm.{unit}",
                f"{bound:g} is no value in {measured.unit}.",
                "a norm is 0 or more; in percent for a share.",
            )
