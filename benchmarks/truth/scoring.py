"""Sentences against the truth, by their rule: a scorer per rule says which claims a sentence makes,
and which of them are false.
"""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

from benchmarks.truth import listening, scored_promises, scored_reading, scored_results
from benchmarks.truth.verdicts import SCORERS, WORD_SCORERS, Case, Verdict

SCORED = (scored_results, scored_promises, scored_reading)
"""The modules whose scorers are registered."""

WITHOUT_LIMIT = (scored_results.FAR_SITE, scored_promises.UNTOLD, *listening.WITHOUT_LIMIT)
"""Families that claim nothing, and are counted for what they show of the power of a test."""

NOTHING, PARAMETERS = "says that something cannot be said", "says what stands in the parameters"

SAYS_NOTHING = {
    **dict.fromkeys(
        (
            "answers_hidden",
            "change_imprecise",
            "change_no_reference",
            "change_unavailable",
            "commitment_hidden",
            "finding_channels",
            "finding_few",
            "finding_hidden",
            "finding_profiles",
            "grid_nothing_badly",
            "grid_nothing_well",
            "side_hidden",
        ),
        NOTHING,
    ),
    **dict.fromkeys(
        (
            "card_next",
            "decided_done",
            "decided_given_up",
            "decided_nothing",
            "decided_planned",
            "decided_under_way",
            "management_title_none",
            "measured_not_here",
            "measured_wanted",
            "perceived_not_asked",
            "perceived_wanted",
            "promise",
        ),
        PARAMETERS,
    ),
    "grid_nothing_unknown": "what goes well and badly, of which it says that it is all, is scored",
}
"""Rules whose sentences claim nothing of the users, nor of what is measured → why."""


def score(case: Case) -> tuple[list[Verdict], set[str]]:
    """The verdicts on all that a study's edition says, and the rules that nothing scores."""
    verdicts, unscored = [], set()
    for row in case.published.released.values():
        if row["word"] and row["layer"] in WORD_SCORERS:
            verdicts += WORD_SCORERS[row["layer"]](row, case)
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
