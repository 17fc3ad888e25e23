"""English phrases."""

CATALOGUE: dict[str, str] = {
    "and": "and",
    "or": "or",
    "point": "point",
    "points": "points",
    "simulated_title": "Simulated data",
    "simulated_text": (
        "No real person answered: {fictitious} on this page are fictitious. They show what the "
        "publication looks like and put it to the test."
    ),
    "simulated_answers_text": (
        "No real person answered: the answers on this page are fictitious. They show what the "
        "publication looks like and put it to the test."
    ),
    "fictitious_answers": "the answers",
    "fictitious_sites": "sites",
    "fictitious_commitments": "commitments",
    "simulated_mark": "simulated data",
    "lecture": "Reading",
    "field": "Scope",
    "note": "Note",
    "source": "Source",
    "source_text": "{title}, {publisher}, {wave}; edition of {day}",
    "claim_C1": "estimate for all {people}",
    "claim_C2": "trend among {people}; does not say what all {everyone} think",
    "claim_C3": "alert: {people}, which are not people",
    "claim_C4": "illustration: {people}, without percentages",
    "people_C1": "users",
    "people_C2": "people who chose to answer",
    "people_C3": "presses",
    "people_C4": "people heard",
    "range_C1": "95% confidence interval {interval}",
    "range_C2": "variability {interval}",
    "range_C3": "variability {interval}",
    "answers_one": "answer",
    "answers_many": "answers",
    "reading_top_share": (
        "{wave}: {value} of {people} gave {answer} to the question {question} ({details})."
    ),
    "reading_net": (
        "{wave}: among {people}, the balance of favourable and unfavourable answers to the "
        "question {question} is {value} ({details})."
    ),
    "reading_mean": (
        "{wave}: to the question {question}, {people} gave a mean score of {value} out of "
        "{maximum} ({details})."
    ),
    "level_1": "Very unfavourable",
    "level_2": "Rather unfavourable",
    "level_3": "Neutral",
    "level_4": "Rather favourable",
    "level_5": "Very favourable",
    "reading_category": "“{category}”, ",
    "reading_directorate": "{directorate}, ",
    "top_1": "the most favourable answer",
    "top_n": "one of the {count} most favourable answers",
    "reading_funnel": (
        "Each dot is a site. A site beyond the outer limits differs from the mean, {mean}, by more "
        "than chance and ordinary differences between sites explain; between the limits, sites "
        "cannot be told apart."
    ),
    "finding_overall_C2": "{indicator}, among {people}: {value}",
    "finding_hidden": "Too few answers for a finding",
    "finding_headline": "The indicators and their change",
    "finding_headline_first": "The indicators",
    "finding_summary_C1": "{indicator}: {values}",
    "finding_summary_C2": "{indicator}, among {people}: {values}",
    "finding_channels": "Each channel hears different people: results are read channel by channel",
    "finding_profiles": "“{indicator}” by profile",
    "finding_funnel_none": "No site stands clearly apart from the others",
    "finding_funnel_one": "One site stands clearly apart from the others",
    "finding_funnel_n": "{count} sites stand clearly apart from the others",
    "finding_overall_C1": "{indicator}: {value}",
    "finding_overall_C3": "{indicator}, {people}: {value}",
    "finding_best_sole": "“{best}” is perceived best",
    "finding_best_near": "“{best}” is among the best perceived",
    "finding_worst_sole": "“{worst}” worst",
    "finding_worst_near": "“{worst}” among the worst",
    "directorate_people": "{directorate}, {people}",
    "finding_summary_C3": "{indicator}, {people}: {values}",
    "change_up": "{indicator} rises: {change} since the previous wave ({before})",
    "change_down": "{indicator} falls: {change} since the previous wave ({before})",
    "change_small": (
        "Small change, below the threshold of {threshold}: {change} since the previous wave "
        "({before})"
    ),
    "change_equivalent": "Difference below {threshold} since the previous wave ({before})",
    "change_none": "No change detected since the previous wave ({before})",
    "change_detail": (
        "Difference of {change} ({range}). This survey could hardly see a difference below "
        "{detectable}."
    ),
    "change_imprecise": "Change not measurable: what was collected does not tell how precise it is",
    "change_unavailable": "Change not available: one of the two waves is not disclosed",
    "caption_likert": "Answers to the core questions, in percent, {field}, {wave}",
    "caption_trend": "{indicator}, {measure}, {field}",
    "titled": "{directorate} – {text}",
    "caption_funnel": "{indicator} by site, in percent, by effective number of answers; {waves}",
    "caption_headline": "Core indicators, {field}, {wave}",
    "caption_channels": "{indicator} by channel, {field}, {wave}",
    "caption_profiles": "{indicator} by profile, {unit}, {field}, {wave}",
    "caption_trend_table": "{indicator} by wave, {unit}, {field}",
    "caption_funnel_table": "Number of sites by their place relative to the {limits}",
    "caption_collection": "{answers} by channel, {wave}",
    "caption_margins": (
        "Who answers: share of the answers and share of the users, {field}, {wave}"
    ),
    "caption_definitions": "Definitions in force",
    "caption_summary": "{indicator} by {unit}, {wave}",
    "caption_summary_one": "{indicator}, {wave}",
    "field_text": "{people} ({directorate}); {claim}",
    "column_indicator": "Indicator",
    "column_share": "Favourable share",
    "column_mean": "Mean score (out of {maximum})",
    "column_balance": "Balance",
    "column_result": "Result",
    "column_range": "Interval or variability",
    "column_change": "Change",
    "column_channel": "Channel",
    "column_claim": "What may be said of it",
    "column_category": "Profile",
    "column_wave": "Wave",
    "column_place": "Place of the site",
    "column_sites": "Sites",
    "unit_one": "directorate",
    "column_definition": "Definition",
    "column_version": "Version",
    "column_meaning": "Meaning",
    "column_sample": "Share of answers",
    "column_frame": "Share of users",
    "column_gap": "Gap",
    "column_interval_C1": "95% interval",
    "column_interval_C2": "Variability",
    "column_interval_C3": "Variability",
    "word_up": "rise",
    "word_down": "fall",
    "word_small": "small",
    "word_equivalent": "stable",
    "word_none": "none detected",
    "place_above": "Above the limits",
    "place_inside": "Between the limits",
    "place_below": "Below the limits",
    "unknown_category": "Not known",
    "sign_s": "s",
    "sign_nd": "n/a",
    "sign_so": "–",
    "note_s": "s: not disclosed, so that nobody can be recognised",
    "note_nd": "n/a: not available, too few answers",
    "note_caution": "(!): fewer than {count} {answers}, to be read with caution",
    "note_fragile": "(!!): fewer than {count} {answers}, fragile",
    "note_margins": ("weighting brings the share of answers to the share of users."),
    "note_margins_source": "“Share of users”: {source}",
    "note_likert": (
        "“not concerned”, “don’t know” and missing answers do not count. Shares below 5% are not "
        "written on the figure."
    ),
    "note_left_out": (
        "the figure leaves out {items}, one of whose answers is too rare to be disclosed."
    ),
    "note_funnel": (
        "sites are not named. The {count} sites whose result may be disclosed are drawn. The "
        "limits allow for the sampling design and for ordinary differences between sites."
    ),
    "note_change": (
        "a change is called a rise or a fall if its interval excludes zero and it reaches "
        "{threshold}."
    ),
    "note_channels": "a channel is never added to another.",
    "note_channels_together": "the other results on this page take {channels} together.",
    "note_rounding": "changes are computed before rounding.",
    "note_change_first": "this is the first measure: there is no change to read yet.",
    "note_change_nd": "n/a, under “Change”: no figure to compare, or one that is not disclosed",
    "note_so": "–: not applicable",
    "alt_likert": ("Stacked bars by question. {best}: {best_value}; {worst}: {worst_value}."),
    "alt_likert_one": "Stacked bar of the answers to one question. {best}: {best_value}.",
    "worded_share": "{value} favourable answers",
    "worded_mean": "mean score of {value}",
    "worded_balance": "balance of {value}",
    "out_of": "{value} out of {maximum}",
    "measure_share": "share of favourable answers, in percent",
    "measure_mean": "mean score out of {maximum}",
    "measure_balance": "balance of favourable and unfavourable answers, in points",
    "unit_share": "in percent",
    "unit_mean": "mean score out of {maximum}",
    "unit_balance": "in points",
    "alt_trend": "Line by wave, from {first_value} ({first}) to {last_value} ({last}).",
    "alt_funnel": (
        "Cloud of {count} sites around the mean, {mean}; {outside} beyond the outer limits."
    ),
    "axis_share": "Favourable answers (%)",
    "axis_mean": "Mean score (out of {maximum})",
    "axis_balance": "Balance (in points)",
    "axis_effective": "Effective number of answers",
    "legend_95": "95% limits",
    "legend_998": "99.8% limits",
    "legend_mean": "mean",
    "method_reading_C1": (
        "A result comes with the interval that holds, in 95 similar surveys out of 100, the value "
        "that asking all {everyone} would have given. The more answers, the narrower it is."
    ),
    "method_reading_C2": (
        "Where people chose to answer, a result comes with its variability: how far chance alone "
        "could move it if other people like them had answered. It says nothing of those who did "
        "not. The more answers, the narrower it is."
    ),
    "method_thresholds": (
        "Nothing is published below {suppressed} {answers} (s){unavailable}{caution}. Larger cells "
        "are hidden where a subtraction would give a small one away."
    ),
    "method_unavailable": (
        "; from {first} to {last} {answers}, the result is not disclosed to the public (n/a)"
    ),
    "method_caution": "; from {first} to {last}, it is to be read with caution",
    "method_constrained": (
        "People under constraint ({populations}) are never asked their satisfaction and are not "
        "counted here."
    ),
    "skip": "Skip to content",
    "nav": "Pages",
    "formats": "Other formats",
    "data": "Open data (CSV)",
    "edition": "Edition {version} of {day}",
    "licence": "Texts and data: Licence Ouverte 2.0.",
    "figure": "Figure",
    "table": "Table",
    "contents": "On this page",
    "method_collection_head": "What was collected",
    "method_weights_head": "Who answers, and how answers are weighted",
    "method_reading_head": "How to read a result",
    "method_privacy_head": "What is not published",
    "number_2": "two",
    "number_3": "three",
    "number_4": "four",
    "number_5": "five",
    "number_6": "six",
    "number_7": "seven",
    "number_8": "eight",
    "number_9": "nine",
    "number_10": "ten",
    "among_C2": "among {people}, {text}",
    "among_C3": "among {people}, {text}",
    "waves_pooled_1": "one wave",
    "waves_pooled_n": "{count} waves together",
}
