"""Sentences against the truth, by their rule: a scorer per rule says which claims a sentence makes,
and which of them are false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import polars as pl

from analysis.study import Claim
from benchmarks.truth.publication import Publication, Said
from benchmarks.truth.recorded import Figure, Truth

CHANGE = "rise or fall announced"
SMALL = "small change announced"
EQUIVALENT = "equivalence claimed"
MISSED = "change of twice the detectable missed"
INTERVALS = "intervals of changes"
RANKING = "best and worst aspects"
SITES = "sites out of the ordinary"
NO_SITE = "no site out of the ordinary"
CHANNELS = "channels compared"
PROFILES = "profiles compared"
LEVELS = "levels and their intervals"
ANSWERS = "answers counted"

SAYS_NOTHING = (
    "finding_few",
    "finding_hidden",
    "finding_channels",
    "finding_profiles",
    "change_imprecise",
    "change_unavailable",
    "change_no_reference",
)
"""Rules whose sentences claim nothing of the users: they say that something cannot be said."""


@dataclass(frozen=True)
class Verdict:
    """A claim of a family that could be false in this study, and whether it is.

    `about` tells claims of one family apart where each counts for itself (levels); where it is
    empty, a study in which any claim of the family is false counts once.
    """

    family: str
    false: bool
    about: str = ""


@dataclass(frozen=True)
class Case:
    """A published study beside its truth."""

    published: Publication
    truth: Truth

    def figures(self, said: Said) -> list[Figure]:
        """The released figures of a sentence, in the order in which it names them."""
        return [self.published.released[key] for key in said.figures]


Scorer = Callable[[Said, Case], Iterator[Verdict]]

SCORERS: dict[str, Scorer] = {}
"""Pattern of a rule → what scores its sentences."""


def scores(*patterns: str) -> Callable[[Scorer], Scorer]:
    """Registers the scorer of the rules that match some patterns."""

    def register(scorer: Scorer) -> Scorer:
        SCORERS.update(dict.fromkeys(patterns, scorer))
        return scorer

    return register


def score(case: Case) -> tuple[list[Verdict], set[str]]:
    """The verdicts on all that a study's edition says, and the rules that nothing scores."""
    verdicts, unscored = list(_words(case)), set()
    for said in case.published.sentences:
        for part, rule in enumerate(said.rule.split("+")):
            scorer = next(
                (scorer for pattern, scorer in SCORERS.items() if fnmatchcase(rule, pattern)), None
            )
            if scorer is None:
                unscored.add(rule)
            else:
                verdicts += scorer(replace(said, rule=rule, part=part), case)
    return verdicts, unscored


# --- changes --------------------------------------------------------------------------------------


def _words(case: Case) -> Iterator[Verdict]:
    """The word of each change, as tables and open data show it; and whether a large one was
    missed.
    """
    judged = [
        row for row in case.published.released.values() if row["layer"] == "changes" and row["word"]
    ]
    for row in judged:
        yield from _word(row, case)
        seen = f"detectable{'_trend' if row['kind'] == 'trend' else ''}"
        detectable = case.published.released[row["key"].replace(f"/{row['kind']}/", f"/{seen}/")]
        if abs(case.truth.change(row)) > 2 * detectable["value"]:
            yield Verdict(MISSED, row["word"] in ("none", "equivalent"))


def _word(change: Figure, case: Case) -> Iterator[Verdict]:
    """What the word of a change claims."""
    true, broken = case.truth.change(change), case.truth.is_broken(change)
    threshold = case.published.study.practical_threshold(change["definition"])
    word = change["word"]
    yield Verdict(CHANGE, broken or (word == "up" and true <= 0) or (word == "down" and true >= 0))
    small = broken or true * change["value"] <= 0 or abs(true) >= threshold
    yield Verdict(SMALL, word == "small" and small)
    if broken or abs(true) >= threshold:
        yield Verdict(EQUIVALENT, word == "equivalent")


@scores("change_up", "change_down", "change_small", "change_equivalent", "change_none")
def _title(said: Said, case: Case) -> Iterator[Verdict]:
    """A title is as false as the word of its change; and where halves of a year differ, the last
    step is no headline.
    """
    (change,) = case.figures(said)
    yield from _word(change, case)
    moved = said.rule in ("change_up", "change_down")
    if moved and case.truth.seasons and not case.truth.same_season(change):
        yield Verdict(CHANGE, false=True)
    yield from _silence(said, case, moved=moved)


@scores("short_up", "short_down", "short_small", "short_equivalent", "short_none")
def _tile(said: Said, case: Case) -> Iterator[Verdict]:
    """A tile says what a title does, each change followed by the least that could be seen."""
    change = said.figures[2 * said.part]
    yield from _title(replace(said, rule=f"change{said.rule[5:]}", figures=(change,)), case)


@scores("finding_changes_*")
def _count_of_changes(said: Said, case: Case) -> Iterator[Verdict]:
    """Each of the changes that are counted is what its word says."""
    for change in case.figures(said):
        yield from _word(change, case)


def _silence(said: Said, case: Case, *, moved: bool) -> Iterator[Verdict]:
    """A title speaks where a change over a year, or along the waves, is plain."""
    overall = case.published.study.overall.id
    for row in case.published.released.values():
        if row["layer"] == "changes" and row["word"] and row["indicator"] == overall:
            seen = f"detectable{'_trend' if row['kind'] == 'trend' else ''}"
            key = row["key"].replace(f"/{row['kind']}/", f"/{seen}/")
            detectable = case.published.released[key]["value"]
            if case.truth.same_season(row) and abs(case.truth.change(row)) > 2 * detectable:
                yield Verdict(MISSED, not moved and said.rule != "change_small")


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
    others = [
        row
        for row in case.published.released.values()
        if row["layer"] == "estimates"
        and row["breakdown"] == "total"
        and row["wave"] == named["wave"]
        and row["indicator"] not in (named["indicator"], study.overall.id)
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
    yield from _levels(replace(said, figures=(said.figures[0], said.figures[-1])), case)


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


def _flagged(case: Case) -> set[str]:
    """The sites that are told to be out of the ordinary, by the table before the gate."""
    sites = case.published.sites.filter(
        (pl.col("role") == "site") & pl.col("word").is_in(["above", "below"])
    )
    return set(sites.get_column("category"))


@scores("finding_funnel_one", "finding_funnel_n")
def _some_sites(said: Said, case: Case) -> Iterator[Verdict]:
    """Each site that is counted was made unlike the others."""
    del said
    yield Verdict(SITES, not all(case.truth.is_apart(site) for site in _flagged(case)))


@scores("finding_funnel_none")
def _no_site(said: Said, case: Case) -> Iterator[Verdict]:
    """No site was made far from the others."""
    del said
    yield Verdict(SITES, false=False)
    yield Verdict(NO_SITE, bool(case.truth.far_sites))


# --- levels ---------------------------------------------------------------------------------------


@scores(
    "reading_*_share",
    "short_top_share",
    "finding_overall_*",
    "finding_summary_*",
    "finding_apart",
    "alt_likert*",
    "alt_trend*",
)
def _levels(said: Said, case: Case) -> Iterator[Verdict]:
    """The interval of each level holds it, where anything is claimed of it; and a series is of one
    definition.
    """
    for figure in case.figures(said):
        if figure["claim"] == Claim.ESTIMATE and figure["low"] is not None:
            broken = case.published.scenario.is_broken(figure["wave"])
            true = case.truth.value(figure)
            held = not broken and figure["low"] <= true <= figure["high"]
            yield Verdict(LEVELS, not held, about=figure["key"])


@scores("tile_answers_*")
def _answers(said: Said, case: Case) -> Iterator[Verdict]:
    """The answers that are told are those that were given."""
    given = case.published.simulation.answers
    for figure in case.figures(said):
        here = given.filter(
            (pl.col("wave") == figure["wave"])
            & pl.col("channel").is_in(figure["channels"].split("+"))
        )
        if figure["layer"] == "estimates":
            codes = case.published.study.scale(figure["item"]).codes
            here = here.filter(pl.col(figure["item"]).is_in(list(codes)))
        yield Verdict(ANSWERS, figure["base"] != here.height)


@scores("reading_funnel", "alt_funnel")
def _mean_of_sites(said: Said, case: Case) -> Iterator[Verdict]:
    """The picture of the sites: its title is what is scored."""
    del said, case
    yield from ()
