"""Sentences on commitments and on what is measured against the truth."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from analysis.publishing.wording.sentences import upper_first
from benchmarks.truth.publication import Said
from benchmarks.truth.recorded import CLOSE, Figure
from benchmarks.truth.scored_results import LEVELS, levels
from benchmarks.truth.verdicts import Case, Verdict, scores, words_of

PERCEIVED = "kept or not, as perceived"
MEASURED = "kept or not, as measured"
READINGS = "readings of commitments"
UNTOLD = "commitment far from its target not told"
BOUNDS = "intervals of commitments, by directorate"
POSTING = "posting gaps, by directorate"
SITES_COUNTED = "sites that post, counted"
QUADRANTS = "quadrants"
DELIVERED = "announced and measured"
RELATED = "sites related, by directorate"

COHORT, TOTAL = "cohort", "total"
FAR = 2.0
"""How many half intervals from its target a commitment is far: one that is so is told."""

SIDES = ("perceived", "measured")
KEPT_SIDES = {"both": SIDES, "perceived": SIDES[:1], "measured": SIDES[1:]}
"""Reading → the sides on which it says that a commitment is kept."""

QUADRANT_SIDES = {
    "mastered": (True, True),
    "information": (True, False),
    "tolerated": (False, True),
    "priority": (False, False),
}
"""Quadrant → whether the norm is met, and the target reached."""


# --- as perceived ---------------------------------------------------------------------------------


@words_of("commitments")
def _word(figure: Figure, case: Case) -> Iterator[Verdict]:
    """The word of a perceived side, of a reading, or of a gap between sites."""
    if figure["kind"] == "reading":
        yield from _reading(figure, case)
    elif figure["breakdown"] == TOTAL:
        yield from perceived(figure, case)
        yield from _untold(figure, case)
    else:
        yield from _gap(figure, case)


def perceived(figure: Figure, case: Case) -> Iterator[Verdict]:
    """Whether the true value is on the side of the target on which its word says that it is."""
    above = case.truth.above_target(figure["indicator"], figure["directorate"])
    yield Verdict(PERCEIVED, _is_false(figure["word"], None if above is None else above >= 0))


def _is_false(word: str, reached: bool | None) -> bool:
    """Whether `kept` or `not_kept` is false; any other word says nothing. Where there is no bound,
    both are.
    """
    return (word == "kept" and reached is not True) or (word == "not_kept" and reached is not False)


def _untold(figure: Figure, case: Case) -> Iterator[Verdict]:
    """Whether nothing is said of a commitment that is truly far from its target."""
    above = case.truth.above_target(figure["indicator"], figure["directorate"])
    if above is None or figure["low"] is None:
        return
    if abs(above) > FAR * (figure["high"] - figure["low"]) / 2:
        yield Verdict(UNTOLD, figure["word"] not in ("kept", "not_kept"), about=figure["key"])


@scores("perceived_kept", "perceived_not_kept", "perceived_unclear")
def _perceived_side(said: Said, case: Case) -> Iterator[Verdict]:
    """The side is as its word says, the target as it was set, and the interval holds the truth."""
    figure, target = case.figures(said)
    yield from perceived({**figure, "word": said.rule.removeprefix("perceived_")}, case)
    yield from bound(target, case)
    held = figure["low"] <= case.truth.value(figure) <= figure["high"]
    yield Verdict(BOUNDS, not held, about=figure["directorate"])


def bound(target: Figure, case: Case) -> Iterator[Verdict]:
    """Whether a target is the one that was set."""
    declared = case.published.study.commitment(target["indicator"]).target
    yield Verdict(PERCEIVED, declared is None or not isclose(100 * target["value"], declared))


@scores("perceived_no_target", "perceived_no_claim")
def _perceived_level(said: Said, case: Case) -> Iterator[Verdict]:
    """Nothing is claimed but a level, and the target, where there is one."""
    figure, *targets = case.figures(said)
    for target in targets:
        yield from bound(target, case)
    if figure["low"] is not None:
        held = figure["low"] <= case.truth.value(figure) <= figure["high"]
        yield Verdict(LEVELS, not held, about=figure["key"])


# --- as measured ----------------------------------------------------------------------------------


@words_of("management")
def _word_of_measure(figure: Figure, case: Case) -> Iterator[Verdict]:
    """The word of a measure against its norm, or of a correlation."""
    if figure["definition"] == COHORT:
        yield from measured(figure, case)
    else:
        yield from _related(figure, case)


def measured(figure: Figure, case: Case) -> Iterator[Verdict]:
    """Whether what is truly measured is on the side of the norm that its word says."""
    met = case.truth.is_met(figure["indicator"], figure["directorate"], figure["wave"])
    yield Verdict(MEASURED, _is_false(figure["word"], met))


@scores("measured_kept", "measured_not_kept", "measured_unclear", "measured_no_norm")
def _measured_side(said: Said, case: Case) -> Iterator[Verdict]:
    """The side is as its word says; the numbers are those that were delivered, and the norm."""
    figure = case.figures(said)[0]
    if said.rule != "measured_no_norm":
        yield from measured({**figure, "word": said.rule.removeprefix("measured_")}, case)
    yield from _numbers(said, case)


@scores("measured_missing", "measured_empty")
def _not_there(said: Said, case: Case) -> Iterator[Verdict]:
    """The months that are said to be missing were not delivered, and no others."""
    (figure,) = case.figures(said)
    missing = [f"{month:%Y-%m}" for month in case.truth.not_delivered(figure)]
    told = figure["method"].removeprefix("missing ").split("+")
    right = told == missing if said.rule == "measured_missing" else not missing
    yield Verdict(DELIVERED, figure["value"] is not None or not right)


@scores("announced_*", "delays_*", "series_alt")
def _numbers(said: Said, case: Case) -> Iterator[Verdict]:
    """Every number is the one that was delivered; and what users say is as it is elsewhere."""
    for figure in case.figures(said):
        if figure["layer"] == "management":
            true = case.truth.delivered(figure)
            yield Verdict(DELIVERED, not _same(figure, true))
    yield from levels(said, case)


def _same(figure: Figure, true: float | None) -> bool:
    """Whether a figure is a true number."""
    return true is not None and isclose(figure["value"], true, rel_tol=CLOSE, abs_tol=CLOSE)


@scores("management_title")
def _norms_met(said: Said, case: Case) -> Iterator[Verdict]:
    """Each of those that are counted is met, or not, and the counts are theirs."""
    by_directorate: dict[str, list[Figure]] = {}
    for figure in case.figures(said):
        yield from measured(figure, case)
        by_directorate.setdefault(figure["directorate"], []).append(figure)
    for directorate, own in by_directorate.items():
        told = case.language.text(
            "kept_of", **_counts(own, case), directorate=_acronym(directorate, case)
        )
        yield Verdict(MEASURED, told not in said.text)


def _counts(figures: list[Figure], case: Case) -> dict[str, str]:
    """How many of some figures are kept, of how many, as they are written."""
    kept = sum(figure["word"] == "kept" for figure in figures)
    number = case.language.number
    return {"kept": number(kept), "count": number(len(figures))}


def _acronym(directorate: str, case: Case) -> str:
    return case.published.study.directorate(directorate).acronym


# --- both -----------------------------------------------------------------------------------------


@scores("commitment_*")
def _reading_text(said: Said, case: Case) -> Iterator[Verdict]:
    """The reading, and each of the sides that it names."""
    reading, *sides = case.figures(said)
    yield from _reading({**reading, "word": said.rule.removeprefix("commitment_")}, case)
    for figure in sides:
        yield Verdict(READINGS, _side_is_false(figure, figure["word"], case))


def _reading(reading: Figure, case: Case) -> Iterator[Verdict]:
    """The sides on which a commitment is said to be kept truly are; where it is said not to be, no
    side that can be told is; what is not in force, or not measured, is not.
    """
    word, name, unit = reading["word"], reading["indicator"], reading["directorate"]
    one = case.published.study.commitment(name)
    above = case.truth.above_target(name, unit)
    truth = {
        "perceived": None if above is None else above >= 0,
        "measured": None if one.measured is None else case.truth.is_met(one.measured, unit),
    }
    false = any(truth[side] is not True for side in KEPT_SIDES.get(word, ()))
    if word == "neither":
        false = not any(side is False for side in truth.values()) or True in truth.values()
    elif word == "not_yet":
        false = case.truth.is_promised(name)
    elif word == "unmeasured":
        norm = one.measured and case.published.study.management_indicator(one.measured).norm
        false = one.target is not None or bool(norm and unit in norm)
    yield Verdict(READINGS, false)


def _side_is_false(figure: Figure, word: str, case: Case) -> bool:
    """Whether what a side of a commitment says is false."""
    if figure["layer"] == "management":
        return _is_false(word, case.truth.is_met(figure["indicator"], figure["directorate"]))
    above = case.truth.above_target(figure["indicator"], figure["directorate"])
    return _is_false(word, None if above is None else above >= 0)


@scores("commitments_title", "commitments_title_all")
def _kept_by_side(said: Said, case: Case) -> Iterator[Verdict]:
    """Each of those that are counted is kept, or not, and the counts are theirs."""
    by_side: dict[tuple[str, str], list[Figure]] = {}
    for figure in case.figures(said):
        if figure["word"]:
            yield Verdict(READINGS, _side_is_false(figure, figure["word"], case))
            side = "measured" if figure["layer"] == "management" else "perceived"
            by_side.setdefault((figure["directorate"], side), []).append(figure)
    units = dict.fromkeys(figure["directorate"] for figure in case.figures(said))
    for unit in units:
        counts = {}
        for side in SIDES:
            judged = by_side.get((unit, side), [])
            rule = "kept_count" if judged else "kept_count_none"
            counts[side] = case.language.text(rule, **_counts(judged, case))
        told = case.language.text("commitments_title", **counts)
        if said.rule == "commitments_title_all":
            told = case.language.text("kept_sides", directorate=_acronym(unit, case), **counts)
        yield Verdict(READINGS, told not in said.text)


@scores("quadrants_alt")
def _quadrants(said: Said, case: Case) -> Iterator[Verdict]:
    """Each point lies where it is said to, at the distances that are drawn."""
    figures, text = case.figures(said), case.language.text
    pairs = list(zip(figures[::2], figures[1::2], strict=True))
    for place, (relative, distance) in enumerate(pairs, start=1):
        name, unit = distance["indicator"], distance["directorate"]
        point = text(
            "quadrant_name",
            number=case.language.number(place),
            commitment=case.published.study.commitment(name).label,
            directorate=_acronym(unit, case),
        )
        for quadrant, (met, reached) in QUADRANT_SIDES.items():
            place_of = upper_first(text(f"quadrant_{quadrant}")).lower()
            if text("quadrants_alt_point", name=point, quadrant=place_of) in said.text:
                is_met = case.truth.is_met(relative["indicator"], unit)
                above = case.truth.above_target(name, unit)
                is_reached = None if above is None else above >= 0
                yield Verdict(QUADRANTS, (is_met, is_reached) != (met, reached))
        yield Verdict(QUADRANTS, not _same(relative, case.truth.delivered(relative)))
        above = case.truth.above_target(name, unit)
        held = above is not None and distance["low"] <= above <= distance["high"]
        yield Verdict(BOUNDS, not held, about=unit)


# --- sites ----------------------------------------------------------------------------------------


@scores("in_force")
def _sites_counted(said: Said, case: Case) -> Iterator[Verdict]:
    """So many sites post it as are said to, of so many."""
    for figure in case.figures(said):
        posted, others = case.truth.posting_sites(figure["indicator"], figure["directorate"])
        true = len(posted) + (0 if figure["category"] == "posted" else len(others))
        yield Verdict(SITES_COUNTED, figure["value"] != true)


@scores("posting_gap", "posting_gap_none")
def _posting(said: Said, case: Case) -> Iterator[Verdict]:
    """The interval of the gap holds it, and those of the two sides hold theirs."""
    *sides, gap = case.figures(said)
    yield from _gap({**gap, "word": "none" if said.rule.endswith("_none") else gap["word"]}, case)
    for side in sides:
        held = side["low"] <= case.truth.posting(side) <= side["high"]
        yield Verdict(LEVELS, not held, about=side["key"])


def _gap(gap: Figure, case: Case) -> Iterator[Verdict]:
    """A gap between sites that post and those that do not is within its interval, and of the sign
    that its word says.
    """
    true = case.truth.posting_gap(gap)
    wrong = {"above": true <= 0, "below": true >= 0}.get(gap["word"], False)
    held = gap["low"] is None or gap["low"] <= true <= gap["high"]
    yield Verdict(POSTING, wrong or not held, about=gap["directorate"])


@scores("correlation_agree", "correlation_disagree", "correlation_none")
def _correlation(said: Said, case: Case) -> Iterator[Verdict]:
    """Sites are related as it is said that they are."""
    (figure,) = case.figures(said)
    yield from _related({**figure, "word": said.rule.removeprefix("correlation_")}, case)


def _related(figure: Figure, case: Case) -> Iterator[Verdict]:
    """Whether a relation that is told was made, and of that sign."""
    sign = {"agree": 1, "disagree": -1}.get(figure["word"])
    false = sign is not None and case.truth.related(figure["indicator"]) != sign
    yield Verdict(RELATED, false, about=figure["directorate"])
