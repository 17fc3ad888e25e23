"""English phrases on commitments: promised, perceived, measured, decided."""

COMMITMENTS: dict[str, str] = {
    "commitments_title": (
        "Commitments kept, as perceived or as measured: {kept} out of {count} ({not_kept}, "
        "{unknown} without an answer)"
    ),
    "commitments_title_all": "Commitments kept, as perceived or as measured: {parts}",
    "kept_of": "{kept} out of {count} ({directorate})",
    "not_kept_one": "{count} not kept",
    "not_kept_many": "{count} not kept",
    "commitment_both": "kept, as perceived and as measured",
    "commitment_measured": "kept as measured only",
    "commitment_perceived": "kept as perceived only",
    "commitment_neither": "not kept",
    "commitment_unclear": "cannot be told",
    "commitment_unmeasured": "not measured",
    "commitment_not_yet": "not in force yet",
    "commitment_hidden": "not disclosed",
    "side_kept": "kept",
    "side_not_kept": "not kept",
    "side_unclear": "cannot be told",
    "side_no_bound": "no target",
    "side_none": "not measured",
    "side_hidden": "Result not disclosed, so that nobody is recognised.",
    "perceived_kept": (
        "Kept: {value} of {people} {answered} {counted} on {indicator} ({range}), for a target of "
        "{target}."
    ),
    "perceived_not_kept": (
        "Not kept: {value} of {people} {answered} {counted} on {indicator} ({range}), for a target "
        "of {target}."
    ),
    "perceived_unclear": (
        "Cannot be told: {value} of {people} {answered} {counted} on {indicator}, and the target "
        "of {target} lies within the interval ({range})."
    ),
    "perceived_no_interval": (
        "Cannot be told: {value} of {people} {answered} {counted} on {indicator}, and the "
        "collection does not say how precise that is (target of {target})."
    ),
    "perceived_no_target": (
        "{value} of {people} {answered} {counted} on {indicator}; no target is set."
    ),
    "perceived_not_asked": "The question that would tell is not asked here.",
    "perceived_wanted": "Nothing tells; a question would: {question}.",
    "measured_kept": "Kept: {indicator}, {value}, for an announced standard of {norm}.",
    "measured_not_kept": "Not kept: {indicator}, {value}, for an announced standard of {norm}.",
    "measured_no_norm": "{indicator}, {value}; no standard is announced.",
    "measured_wanted": "Nothing measures it; a figure would: {figure}.",
    "measured_not_here": "{indicator} is not measured here.",
    "measured_missing": "Figure not available: {months} missing ({indicator}).",
    "measured_empty": "No figure: there was no case in the period ({indicator}).",
    "months_from": "the months from {first} to {last}",
    "announced_beside": "{value} announced to users, {measured} measured.",
    "announced_alone": "{value} announced to users.",
    "in_force_since": "In force since {day}.",
    "in_force_unknown": "The day it took effect is to be confirmed.",
    "in_force_before_first": (
        "This is before the first measurement ({wave}): nothing tells what it changed."
    ),
    "posted_in_none": "None of the {sites} open sites displays it at the end of the wave.",
    "posted_in_one": "One open site out of {sites} displays it at the end of the wave.",
    "posted_in_n": "{count} open sites out of {sites} display it at the end of the wave.",
    "posting_gap": (
        "{posted} where it is displayed, {not_posted} where it is not yet: a gap of {gap} "
        "({range}). These sites differ in other ways too: this is not an effect of displaying it."
    ),
    "decided_planned": "{decision}: decided on {day} ({owner}).",
    "decided_under_way": "{decision}: under way since {day} ({owner}).",
    "decided_done": "{decision}: done on {day} ({owner}).",
    "decided_given_up": "{decision}: given up on {day} ({owner}).",
    "decided_nothing": "Nothing has been decided to date.",
    "fact_promise": "Promise",
    "fact_in_force": "Display",
    "fact_perceived": "As perceived",
    "fact_change": "Change",
    "fact_posting": "By site",
    "fact_measured": "As measured",
    "fact_announced": "Announced",
    "fact_reading": "Reading",
    "fact_decided": "Decided since",
    "column_commitment": "Commitment",
    "column_perceived": "As perceived",
    "column_measured": "As measured",
    "column_reading": "Reading",
    "column_decided": "Decided since",
    "caption_commitments": "The commitments, {field}, {wave}",
    "caption_commitments_all": "The commitments by directorate, {wave}",
    "commitments_note_rule": (
        "a commitment is said to be kept as perceived where the whole interval of its indicator "
        "reaches its target, not kept where all of it lies below; kept as measured where the "
        "measure meets the standard announced to the public."
    ),
    "commitments_note_family": (
        "the intervals allow for the {count} commitments that are judged together."
    ),
    "commitments_note_none": "“not measured” = nothing is collected that would tell.",
    "commitments_heads_decided": "What was decided",
    "card_told": "You told us",
    "card_done": "We acted",
    "card_side": "{side} ({directorate})",
    "card_next": "Next publication: {day}.",
    "measured_days_one": "{value} day",
    "measured_days_many": "{value} days",
    "measured_minutes_one": "{value} minute",
    "measured_minutes_many": "{value} minutes",
    "measured_per_thousand_one": "{value} per 1,000",
    "measured_per_thousand_many": "{value} per 1,000",
}
