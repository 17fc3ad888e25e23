"""English phrases on who the users of each product are."""

AUDIENCES: dict[str, str] = {
    "spread_users": (
        "{level}: from {low} ({lowest}) to {high} ({highest}) of {people}, over {count} {units}"
    ),
    "spread_one_users": "{level}: {value} of {people}, {named}",
    "users_caption": "{item}, {wave}",
    "users_note": "weighted shares; their intervals are in the open data",
    "users_note_margin": (
        "the answers to this question are distributed as the administrative records that weights "
        "rest on say ({named})"
    ),
    "spread_far": (
        "Far from online services: from {low} ({lowest}) to {high} ({highest}) of {people}, over "
        "{count} {units}"
    ),
    "spread_one_far": "Far from online services: {value} of {people}, {named}",
    "far_caption": "Share of users who are far from online services, {wave}",
    "far_alt": "Far from online services, from most to least: {values}",
    "far_axis": "In % of answers",
    "far_online": (
        "a survey online asks only people who are there: those who do not come are not counted"
    ),
    "far_note": "far from online services = answer {answers} to the question {question}",
    "shared_head_none": "No declared audience is that of several {units}",
    "shared_head_one": "One declared audience is that of several {units}",
    "shared_head_n": "{count} declared audiences are those of several {units}",
    "shared_caption": "Whom {units} are for, {wave}",
    "shared_count": "Number of {units}",
    "shared_which": "List",
    "shared_note": "audiences declared by the teams: nobody is counted",
    "uses_head": "{value} of {people} ({named}) also use {other}: the highest share",
    "uses_caption": "What else users use, {wave}",
    "segments_head": "On average over {units}, the {people} fall into {count} groups: {segments}",
    "segment_named": "{segment} ({value})",
    "segment_number": "group {number}",
    "segment_marks": "{value} of {people}, {range}. What tells them apart most: {marks}",
    "segment_plain": (
        "{value} of {people}, {range}. No answer clearly tells them apart from all other groups"
    ),
    "segment_mark": "{answer} to the question {question} ({value})",
    "segment_shares_caption": "Share of each group among users, {wave}",
    "segment_answers_caption": "What each group answers, {wave}",
    "segment_answer": "{item} – {answer}",
    "segment_all": "All",
    "segment_note": (
        "these groups are found by a model (latent classes): within a group, answers to different "
        "questions are independent; a group answers alike in all {units}, and its size differs "
        "from one to another. All = mean of {units}, each of which counts alike. How clearly "
        "people are of one group, from 0 to 1: {entropy}"
    ),
    "segment_note_count": "the number of groups is chosen in the first wave, and kept",
    "segment_note_other": (
        "the number of groups is chosen in the first wave, and kept; this wave alone would have "
        "{count} chosen"
    ),
    "segments_stable": (
        "These groups last: {value} of the people asked are in the same group by the model of this "
        "wave and by that of the wave before ({before})."
    ),
    "segments_shifting": (
        "These groups change: only {value} of the people asked are in the same group by the model "
        "of this wave and by that of the wave before ({before})."
    ),
    "who_head": "Who the {people} are",
    "who_groups": "Groups",
    "who_far": "Far from online services",
    "who_answers": "{segments}",
    "who_far_share": "{value}, {range}",
    "who_more": "Audiences, side by side",
    "segment_first": "This is the first wave: nothing tells yet whether these groups last.",
}
