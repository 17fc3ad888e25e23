"""English phrases on what weakens an edition."""

QUALITY: dict[str, str] = {
    "quality_title": "What weakens these results",
    "quality_more_one": "One more point is described on the method page.",
    "quality_more_n": "{count} more points are described on the method page.",
    "quality_no_answers": "No answer was received for this wave.",
    "quality_wave_missing": "No answer was received for the wave {wave}.",
    "quality_channel_silent": "The channel {channel} brought no answer.",
    "quality_channel_silent_against": (
        "The channel {channel} brought no answer, against {baseline} in the wave {wave}."
    ),
    "quality_nothing_kept": "Nothing of the file {file} could be kept.",
    "quality_nothing_kept_numbers": (
        "Nothing of the file {file}, which holds {observed}, could be kept."
    ),
    "quality_not_asked": (
        "The question {question} is missing from part of the answers by {channel}."
    ),
    "quality_not_asked_numbers": (
        "The question {question} is missing from {observed} of the answers by {channel}."
    ),
    "quality_unweighted": (
        "For want of known totals, the answers are not weighted: they do not say what all "
        "{everyone} think."
    ),
    "quality_question_changed": (
        "The question {question} changed on {day}: its results cannot be compared with earlier "
        "ones."
    ),
    "quality_answer_unused": (
        "To the question {question} ({channel}), nobody gives the answer {answer} any more: the "
        "answers offered may have changed."
    ),
    "quality_answer_unused_against": (
        "To the question {question} ({channel}), nobody gives the answer {answer} any more, which "
        "{baseline} gave in the wave {wave}: the answers offered may have changed."
    ),
    "quality_channel_halved": (
        "The channel {channel} brought, per day of fieldwork, fewer than half as many answers as "
        "in the wave {wave}."
    ),
    "quality_channel_halved_against": (
        "The channel {channel} brought {observed}, against {baseline} in the wave {wave}."
    ),
    "quality_field_cut": (
        "The last answer came {observed} before the planned end of fieldwork, {day}."
    ),
    "quality_field_cut_channel": (
        "The last answer by {channel} came {observed} before the planned end of fieldwork, {day}."
    ),
    "quality_field_shorter": (
        "Fieldwork ends on {day}: {observed}, against {baseline} for the wave {wave}, with which "
        "these results are compared."
    ),
    "quality_duplicates": "Part of the rows of the file {file} are duplicates.",
    "quality_duplicates_numbers": "{observed} of the rows of the file {file} are duplicates.",
    "quality_refused": "Part of the rows of the file {file} were set aside.",
    "quality_refused_numbers": "{observed} of the rows of the file {file} were set aside.",
    "quality_undeclared": (
        "Rows of the file {file} were set aside: they name a site, a channel or a service that the "
        "study does not know."
    ),
    "quality_undeclared_numbers": (
        "{observed} of the file {file} were set aside: they name a site, a channel or a service "
        "that the study does not know."
    ),
    "quality_dont_know": (
        "To the question {question} ({channel}), answers {answer} are more frequent than in the "
        "wave {wave}."
    ),
    "quality_dont_know_numbers": (
        "To the question {question} ({channel}), {observed} answer {answer}, more than in the wave "
        "{wave}."
    ),
    "quality_dont_know_against": (
        "To the question {question} ({channel}), answers {answer} went from {baseline} (wave "
        "{wave}) to {observed}."
    ),
    "quality_no_reply": (
        "The question {question} ({channel}) is left without an answer more often than in the wave "
        "{wave}."
    ),
    "quality_no_reply_numbers": (
        "To the question {question} ({channel}), {observed} do not answer, more than in the wave "
        "{wave}."
    ),
    "quality_no_reply_against": (
        "To the question {question} ({channel}), missing answers went from {baseline} (wave "
        "{wave}) to {observed}."
    ),
    "quality_sites_silent_one": "One of {baseline} open sites brought no answer.",
    "quality_sites_silent_n": "{observed} of {baseline} open sites brought no answer.",
    "quality_not_asked_several": (
        "{count} questions are missing from answers by {channel}, {question} among them."
    ),
    "quality_answer_unused_several": (
        "To {count} questions ({channel}), {question} among them, one of the answers is no longer "
        "given by anybody: the answers offered may have changed."
    ),
    "quality_dont_know_several": (
        "To {count} questions ({channel}), {question} among them, answers {answer} are more "
        "frequent than in the wave {wave}."
    ),
    "quality_no_reply_several": (
        "{count} questions ({channel}), {question} among them, are left without an answer more "
        "often than in the wave {wave}."
    ),
    "provisional_title": "Provisional edition (p)",
    "provisional_text": (
        "Figures marked (p) may still change until the final edition, planned for {day}; the end "
        "of fieldwork is set to {end}."
    ),
    "provisional_sign": "{wave} (p)",
    "edition_provisional": "Provisional edition {version} of {day}",
    "days_one": "{count} day",
    "days_many": "{count} days",
    "rows_one": "{count} row",
    "rows_many": "{count} rows",
    "method_claims": "; ",
    "method_weighted": (
        "{directorate}: answers by {channels} are weighted; the share of each category is brought "
        "to that of the known totals."
    ),
    "method_unweighted": (
        "{directorate}: answers are not weighted; each counts for one, and results describe those "
        "who answered."
    ),
    # What an analyst sees of it in a workshop notebook.
    "flag_no_answers": "no answer",
    "flag_wave_missing": "wave without answers",
    "flag_channel_silent": "silent channel",
    "flag_nothing_kept": "file of which nothing is kept",
    "flag_not_asked": "question not asked",
    "flag_unweighted": "not weighted",
    "flag_question_changed": "question changed",
    "flag_answer_unused": "answer nobody gives any more",
    "flag_channel_halved": "channel fallen by half",
    "flag_field_cut": "end of fieldwork without answers",
    "flag_field_shorter": "shorter fieldwork",
    "flag_duplicates": "duplicates",
    "flag_refused": "rows set aside",
    "flag_undeclared": "undeclared names",
    "flag_dont_know": "more don’t know",
    "flag_no_reply": "more missing answers",
    "flag_sites_silent": "silent sites",
    "header_flag": "Flag",
    "header_subject": "Subject",
    "header_observed": "Observed",
    "header_baseline": "Baseline",
}
