"""Sentences on changes, ranks, channels, profiles, sites and levels against the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from analysis.study import Claim
from benchmarks.truth.publication import Said
from benchmarks.truth.recorded import Figure
from benchmarks.truth.verdicts import Case, Verdict, scores, words_of

CHANGE = "rise or fall announced"
SMALL = "small change announced"
EQUIVALENT = "equivalence claimed"
MISSED = "change of twice the detectable missed"
INTERVALS = "intervals of changes"
RANKING = "best and worst aspects"
SPREAD = "sites said to differ"
DEVIATION = "intervals of the spread of sites"
SITES = "sites out of the ordinary"
FAR_SITE = "far site not detected"
CHANNELS = "channels compared"
PROFILES = "profiles compared"
LEVELS = "levels and their intervals"
ANSWERS = "answers counted"

MOVED, QUIET = ("up", "down"), ("none", "equivalent")


# --- changes --------------------------------------------------------------------------------------


@words_of("changes")
def _word_or_silence(change: Figure, case: Case) -> Iterator[Verdict]:
    """The word of a change, and whether a large one was missed."""
    yield from change_word(change, case)
    if _is_plain(change, case):
        yield Verdict(MISSED, change["word"] in QUIET)


def change_word(change: Figure, case: Case) -> Iterator[Verdict]:
    """What the word of a change claims."""
    true, broken = case.truth.change(change), case.truth.is_broken(change)
    threshold = case.published.study.practical_threshold(change["definition"])
    word = change["word"]
    yield Verdict(CHANGE, broken or (word == "up" and true <= 0) or (word == "down" and true >= 0))
    yield Verdict(SMALL, word == "small" and (broken or true * change["value"] <= 0))
    if broken or abs(true) >= threshold:
        yield Verdict(EQUIVALENT, word == "equivalent")


@scores("change_up", "change_down", "change_small", "change_equivalent", "change_none")
def _title(said: Said, case: Case) -> Iterator[Verdict]:
    """A title is as false as the word of its change; where halves of a year differ, the last step
    is no headline; and it speaks where a change is plain.
    """
    (change,) = case.figures(said)
    yield from change_word(change, case)
    if said.rule in ("change_up", "change_down"):
        yield from _out_of_season(change, case)
    yield from _silence(change, case, silent=said.rule in ("change_equivalent", "change_none"))


def _out_of_season(change: Figure, case: Case) -> Iterator[Verdict]:
    """A rise or fall from one season to another is told as if it were one."""
    moved = change["word"] in MOVED
    if moved and case.truth.seasons and not case.truth.same_season(change):
        yield Verdict(CHANGE, false=True)


@scores("in_short_up", "in_short_down", "in_short_small", "in_short_equivalent", "in_short_none")
def _tile(said: Said, case: Case) -> Iterator[Verdict]:
    """A tile first says what a title does, then another change; each is followed by the least that
    could be seen.
    """
    changes = case.figures(said)[::2]
    yield from change_word(changes[said.part], case)
    yield from _out_of_season(changes[said.part], case)
    if said.part == 0:
        silent = all(change["word"] in QUIET for change in changes)
        yield from _silence(changes[0], case, silent=silent)


@scores("finding_changes_*")
def _count_of_changes(said: Said, case: Case) -> Iterator[Verdict]:
    """Each of the changes that are counted is what its word says."""
    for change in case.figures(said):
        yield from change_word(change, case)


def _silence(change: Figure, case: Case, *, silent: bool) -> Iterator[Verdict]:
    """Whether nothing is said where a change of the same over a year, or along the waves, is
    plain.
    """
    names = ("directorate", "indicator", "definition")
    for row in case.find("changes", **{name: change[name] for name in names}):
        if row["word"] and case.truth.same_season(row) and _is_plain(row, case):
            yield Verdict(MISSED, silent)


def _is_plain(change: Figure, case: Case) -> bool:
    """Whether a change is truly more than twice what could be detected of it."""
    seen = f"detectable{'_trend' if change['kind'] == 'trend' else ''}"
    detectable = case.published.released[change["key"].replace(f"/{change['kind']}/", f"/{seen}/")]
    return abs(case.truth.change(change)) > 2 * float(detectable["value"])


@scores("change_detail")
def _detail(said: Said, case: Case) -> Iterator[Verdict]:
    """The intervals of a family hold all its truths."""
    for change in case.figures(said):
        if not change["kind"].startswith("detectable"):
            true = case.truth.change(change)
            broken = case.truth.is_broken(change)
            yield Verdict(INTERVALS, broken or not change["low"] <= true <= change["high"])


# --- ranks, channels, profiles --------------------------------------------------------------------


@scores("finding_best_*", "finding_worst_*")
def _rank(said: Said, case: Case) -> Iterator[Verdict]:
    """`sole`: no aspect is truly better (worse); `near`: most are not."""
    best = said.rule.startswith("finding_best_")
    named = case.figures(said)[0 if best else -1]
    study = case.published.study
    about = {name: named[name] for name in ("directorate", "wave", "breakdown")}
    others = [
        row
        for row in case.find("estimates", **about)
        if row["indicator"] not in (named["indicator"], study.overall.id)
        and study.indicator(row["indicator"]).headline
        and row["definition"] == study.indicator(row["indicator"]).definitions[0]
    ]
    true = case.truth.value(named)
    ahead = sum((case.truth.value(other) > true) == best for other in others)
    allowed = 0 if said.rule.endswith("_sole") else len(others) // 2
    yield Verdict(RANKING, ahead > allowed)


@scores("finding_aspects_near")
def _no_rank(said: Said, case: Case) -> Iterator[Verdict]:
    """No aspect is named: what is said is the levels of the first and of the last."""
    yield Verdict(RANKING, false=False)
    yield from levels(replace(said, figures=(said.figures[0], said.figures[-1])), case)


@scores("finding_channels_*")
def _channels(said: Said, case: Case) -> Iterator[Verdict]:
    """The channel that is said to be less favourable is; where no gap is said to be seen, nothing
    is claimed.
    """
    if said.rule.endswith("_none"):
        yield Verdict(CHANNELS, false=False)
        return
    _, *shown = case.figures(said)
    low, high = sorted(shown, key=lambda figure: float(figure["value"]))
    lower = case.truth.lower_channel(*(figure["channels"] for figure in (low, high)))
    yield Verdict(CHANNELS, lower != low["channels"])


@scores("finding_profiles_*")
def _profiles(said: Said, case: Case) -> Iterator[Verdict]:
    """The category that is said to be less satisfied is."""
    if said.rule.endswith("_none"):
        yield Verdict(PROFILES, false=False)
        return
    _, low, high = case.figures(said)
    yield Verdict(PROFILES, not case.truth.profile_gap(low, high) > 0)


# --- sites ----------------------------------------------------------------------------------------


@scores("sites_title")
def _spread(said: Said, case: Case) -> Iterator[Verdict]:
    """The sites of each kind that are said to spread were made to differ."""
    kinds = {(figure["directorate"], figure["category"]) for figure in case.figures(said)}
    yield Verdict(SPREAD, not all(case.truth.sites_differ(*kind) for kind in kinds))


@scores("sites_title_chance", "sites_chance", "sites_chance_alone")
def _no_spread(said: Said, case: Case) -> Iterator[Verdict]:
    """Where chance is said to be enough, nobody is told apart."""
    kinds = {
        (row["directorate"], row["category"])
        for row in case.figures(said)
        if row["kind"] == "deviation"
    }
    yield Verdict(SPREAD, false=False)
    yield from _far_sites(kinds, set(), case)
    yield from _deviations(said, case)


@scores("sites_outside_*")
def _outside(said: Said, case: Case) -> Iterator[Verdict]:
    """Each site that is counted out of the ordinary was made so."""
    figures = case.figures(said)
    kinds = {(figure["directorate"], figure["category"].split("*")[0]) for figure in figures}
    named = case.published.sites.filter(
        pl.col("word").is_in(["above", "below"]), role="site", directorate=figures[0]["directorate"]
    )
    outside = set(named.get_column("category"))
    yield Verdict(SITES, not all(case.truth.is_apart(site) for site in outside))
    yield from _far_sites(kinds, outside, case)


def _far_sites(kinds: set[tuple[str, str]], detected: set[str], case: Case) -> Iterator[Verdict]:
    """Which of the sites that were made far from the others are detected, of some kinds of site of
    a directorate.
    """
    for kind in kinds:
        for site in case.truth.far_sites(*kind):
            yield Verdict(FAR_SITE, site not in detected)


@scores("sites_reading")
def _deviations(said: Said, case: Case) -> Iterator[Verdict]:
    """The interval of each standard deviation between sites holds it."""
    for figure in case.figures(said):
        if figure["kind"] == "deviation" and figure["low"] is not None:
            true = case.truth.deviation(figure["directorate"], figure["category"])
            held = figure["low"] <= true <= figure["high"]
            yield Verdict(DEVIATION, not held, about=figure["key"])


@scores("sites_alt")
def _picture_of_sites(said: Said, case: Case) -> Iterator[Verdict]:
    """The bars are those of the title."""
    yield from _spread(said, case)


# --- levels ---------------------------------------------------------------------------------------


@scores(
    "reading_*_share",
    "short_top_share",
    "finding_overall_*",
    "finding_summary_*",
    "finding_apart",
    "alt_likert*",
    "alt_trend*",
    "level_alone",
)
def levels(said: Said, case: Case) -> Iterator[Verdict]:
    """The interval of each level holds it, where anything is claimed of it; and a series is of one
    definition.
    """
    for figure in case.figures(said):
        shown = figure["claim"] == Claim.ESTIMATE and figure["low"] is not None
        if shown and figure["layer"] == "estimates":
            broken = case.published.scenario.is_broken(figure["wave"])
            true = case.truth.value(figure)
            held = not broken and figure["low"] <= true <= figure["high"]
            yield Verdict(LEVELS, not held, about=figure["key"])


@scores("answers_of_*", "answers_by_directorate")
def _answers(said: Said, case: Case) -> Iterator[Verdict]:
    """The answers that are told are those that were given."""
    given = case.published.simulation.answers
    counted = [
        row
        for row in case.figures(said)
        if row["layer"] in ("answers", "estimates") and row["base"] is not None  # else hidden
    ]
    for figure in counted:
        here = given.filter(
            (pl.col("directorate") == figure["directorate"])
            & (pl.col("wave") == figure["wave"])
            & pl.col("channel").is_in(figure["channels"].split("+"))
        )
        if figure["layer"] == "estimates":
            codes = case.published.study.scale(figure["item"]).codes
            here = here.filter(pl.col(figure["item"]).is_in(list(codes)))
        yield Verdict(ANSWERS, figure["base"] != here.height)
