"""English phrases on commitments: promised, perceived, measured, decided."""

COMMITMENTS: dict[str, str] = {
    "commitments_title": "Commitments kept: {perceived} as perceived, {measured} as measured",
    "commitments_title_all": "Commitments kept: {parts}",
    "commitment_unmeasured": "not measured",
    "commitment_no_bound": "neither target nor standard",
    "commitment_not_yet": "not in force yet",
    "commitment_hidden": "not disclosed",
    "side_kept": "kept",
    "side_not_kept": "not kept",
    "side_unclear": "undecided",
    "side_no_bound": "no target",
    "side_none": "not measured",
    "side_hidden": "Result not disclosed, so that nobody is recognised.",
    "perceived_kept": "Kept. {level} ({range}), for a target of {target}.",
    "perceived_not_kept": "Not kept. {level} ({range}), for a target of {target}.",
    "perceived_unclear": (
        "Undecided. {level}, and the target of {target} lies within the interval ({range})."
    ),
    "perceived_no_claim": (
        "Undecided. {level}, and the collection does not let anybody judge (target of {target})."
    ),
    "perceived_no_target": "{level}; no target is set.",
    "users_share": "{value} of {people} {answered} {counted} on {indicator}",
    "users_mean": "mean score of {value} given by {people} on {indicator}",
    "users_balance": "balance of {value} ({counted}) among {people} on {indicator}",
    "perceived_not_asked": "Nobody here has answered the question that would tell.",
    "perceived_wanted": "Not asked. To be added: {question}",
    "measured_kept": "Kept. {indicator}, {value}, for a standard of {norm}.",
    "measured_not_kept": "Not kept. {indicator}, {value}, for a standard of {norm}.",
    "measured_no_norm": "{indicator}, {value}; no standard is announced.",
    "measured_wanted": "Not measured. To be followed: {figure}.",
    "measured_not_here": "{indicator} is not measured here.",
    "measured_missing": "Figure not available, {months} missing ({indicator}).",
    "measured_empty": "No figure, for want of a case in the period ({indicator}).",
    "months_from": "the months of {span}",
    "announced_beside": "{value} announced to users on average, {measured} measured on average.",
    "announced_alone": "{value} announced to users on average.",
    "in_force_since": "In force since {day}",
    "in_force_later": "In force from {day}, after the end of the wave",
    "in_force_unknown": "Day to be confirmed",
    "in_force_before_first": (
        "(before the first measurement, {wave}, so that nothing tells what it changed)"
    ),
    "posted_in_only": "displayed, at the end of the wave, at the only open site.",
    "posted_in_only_not": "not yet displayed, at the end of the wave, at the only open site.",
    "posted_in_none": "not yet displayed, at the end of the wave ({sites} open sites).",
    "posted_in_one": "displayed, at the end of the wave, at one of the {sites} open sites.",
    "posted_in_n": "displayed, at the end of the wave, at {count} of the {sites} open sites.",
    "posting_gap": (
        "{posted} where it is displayed, {not_posted} where it is not yet (a gap of {gap}, "
        "{range})."
    ),
    "decided_planned": "{decision} (decided on {day}, {owner}).",
    "decided_under_way": "{decision} (under way since {day}, {owner}).",
    "decided_done": "{decision} (done on {day}, {owner}).",
    "decided_given_up": "{decision} (given up on {day}, {owner}).",
    "decided_nothing": "Nothing has been decided to date.",
    "fact_promise": "Promise",
    "fact_in_force": "Display",
    "fact_perceived": "As perceived",
    "fact_change": "Change",
    "fact_posting": "By site",
    "fact_measured": "As measured",
    "fact_announced": "Announced",
    "fact_decided": "Follow-up as of {day}",
    "column_commitment": "Commitment",
    "column_perceived": "As perceived",
    "column_measured": "As measured",
    "column_reading": "Conclusion",
    "column_decided": "Follow-up as of {day}",
    "caption_commitments": "The commitments, {field}, {wave}",
    "caption_commitments_all": "The commitments by {unit}, {wave}",
    "commitments_note_rule": (
        "a commitment is said to be kept as perceived where the whole interval of its indicator "
        "reaches its target, not kept where all of it lies below; kept as measured where the "
        "measure meets the standard announced to the public."
    ),
    "commitments_note_family": (
        "the intervals allow for the {count} commitments that are judged together."
    ),
    "commitments_note_none": (
        "Undecided = the target lies within the interval, or the measure at the limit of the "
        "standard, or a month of it is missing. Not measured = nothing is collected that would "
        "tell."
    ),
    "card_told": "You told us",
    "card_done": "We acted",
    "card_side": "{side} ({directorate})",
    "card_next": "Next publication: {day}.",
    "amount_days_one": "{value} day",
    "amount_days_many": "{value} days",
    "amount_minutes_one": "{value} minute",
    "amount_minutes_many": "{value} minutes",
    "amount_per_thousand_one": "{value} per 1,000",
    "amount_per_thousand_many": "{value} per 1,000",
    "kept_sides": "{perceived} as perceived and {measured} as measured ({directorate})",
    "kept_count": "{kept} out of {count}",
    "kept_count_none": "none judged",
    "by_both": "{verdict}, as perceived and as measured",
    "by_perceived": "{verdict} as perceived",
    "by_measured": "{verdict} as measured",
    "measured_unclear": (
        "Undecided. {indicator}, {value}, at the limit of the standard of {norm}, given the "
        "rounding of the figures as delivered."
    ),
    "posting_gap_none": (
        "{posted} where it is displayed, {not_posted} where it is not yet; gap not established "
        "({gap}, {range})."
    ),
    "posting_note": (
        "the gap between sites that display a commitment and sites that do not yet does not "
        "show that displaying it has an effect, nor that it has none, since these "
        "sites differ in other ways too; these gaps are judged together. A change over a year is "
        "not a before and after."
    ),
}
