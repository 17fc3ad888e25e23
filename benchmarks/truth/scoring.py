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
SPREAD = "sites said to differ"
DEVIATION = "intervals of the spread of sites"
SITES = "sites out of the ordinary"
FAR_SITE = "far site not detected"
CHANNELS = "channels compared"
PROFILES = "profiles compared"
LEVELS = "levels and their intervals"
ANSWERS = "answers counted"

WITHOUT_LIMIT = (FAR_SITE,)
"""Families that claim nothing, and are counted for what they show of the power of a test."""

SAYS_NOTHING = (
    "finding_few",
    "finding_hidden",
    "answers_hidden",
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
        if _is_plain(row, case):
            yield Verdict(MISSED, row["word"] in ("none", "equivalent"))


def _word(change: Figure, case: Case) -> Iterator[Verdict]:
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
    yield from _word(change, case)
    moved = said.rule in ("change_up", "change_down")
    if moved and case.truth.seasons and not case.truth.same_season(change):
        yield Verdict(CHANGE, false=True)
    yield from _silence(case, silent=said.rule in ("change_equivalent", "change_none"))


@scores("in_short_up", "in_short_down", "in_short_small", "in_short_equivalent", "in_short_none")
def _tile(said: Said, case: Case) -> Iterator[Verdict]:
    """A tile first says what a title does, then another change; each is followed by the least that
    could be seen.
    """
    change = said.figures[2 * said.part]
    one = replace(said, rule=f"change{said.rule[5:]}", figures=(change,))
    yield from _title(one, case) if said.part == 0 else _word(case.figures(one)[0], case)


@scores("finding_changes_*")
def _count_of_changes(said: Said, case: Case) -> Iterator[Verdict]:
    """Each of the changes that are counted is what its word says."""
    for change in case.figures(said):
        yield from _word(change, case)


def _silence(case: Case, *, silent: bool) -> Iterator[Verdict]:
    """Whether nothing is said where a change over a year, or along the waves, is plain."""
    overall = case.published.study.overall.id
    judged = [row for row in case.published.released.values() if row["layer"] == "changes"]
    for row in judged:
        about = row["word"] and row["indicator"] == overall and case.truth.same_season(row)
        if about and _is_plain(row, case):
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


@scores("sites_title")
def _spread(said: Said, case: Case) -> Iterator[Verdict]:
    """The sites of each kind that are said to spread were made to differ."""
    kinds = {figure["category"] for figure in case.figures(said)}
    yield Verdict(SPREAD, not all(case.truth.sites_differ(kind) for kind in kinds))


@scores("sites_title_chance", "sites_chance", "sites_chance_alone")
def _no_spread(said: Said, case: Case) -> Iterator[Verdict]:
    """Where chance is said to be enough, nobody is told apart."""
    kinds = {row["category"] for row in case.figures(said) if row["kind"] == "deviation"}
    yield Verdict(SPREAD, false=False)
    yield from _far_sites(kinds, set(), case)
    yield from _deviations(said, case)


@scores("sites_outside_*")
def _outside(said: Said, case: Case) -> Iterator[Verdict]:
    """Each site that is counted out of the ordinary was made so."""
    kinds = {figure["category"].split("*")[0] for figure in case.figures(said)}
    named = case.published.sites.filter(pl.col("word").is_in(["above", "below"]))
    outside = set(named.filter(role="site").get_column("category"))
    yield Verdict(SITES, not all(case.truth.is_apart(site) for site in outside))
    yield from _far_sites(kinds, outside, case)


def _far_sites(kinds: set[str], detected: set[str], case: Case) -> Iterator[Verdict]:
    """Which of the sites that were made far from the others are detected."""
    for kind in kinds:
        for site in case.truth.far_sites(kind):
            yield Verdict(FAR_SITE, site not in detected)


@scores("sites_reading")
def _deviations(said: Said, case: Case) -> Iterator[Verdict]:
    """The interval of each standard deviation between sites holds it."""
    for figure in case.figures(said):
        if figure["kind"] == "deviation" and figure["low"] is not None:
            true = case.truth.deviation(figure["category"])
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
            (pl.col("wave") == figure["wave"])
            & pl.col("channel").is_in(figure["channels"].split("+"))
        )
        if figure["layer"] == "estimates":
            codes = case.published.study.scale(figure["item"]).codes
            here = here.filter(pl.col(figure["item"]).is_in(list(codes)))
        yield Verdict(ANSWERS, figure["base"] != here.height)
