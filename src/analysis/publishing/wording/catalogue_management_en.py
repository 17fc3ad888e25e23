"""English phrases on what is measured, beside what is perceived."""

MANAGEMENT: dict[str, str] = {
    "management_title": "Standards met: {parts}",
    "management_title_none": "Management figures, with no announced standard",
    "source_sheet": "{file}, sheet {sheet}, row {rows}",
    "source_file": "{file}, row {rows}",
    "management_source": (
        "management figures as delivered, sheet and row in the table; and the survey of the wave"
    ),
    "management_note_partner": (
        "a figure’s partner is what users say of the same thing, with its interval."
    ),
    "management_note_cohort": (
        "a figure is of the same cases as those that the users of the wave speak of, not of the "
        "same month; it is given where no month is missing."
    ),
    "note_nd_measured": "n/a = a month is missing, or there was no case",
    "column_measure": "Management indicator",
    "column_value": "Measured",
    "column_norm": "Standard",
    "column_partner": "As perceived",
    "column_cases": "Cases",
    "column_source": "Read in",
    "column_unit": "Directorate",
    "partner_none": "no partner",
    "partner_hidden": "{indicator}, not disclosed",
    "partner": "{indicator}, {value} {interval}",
    "caption_management": "Management figures and their partners, {field}, {wave}",
    "cohort_field": "{first} to {last}",
    "cohort_cases": "{cases}, {first} to {last}",
    "source_missing": "{months} missing",
    "quadrants_head": "Measured and perceived: four situations",
    "quadrant_mastered": "under control",
    "quadrant_information": "information gap",
    "quadrant_tolerated": "tolerated",
    "quadrant_priority": "priority",
    "quadrant_unsure": "in between",
    "quadrant_mastered_reading": "under control = the standard is met, and users say so.",
    "quadrant_information_reading": (
        "information gap = the standard is met, and users do not say so: announce and explain."
    ),
    "quadrant_tolerated_reading": (
        "tolerated = the standard is not met, and users are not unhappy with it: a risk."
    ),
    "quadrant_priority_reading": "priority = neither the standard nor the target is reached.",
    "quadrant_unsure_reading": (
        "in between = it is not known on which side of the target, or of the standard."
    ),
    "quadrant_name": "{number}. {commitment} ({directorate})",
    "quadrants_alt": (
        "Points about two lines, that of the standard and that of the target. {points}."
    ),
    "quadrants_alt_point": "{name}, {quadrant}",
    "quadrants_note": (
        "to the right, better than the standard; at the top, above the target; numbers are those "
        "of the table. The bar is the interval of what users say."
    ),
    "quadrants_note_hollow": "a hollow point = it is not known on which side it lies.",
    "caption_quadrants": "Commitments as measured and as perceived, {wave}",
    "caption_quadrants_table": "Distances to the standard and to the target, {wave}",
    "column_to_norm": "Distance to the standard",
    "column_to_target": "Distance to the target",
    "column_quadrant": "Situation",
    "axis_to_norm": "Measured: distance to the standard, in % of it (better to the right)",
    "axis_to_target": "Perceived: distance to the target, in points",
    "delays_head": "Announced, measured, perceived: the same cases",
    "delays_reading": "{directorate}, {cases}: {announced} announced, {measured} measured.",
    "delays_reading_perceived": (
        "{directorate}, {cases}: {announced} announced, {measured} measured; {value} of {people} "
        "{answered} {counted}."
    ),
    "delays_announced": "{name}, announced ({field})",
    "delays_measured": "{name}, measured ({field})",
    "delays_alt": "Bars of what was announced and measured. {values}.",
    "delays_note": (
        "the mark is the standard announced to the public. The measured time starts with the "
        "complete case, the one that a user lives through with the first contact: it is longer."
    ),
    "caption_delays": "Announced and measured, {wave}",
    "in_time_head": "Month after month, wave after wave",
    "in_time_note": (
        "two scales, one above the other, never mixed; one time axis. The dashed line is the "
        "standard, a bar an interval, the dotted line a declared change."
    ),
    "note_break": "{day}, {label}",
    "break_mark": "change",
    "panel_measured": "{indicator} ({unit})",
    "panel_perceived": "{indicator} ({counted})",
    "axis_days": "in days",
    "axis_minutes": "in minutes",
    "axis_per_thousand": "per 1,000",
    "axis_count": "number",
    "value_of": "{value} ({month})",
    "series_alt": (
        "Two lines, one above the other, {field}. {indicator}: from {first} to {last}. "
        "{perceived}: from {first_value} to {last_value}."
    ),
    "caption_series": "{indicator}, and what users say of it, {field}",
    "between_sites_head": "From site to site",
    "correlation_agree": (
        "{directorate}: sites with a better {indicator} are also those where {perceived} is "
        "perceived best (rank correlation {value} {interval}, {count} sites)."
    ),
    "correlation_disagree": (
        "{directorate}: sites with a better {indicator} are those where {perceived} is perceived "
        "worst (rank correlation {value} {interval}, {count} sites)."
    ),
    "correlation_none": (
        "{directorate}: from site to site, no link is detected between {indicator} and "
        "{perceived} (rank correlation {value} {interval}, {count} sites)."
    ),
    "ecological_title": "Sites, not people",
    "ecological_text": (
        "A link between sites says nothing of each user: those who wait longest need not be "
        "those who are unhappy."
    ),
    "column_correlation": "Correlation",
    "caption_correlations": "Rank correlation between sites, {wave}",
    "correlation_note": (
        "each site is taken from the mean of its kind; the interval comes from resampling sites."
    ),
    "alone_head": "Without a partner",
    "alone_measured": "Measured, and never asked of users: {items}.",
    "alone_perceived": "Asked of users, and never measured: {items}.",
}
