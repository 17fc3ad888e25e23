"""English phrases on what weakens an edition."""

QUALITY: dict[str, str] = {
    "quality_title": "Points to watch",
    "quality_more_one": "One more point is described on the method page.",
    "quality_more_n": "{count} more points are described on the method page.",
    "quality_no_answers": "No answers were received for this wave.",
    "quality_wave_missing": "No answers were received for {wave}.",
    "quality_wave_missing_several": (
        "No answers were received for {count} of the earlier waves, {wave} among them."
    ),
    "quality_channel_silent": "No answers came through {channel}.",
    "quality_channel_silent_against": (
        "No answers came through {channel}, compared with {baseline} in {wave}."
    ),
    "quality_nothing_kept": "Nothing in the file {file} could be kept.",
    "quality_nothing_kept_numbers": (
        "Nothing in the file {file}, which holds {observed}, could be kept."
    ),
    "quality_not_asked": (
        "The question {question} is missing from some of the answers through {channel}."
    ),
    "quality_not_asked_numbers": (
        "The question {question} is missing from {observed} of the answers through {channel}."
    ),
    "quality_unweighted": (
        "Without known totals, the answers are not weighted: they do not say what all "
        "{everyone} think."
    ),
    "quality_margins_missing": (
        "Without known totals, the answers are weighted by the sampling frame alone, unlike those "
        "of other waves."
    ),
    "quality_sizes_unknown": (
        "Sites were sampled alike whatever their size ({channel}), and nothing tells how many "
        "people each answer stands for: the results describe those who answered."
    ),
    "quality_frame_missing": (
        "The sampling frame of {channel} was not delivered: weights start from known totals alone."
    ),
    "quality_frame_answers": (
        "The number of answers kept from {channel} is not that of the sampling frame."
    ),
    "quality_frame_answers_against": (
        "{observed} answers were kept from {channel}, and the sampling frame counts {baseline}."
    ),
    "quality_frame_margins": (
        "The sampling frame of {channel} and the known totals do not count as many people."
    ),
    "quality_frame_margins_against": (
        "The sampling frame of {channel} counts {observed} people, and the known totals {baseline}."
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
        "To the question {question} ({channel}), nobody gives the answer {answer} any more, "
        "which {baseline} gave in {wave}: the answers offered may have changed."
    ),
    "quality_channel_halved": (
        "Fewer than half as many answers came through {channel} per day of fieldwork as in {wave}."
    ),
    "quality_channel_halved_against": (
        "{channel} brought in {observed}, compared with {baseline} in {wave}."
    ),
    "quality_field_cut": (
        "The last answer came {observed} before the planned end of fieldwork on {day}."
    ),
    "quality_field_cut_channel": (
        "The last answer through {channel} came {observed} before the planned end of fieldwork "
        "on {day}."
    ),
    "quality_field_shorter": (
        "Fieldwork ended on {day}, after {observed}, against {baseline} for {wave}, with which "
        "these results are compared; part of the differences may come from that."
    ),
    "quality_duplicates": "Some of the rows in the file {file} are duplicates.",
    "quality_duplicates_numbers": "{observed} of the rows in the file {file} are duplicates.",
    "quality_refused": "Some of the rows in the file {file} were set aside.",
    "quality_refused_numbers": "{observed} of the rows in the file {file} were set aside.",
    "quality_undeclared": (
        "Some rows in the file {file} were set aside: they name a site, a channel or a service "
        "that the study does not know."
    ),
    "quality_undeclared_numbers": (
        "{observed} in the file {file} were set aside: they name a site, a channel or a "
        "service that the study does not know."
    ),
    "quality_dont_know": (
        "To the question {question} ({channel}), {answer} is a more frequent answer than in {wave}."
    ),
    "quality_dont_know_numbers": (
        "To the question {question} ({channel}), {observed} answer {answer}, more than in {wave}."
    ),
    "quality_dont_know_against": (
        "To the question {question} ({channel}), the share answering {answer} went from "
        "{baseline} ({wave}) to {observed}."
    ),
    "quality_no_reply": (
        "The question {question} ({channel}) is left unanswered more often than in {wave}."
    ),
    "quality_no_reply_numbers": (
        "{observed} leave the question {question} ({channel}) unanswered, more than in {wave}."
    ),
    "quality_no_reply_against": (
        "For the question {question} ({channel}), missing answers went from {baseline} "
        "({wave}) to {observed}."
    ),
    "quality_sites_silent_one": "No answers came from one of the {baseline} open sites.",
    "quality_sites_silent_n": "No answers came from {observed} of the {baseline} open sites.",
    "quality_not_asked_several": (
        "{count} questions, {question} among them, are missing from answers through {channel}."
    ),
    "quality_answer_unused_several": (
        "To {count} questions ({channel}), {question} among them, nobody gives one of the "
        "answers any more: the answers offered may have changed."
    ),
    "quality_dont_know_several": (
        "To {count} questions ({channel}), {question} among them, {answer} is a more frequent "
        "answer than in {wave}."
    ),
    "quality_no_reply_several": (
        "{count} questions ({channel}), {question} among them, are left unanswered more often "
        "than in {wave}."
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
    "method_framed": "{directorate}: the answers by {channels} are weighted.",
    "method_frame": (
        " Weights start from the sampling frame: each answer stands for people of the same "
        "{classes}."
    ),
    "method_class_site": "site",
    "method_class_item": "{question}",
    "method_population": " Intervals reckon with the share of users who answered.",
    "many_units": "{count} {units}",
    "method_margins_elsewhere": (
        "The share of each category among the answers and among users is in the open data, {unit} "
        "by {unit}."
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
    "flag_margins_missing": "weighted by the frame alone",
    "flag_sizes_unknown": "size of sites unknown",
    "flag_frame_missing": "no sampling frame",
    "flag_frame_answers": "answers and sampling frame",
    "flag_frame_margins": "known totals and sampling frame",
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
