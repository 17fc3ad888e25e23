"""The reading grid and what explains a change against the truth: every word of the grid follows
from the words of figures, and is false where one of those that it rests on is.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.storage.figures import BETWEEN
from benchmarks.truth.publication import Said
from benchmarks.truth.recorded import CLOSE, Figure
from benchmarks.truth.scored_promises import COHORT, TOTAL, bound, measured, perceived
from benchmarks.truth.scored_results import MOVED, change_word, levels
from benchmarks.truth.verdicts import Case, Verdict, scores, words_of

STANDINGS = "one directorate above another"
COMPOSITION = "change said to come of composition"
PARTS = "parts of a change and their intervals"
GRID = "what goes well or badly"
MISSING = "who is missing"

MISSING_FROM = 0.05
"""How much less of the answers than of the users is « more than 5 points »."""

RESTS_ON = {
    "next_urgent": ("not_kept", "down"),
    "next_information": ("not_kept", "met"),
    "next_continue": ("up",),
    "next_understand": ("not_kept",),
    "next_watch": ("down",),
    "next_norm": ("not_met",),
    "next_keep": ("kept",),
    "next_tell": ("up", "no_target"),
    "next_wait": (),
}
"""Rule of what to look at next → what must be true for it."""


# --- directorates ---------------------------------------------------------------------------------


@words_of("standings")
def _standing(gap: Figure, case: Case) -> Iterator[Verdict]:
    """Whether the directorate that is said to be above the other is."""
    yield from _above(gap, gap["word"], case)


def _above(gap: Figure, word: str, case: Case) -> Iterator[Verdict]:
    true = case.truth.standing(gap)
    yield Verdict(STANDINGS, {"above": true <= 0, "below": true >= 0}.get(word, False))


@scores("level_reading")
def _level(said: Said, case: Case) -> Iterator[Verdict]:
    """A level holds; it is on the side of its target, and of the other directorates, on which it is
    said to be.
    """
    yield from levels(said, case)
    for figure in case.figures(said):
        if figure["layer"] == "commitments":
            yield from (bound if figure["kind"] == "norm" else perceived)(figure, case)
        elif figure["layer"] == "standings":
            yield from _above(figure, _said_of(figure, said, case), case)


def _said_of(gap: Figure, said: Said, case: Case) -> str:
    """What a sentence says of a gap, as seen from the first of its two directorates."""
    first, second = gap["category"].split(BETWEEN)
    own_side = first == said.directorate
    other = case.published.study.directorate(second if own_side else first).acronym
    found = [
        word
        for word in ("above", "below", "none")
        if case.language.text(f"level_other_{word}", directorate=other) in said.text
    ]
    assert len(found) == 1, said.text
    turned = {"above": "below", "below": "above", "none": "none"}
    return found[0] if own_side else turned[found[0]]


# --- composition ----------------------------------------------------------------------------------


@words_of("decompositions")
def _explains(part: Figure, case: Case) -> Iterator[Verdict]:
    """Whether users are others than before where that is said to explain a change."""
    yield Verdict(COMPOSITION, part["word"] == "explains" and not case.truth.users_change(part))


@scores("decomposition_some", "decomposition_none")
def _decomposition(said: Said, case: Case) -> Iterator[Verdict]:
    """Users are others where they are said to be, and each interval holds its part."""
    for part in case.figures(said):
        if part["category"] == "composition":
            word = "explains" if said.rule == "decomposition_some" else "none"
            yield from _explains({**part, "word": word}, case)
        held = part["low"] <= case.truth.composition(part) <= part["high"]
        yield Verdict(PARTS, not held, about=part["key"])


# --- the grid -------------------------------------------------------------------------------------


@scores("next_*")
def _next(said: Said, case: Case) -> Iterator[Verdict]:
    """What to look at next rests on a target, a norm or a change that is as it is said to be."""
    figures = case.figures(said)
    yield Verdict(GRID, any(_fails(rest, figures, case) for rest in RESTS_ON[said.rule]))


def _fails(rest: str, figures: list[Figure], case: Case) -> bool:
    """Whether what a rule rests on is not there, or false."""
    if rest == "no_target":
        return any(_target_of(figure, case) for figure in figures)
    if rest in MOVED:
        moved = [one for one in figures if one["word"] in MOVED]
        same = [one for one in moved if one["word"] == rest]
        hides = rest == "up" and len(same) < len(moved)  # a fall beside it comes first
        return not same or hides or any(_is_false(one, case) for one in same)
    layer, word = {
        "kept": ("commitments", "kept"),
        "not_kept": ("commitments", "not_kept"),
        "met": ("management", "kept"),
        "not_met": ("management", "not_kept"),
    }[rest]
    found = [figure for figure in figures if figure["layer"] == layer]
    return not any(figure["word"] == word for figure in found) or any(
        _is_false(figure, case) for figure in found
    )


def _target_of(figure: Figure, case: Case) -> bool:
    """Whether a figure is of a commitment that has a target."""
    if figure["layer"] != "commitments":
        return False
    return case.published.study.commitment(figure["indicator"]).target is not None


def _is_false(figure: Figure, case: Case) -> bool:
    """Whether the word of a figure is false."""
    scorer = {"changes": change_word, "commitments": perceived, "management": measured}
    return any(verdict.false for verdict in scorer[figure["layer"]](figure, case))


@scores("grid_well", "grid_badly", "grid_unknown")
def _line(said: Said, case: Case) -> Iterator[Verdict]:
    """Each thing that is named goes as it is said to: one of the words that it rests on says so,
    all that do are true, and none says otherwise.
    """
    badly, well = ("not_kept", "down"), ("kept", "up")
    words, others = {
        "grid_well": (well, badly),
        "grid_badly": (badly, ()),
        "grid_unknown": ((), (*well, *badly)),
    }[said.rule]
    for figures in _things(case.figures(said), case):
        grounds = [figure for figure in figures if figure["word"] in words]
        groundless = bool(words) and not grounds
        contradicted = any(figure["word"] in others for figure in figures)
        false = any(_is_false(figure, case) for figure in grounds)
        yield Verdict(GRID, groundless or contradicted or false)


def _things(figures: list[Figure], case: Case) -> list[list[Figure]]:
    """The figures of a line by what they are about: each begins with a level, or with the reading
    of a commitment. What is measured of an indicator stands with it, named or not.
    """
    things: list[list[Figure]] = []
    for figure in figures:
        if figure["layer"] == "estimates" or figure["kind"] == "reading":
            things.append([])
        things[-1].append(figure)
    for thing in things:
        if thing[0]["layer"] == "estimates":
            thing.extend(_measured_beside(thing[0], case))
    return [[one for one in thing if one["kind"] != "reading"] for thing in things]


def _measured_beside(level: Figure, case: Case) -> list[Figure]:
    """What is measured of the commitment that users perceive by an indicator."""
    names = [
        one.measured
        for one in case.published.study.commitments
        if one.perceived == level["indicator"] and case.truth.is_promised(one.id)
    ]
    about = {name: level[name] for name in ("directorate", "wave")}
    return [
        figure
        for name in names
        if name is not None
        for figure in case.find("management", **about, indicator=name, definition=COHORT)
        if figure["breakdown"] == TOTAL
    ]


# --- who is missing -------------------------------------------------------------------------------


@scores("missing_group")
def _missing(said: Said, case: Case) -> Iterator[Verdict]:
    """The group is missing from the answers by as much as is said, and none is more so."""
    gap, sample, frame = case.figures(said)
    known = case.truth.missing_from_answers(gap["directorate"])
    of_answers, of_users = known[gap["indicator"], gap["category"]]
    told = (sample["value"], frame["value"], gap["value"])
    true = (of_answers, of_users, of_answers - of_users)
    wrong = any(abs(one - other) > CLOSE for one, other in zip(told, true, strict=True))
    yield Verdict(MISSING, wrong or of_answers - of_users > -MISSING_FROM)


@scores("missing_none", "missing_hidden", "missing_unknown")
def _nobody_missing(said: Said, case: Case) -> Iterator[Verdict]:
    """No known group is missing by that much; and none is known where that is said."""
    known = case.truth.missing_from_answers(said.directorate)
    if said.rule == "missing_unknown":
        yield Verdict(MISSING, bool(known))
        return
    gaps = {name: of_answers - of_users for name, (of_answers, of_users) in known.items()}
    shown = {(figure["indicator"], figure["category"]) for figure in case.figures(said)}
    if said.rule == "missing_hidden":
        gaps = {name: gap for name, gap in gaps.items() if name in shown}
        yield Verdict(MISSING, min(gaps.values(), default=0.0) <= -MISSING_FROM)
        return
    wrong = any(
        abs(figure["value"] - gaps[figure["indicator"], figure["category"]]) > CLOSE
        for figure in case.figures(said)
    )
    yield Verdict(MISSING, wrong or min(gaps.values()) <= -MISSING_FROM)
