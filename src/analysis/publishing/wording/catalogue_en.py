"""English phrases."""

from analysis.publishing.wording.catalogue_audiences_en import AUDIENCES
from analysis.publishing.wording.catalogue_commitments_en import COMMITMENTS
from analysis.publishing.wording.catalogue_comparison_en import COMPARISON
from analysis.publishing.wording.catalogue_data_en import DATA
from analysis.publishing.wording.catalogue_data_listening_en import DATA_LISTENING
from analysis.publishing.wording.catalogue_editions_en import EDITIONS
from analysis.publishing.wording.catalogue_flows_en import FLOWS
from analysis.publishing.wording.catalogue_identity_en import IDENTITY
from analysis.publishing.wording.catalogue_listening_en import LISTENING
from analysis.publishing.wording.catalogue_management_en import MANAGEMENT
from analysis.publishing.wording.catalogue_practices_en import PRACTICES
from analysis.publishing.wording.catalogue_quality_en import QUALITY
from analysis.publishing.wording.catalogue_reading_en import READING
from analysis.publishing.wording.catalogue_sites_en import SITES

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
    "fictitious_devices": "listening devices, their dates and costs",
    "fictitious_commitments": "commitments",
    "fictitious_management": "management figures",
    "simulated_mark": "simulated data",
    "lecture": "How to read",
    "field": "Coverage",
    "note": "Note",
    "source": "Source",
    "source_text": "{title}, {publisher}, {wave}; edition of {day}",
    "claim_C1": "estimate for all {people}",
    "claim_C2": "indicative of {people}; does not say what all {everyone} think",
    "claim_C3": "an alert only, since {people} are not people",
    "claim_C4": "an illustration only, without percentages ({people})",
    "people_C1": "users",
    "people_C2": "people who chose to answer",
    "people_C3": "presses",
    "people_C4": "people heard",
    "range_C1": "95% confidence interval {interval}",
    "range_C2": "variability {interval}",
    "range_C3": "variability {interval}",
    "answers_one": "answer",
    "answers_many": "answers",
    "finding_overall_C2": "{indicator}, among {people}: {value}",
    "finding_headline": "The indicators and their change",
    "finding_headline_first": "The indicators",
    "finding_summary_C1": "{indicator}: {values}",
    "finding_summary_C2": "{indicator}, among {people}: {values}",
    "finding_overall_C1": "{indicator}: {value}",
    "finding_overall_C3": "{indicator}, {people}: {value}",
    "directorate_people": "{directorate}, {people}",
    "finding_summary_C3": "{indicator}, {people}: {values}",
    "since_year": "over one year",
    "since_previous": "since the previous wave ({before})",
    "since_first": "across waves, since the first ({before})",
    "since_wave": "since the reference wave ({before})",
    "change_up": "{indicator} up {since}: {change}",
    "change_down": "{indicator} down {since}: {change}",
    "change_equivalent": "Difference below {threshold} {since}",
    "change_none": "No change detected {since}",
    "change_detail": "{since}, a difference of {change} ({range}).",
    "change_family": "The intervals allow for the {count} changes examined together.",
    "change_no_reference": "No year-on-year change to report yet",
    "change_imprecise": (
        "Change not measurable: the way answers were collected gives no measure of its precision"
    ),
    "change_broken": "Change not read: {event}, on {day}, makes it another measure",
    "change_unavailable": "Change not available, for want of two comparable measures",
    "titled": "{directorate} – {text}",
    "caption_collection": "{answers} by channel, {wave}",
    "caption_margins": "Who answers: share of answers and share of users, {field}, {wave}",
    "caption_definitions": "Definitions in force",
    "field_text": "{people} ({directorate}); {claim}",
    "column_indicator": "Indicator",
    "column_mean": "Mean score (out of {maximum})",
    "column_balance": "Balance",
    "column_result": "Result",
    "column_range": "Interval or variability",
    "column_channel": "Channel",
    "column_claim": "What may be said of it",
    "column_category": "Profile",
    "column_wave": "Wave",
    "column_sites": "Sites",
    "unit_one": "directorate",
    "unit_many": "directorates",
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
    "word_equivalent": "below the threshold",
    "word_none": "none detected",
    "word_differ": "differ",
    "word_chance": "chance",
    "word_above": "Above the limits",
    "word_inside": "Between the limits",
    "word_below": "Below the limits",
    "unknown_category": "Not stated",
    "sign_s": "s",
    "sign_nd": "n/a",
    "sign_so": "–",
    "note_s": "s = not disclosed, so that nobody can be recognised",
    "note_nd": "n/a = not available, too few answers",
    "note_caution": "(!) = fewer than {count} {answers}, to be read with caution",
    "note_fragile": "(!!) = fewer than {count} {answers}, fragile",
    "note_margins": ("weighting brings the share of answers to the share of users."),
    "note_margins_source": "share of users from “{source}”",
    "note_change": (
        "a change is called a rise or a fall if its interval excludes zero and it reaches "
        "{threshold}, small if its interval excludes zero but it falls short of this "
        "threshold, below the threshold if the survey shows that it falls short, and none "
        "detected otherwise."
    ),
    "note_change_family": (
        "the interval of each change allows for the {count} "
        "changes examined together; those of results are ordinary intervals."
    ),
    "note_change_no_reference": (
        "there is not yet a wave from the same season a year earlier to compare with."
    ),
    "column_change_since": "Change {since}",
    "note_channels": "channels are never added together.",
    "note_channels_together": "the other results on this page combine {channels}.",
    "note_change_first": "this is the first measurement, so there is no change to report yet.",
    "note_change_nd": "n/a, for a change = no figure to compare with, or one that is not disclosed",
    "note_so": "– = not applicable",
    "axis_share": "Favourable answers (%)",
    "axis_mean": "Mean score (out of {maximum})",
    "axis_balance": "Balance (in points)",
    "axis_effective": "Effective sample size",
    "legend_mean": "mean",
    "method_reading_C1": (
        "Each result comes with an interval. In 95 out of 100 surveys like this one, the "
        "interval would contain the value obtained by asking all {everyone}, provided that, "
        "once weighted, those who did not answer are like the others. The more answers there "
        "are, the narrower it is."
    ),
    "method_reading_C2": (
        "Where people chose to answer, each result comes with its variability: how far chance "
        "alone could have moved it, had other people like them answered. It says nothing about "
        "those who did not answer. The more answers there are, the smaller it is."
    ),
    "method_changes": (
        "The changes of one set of results (over a year, since the previous wave, across waves) "
        "are judged together: their intervals are widened (Bonferroni’s method) so that, of a "
        "hundred editions, five at most announce one wrongly. Gaps between profiles and channels "
        "are judged in the same way."
    ),
    "method_waves_independent": (
        "Waves are taken for independent samples, since nothing tells whether a person asked in "
        "one wave was asked in another."
    ),
    "method_waves_common": (
        "Where the same sampled groups are met in several waves (sites, members of a panel), "
        "the interval of a change reckons with what they have in common."
    ),
    "method_thresholds": (
        "Nothing is published below {suppressed} {answers} (s){unavailable}{caution}. Other "
        "figures are hidden where a subtraction would give a small number away."
    ),
    "method_unavailable": (
        "; from {first} to {last} {answers}, the result is not disclosed to the public (n/a)"
    ),
    "method_caution": "; from {first} to {last}, it is to be read with caution",
    "method_constrained": (
        "People whose contact with the service is not voluntary ({populations}) are never "
        "asked whether they are satisfied, and are not counted here."
    ),
    "this_language": "English version",
    "skip": "Skip to content",
    "nav": "Pages",
    "formats": "Other formats",
    "data": "Open data (CSV)",
    "workbook": "Open data (XLSX)",
    "edition": "Edition {version} of {day}",
    "licence": "Texts and data: {licence}.",
    "figure": "Figure",
    "table": "Table",
    "contents": "On this page",
    "method_collection_head": "What was collected",
    "method_weights_head": "Who answers, and how answers are weighted",
    "method_reading_head": "How to read a result",
    "method_privacy_head": "What is not published",
    **COMMITMENTS,
    **MANAGEMENT,
    **READING,
    **EDITIONS,
    **IDENTITY,
    **SITES,
    **FLOWS,
    **AUDIENCES,
    **LISTENING,
    **PRACTICES,
    **COMPARISON,
    **DATA,
    **DATA_LISTENING,
    **QUALITY,
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
    "out_of": "{value} out of {maximum}",
    # What is counted, and how it is read aloud.
    "answers_from": "from {first} to {last}",
    "counted_mean": "score from 0 to {maximum}",
    "counted_balance": "{best}, less {worst}",
    "presses_one": "press",
    "presses_many": "presses",
    "change_detail_none": (
        "{since}, a measured difference of {change} ({range}), not established; a change of "
        "less than {detectable} could have gone unnoticed."
    ),
    "field_excluded": "{field}; {populations} excluded",
    "answered_C1": "would answer",
    "answered_C2": "answered",
    "answered_C3": "answered",
    "people_among": "{people} ({group})",
    "note_gap_margins": "gaps are computed before rounding.",
    "reading_top_share": (
        "{value} of {people} {answered} {counted} to the question {question} ({details})."
    ),
    "reading_presses": (
        "{value} of {people} were for {counted} in reply to the question {question} ({details})."
    ),
    "reading_net": (
        "the balance of answers ({counted}) from {people} to the question {question} is "
        "{value} ({details})."
    ),
    "reading_mean": (
        "to the question {question}, the mean score of {people} is {value} out of {maximum} "
        "({details})."
    ),
    # Findings on aspects, channels and profiles.
    "finding_few": "Too few answers for a finding",
    "finding_hidden": "Results not disclosed, so that nobody can be recognised",
    "finding_aspects_near": (
        "From {worst_value} to {best_value} across aspects: none stands clearly apart"
    ),
    "finding_best_sole": "“{best}” is the best-rated aspect ({best_value})",
    "finding_best_near": "“{best}” ({best_value}) is one of the best-rated aspects",
    "finding_worst_sole": "“{worst}” the lowest rated ({worst_value})",
    "finding_worst_near": "“{worst}” ({worst_value}) one of the lowest rated",
    "finding_apart": (
        "Not ranked, as the number of possible answers, or those counted, differ: {items}."
    ),
    "apart_shown": "{indicator}, {value} ({counted})",
    "apart_hidden": "{indicator}, not disclosed",
    "finding_changes_up": "Indicators up {since}: {up} of {count}, no fall detected",
    "finding_changes_down": "Indicators down {since}: {down} of {count}, no rise detected",
    "finding_changes_up_down": "Indicators up {since}: {up} of {count}, and {down} down",
    "finding_changes_none": (
        "No rise or fall detected {since} (number of indicators examined: {count})"
    ),
    "finding_channels": "{indicator} by channel",
    "finding_channels_none": "No gap detected with those who answer through another channel",
    "finding_channels_harsher": (
        "{indicator}: {value} ({channel}) compared with {reference_value} ({reference}); those "
        "who choose to answer are more critical"
    ),
    "finding_channels_kinder": (
        "{indicator}: {value} ({channel}) compared with {reference_value} ({reference}); those "
        "who choose to answer are more positive"
    ),
    "finding_channels_differ": (
        "{indicator}: {value} ({channel}) compared with {reference_value} ({reference})"
    ),
    "finding_profiles": "{indicator} by profile",
    "finding_profiles_none": "{indicator}: no gap detected between profiles",
    "finding_profiles_range": "{indicator}: from {low} ({low_group}) to {high} ({high_group})",
    "note_gap_1": (
        "the gap is judged by the sample design; the intervals printed are those of each result."
    ),
    "note_gap_n": (
        "the {count} gaps between groups are judged together; the intervals printed are those "
        "of each share."
    ),
    # The first page.
    "tile_level": "Level",
    "tile_change": "Change",
    "tile_answers": "Participation",
    "short_top_share": "{value} of {people} {answered} {counted}",
    "short_presses": "{value} of {people} were for {counted}",
    "short_net": "{value} is the balance of the answers ({counted}) of {people}",
    "short_mean": "{value} is the mean score given by {people}",
    "verdict_small": "Small",
    "verdict_equivalent": "Less than {threshold}",
    "verdict_none": "Not detected",
    "change_trend": (
        "“Across waves” is the slope of a straight line through all waves, season by season, not "
        "the gap between two points of the curve."
    ),
    "in_short_up": "{verdict} {since}, a rise ({range}).",
    "in_short_down": "{verdict} {since}, a fall ({range}).",
    "in_short_small": "{verdict} {since}, measured below {threshold} ({range}).",
    "in_short_equivalent": "{verdict} {since} ({range}).",
    "in_short_none": (
        "{verdict} {since}; a change of less than {detectable} could have gone unnoticed."
    ),
    "caption_summary": "{indicator}, {wave}",
    "note_tables_elsewhere": (
        "figures for each wave, and what other channels say, are on the page of each {unit}."
    ),
    # Trends.
    "range_adjusted": "adjusted 95% interval {interval}",
    "change_small": "Small measured change {since}, below {threshold}",
    "alt_trend": (
        "Line by wave of “{indicator}”, {field}: {first_value} ({first}){turn}, {last_value} "
        "({last})."
    ),
    "alt_trends": "Lines by wave of “{indicator}”. {lines}.",
    "alt_line": "{field}: {first_value} ({first}){turn}, {last_value} ({last})",
    "alt_turn": ", {value} ({wave})",
    "axis_counted": "{counted}, % of answers",
    "band_C1": "shaded band: 95% confidence interval",
    "band_C2": "shaded band: variability",
    "band_C3": "shaded band: variability",
    # Captions: what, of whom, when.
    "caption_likert": "Answers to each question, {field}, {wave}",
    "caption_answers": "Answers, from {first} to {last}, in % ({field}, {wave})",
    "caption_headline": "The core indicators, {field}, {wave}",
    "caption_channels": "{indicator} by channel, {field}, {wave}",
    "profiles_hidden": (
        "No profile is released, for want of answers or so that nobody can be recognised."
    ),
    "caption_profiles": "{indicator} by profile ({unit}), {field}, {wave}",
    "caption_trend": "{indicator}, wave after wave, {field}",
    "caption_trends": "{indicator}, wave after wave",
    "caption_trend_table": "{indicator} by wave ({unit}), {field}",
    "unit_share": "{counted}, in %",
    "unit_mean": "mean score out of {maximum}",
    "unit_balance": "balance, in points",
    "column_share": "Share",
    "column_counted": "Answers counted",
    "column_counted_share": "Of which {counted}",
    "alt_likert": "Stacked bars of the answers, {field}, {wave}. {values}.",
    "alt_value": "{label}: {value}",
    "sign_r": "r",
    "with_r": "{value}, with r",
    "note_r": "r = an answer too rare to be shown alone, counted with the next one",
    "note_likert": (
        "“not concerned”, “don’t know” and missing answers are left out. In bold, to the right "
        "of the figure, the share of the answers counted. Shares below 5% are not labelled."
    ),
    "note_left_out": "the detailed answers to {items} are not disclosed.",
    "note_sum": (
        "each share is rounded to a whole number, so a sum of rounded shares may differ by one "
        "point from the share of the whole."
    ),
    "note_rounding": (
        "changes, and the words that describe them, are worked out before rounding; decimals "
        "are in the open data."
    ),
    # What an analyst sees in a workshop notebook.
    "axis_level": "Answers (%)",
    "axis_difference": "Change (in points)",
    "axis_score_difference": "Change of the mean score",
    "axis_value": "Value",
    "header_indicator": "Indicator",
    "header_definition": "Definition",
    "header_item": "Question",
    "header_breakdown": "Breakdown",
    "header_category": "Category",
    "header_variable": "Variable",
    "header_directorate": "Directorate",
    "header_wave": "Wave",
    "header_against": "Compared with",
    "header_since": "Since",
    "header_channel": "Channel",
    "header_channels": "Channels",
    "header_claim": "What may be said of it",
    "header_kind": "Kind",
    "header_unit": "Unit",
    "header_value": "Value",
    "header_unweighted": "Unweighted",
    "header_se": "Standard error",
    "header_low": "Lower bound",
    "header_high": "Upper bound",
    "header_base": "Answers",
    "header_df": "Degrees of freedom",
    "header_size": "Effective sample size",
    "header_design_effect": "Design effect",
    "header_ratio_low": "Smallest ratio of weights",
    "header_ratio_high": "Largest ratio of weights",
    "header_iterations": "Iterations",
    "header_weight": "Weight",
    "header_change": "Change",
    "header_change_interval": "Interval of the change",
    "header_detectable": "Smallest detectable difference",
    "header_threshold": "Practical threshold",
    "header_word": "Reading",
    "header_role": "Role",
    "header_method": "Method",
    "header_status": "Precision",
    "header_counts": "Answers by level",
    "header_simulated": "Simulated data",
    "header_reference": "Reference sample",
    "header_sample_share": "Share of answers",
    "header_frame_share": "Share of users",
    "header_gap": "Gap",
    "header_delivery": "Delivery",
    "header_file": "File",
    "header_line": "Line",
    "header_received": "Received",
    "header_kept": "Kept",
    "header_refused": "Refused",
    "header_duplicates": "Duplicates",
    "header_drawn": "People drawn",
    "header_ineligible": "Not eligible",
    "header_unknown": "Status unknown",
    "header_conditional": "Spread added to the others",
    "header_asked": "Questions put",
    "header_dont_know": "Don’t know",
    "header_abandoned": "Broke off",
    "header_counted": "What is counted",
    "header_exposed": "Number",
    "header_partial": "Partial answers",
    "header_ambiguous_dates": "Ambiguous dates",
    "header_reason": "Reason",
    "header_rows": "Rows",
    "header_illegible": "Illegible",
    "header_not_asked": "Not asked",
    "header_text": "Text",
    "header_site": "Site",
    "header_day": "Day",
    "header_population": "Population",
    "header_response_id": "Response",
    "header_id": "Identifier",
    "header_wording": "Question",
    "header_levels": "Possible answers",
    "header_definitions": "Definitions",
    "category_total": "Everybody",
    "status_caution": "to be read with caution",
    "status_fragile": "fragile",
    "status_s": "too few answers",
    "status_nd": "no answer",
    "yes": "yes",
    "no": "no",
    "compared_with": "difference from {wave}",
    "level_answer": "answer {level}",
    "rows_to_unfold": "{count} rows (click to unfold them)",
    "rows_left_out": "The {count} other rows are not shown: choose with filter or head.",
    "rows_none": "No row",
    "note_small": "s = fewer than {count} {answers}, too few to be read",
    "note_null": "n/a = not available",
    "scope_about": "{study}: {about}",
    "scope_field": "field from {start} to {end}",
    "scope_answers": "{count} answers kept: {channels}",
    "made_of": "These figures rest on {answers} ({files}, {names}).",
    "made_of_answers_one": "{count} answer kept",
    "made_of_answers_many": "{count} answers kept",
    "made_of_files_one": "{count} delivered file",
    "made_of_files_many": "{count} delivered files",
    "made_of_delivery": "{files}, delivery {delivery}",
    "made_of_simulated": "Simulated data: no real person answered.",
    "made_of_real": "Real data.",
    "made_of_study": "Study {study}, digest {digest}.",
}
