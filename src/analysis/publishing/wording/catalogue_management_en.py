"""English phrases on what is measured, beside what is perceived."""

MANAGEMENT: dict[str, str] = {
    "management_title_none": "Management figures, with no announced standard",
    "source_sheet": "{file}, {sheet}, row {rows}",
    "source_file": "{file}, row {rows}",
    "management_source": (
        "management figures as delivered, in the files that the table names; survey of the wave"
    ),
    "management_note_partner": (
        "beside a figure stands what users say of the closest subject, with its interval."
    ),
    "management_note_cohort": (
        "a count is the sum of its months; a share, a time or a wait is the mean of its months, "
        "weighted by the cases of each. The months are those of the cases "
        "that users speak of, which may come before the fieldwork. A missing month takes the "
        "figure away."
    ),
    "note_nd_measured": "n/a = a month is missing, or there was no case",
    "column_measure": "Management indicator",
    "column_value": "Measured",
    "column_norm": "Standard",
    "column_partner": "As perceived",
    "column_cases": "Cases",
    "column_source": "Read in",
    "partner_none": "–",
    "partner_hidden": "{indicator}, not disclosed",
    "partner": "{indicator}, {value} {interval}",
    "caption_management": "Management figures and their partners, {field}, {wave}",
    "cohort_field": "{months}",
    "cohort_cases": "{cases}, {months}",
    "source_missing": "{months} missing",
    "quadrants_head": "Measured and perceived: four situations",
    "quadrant_mastered": "under control",
    "quadrant_information": "information gap",
    "quadrant_tolerated": "tolerated",
    "quadrant_priority": "priority",
    "quadrant_unsure": "in between",
    "meaning_mastered": "under control = the standard is met and the target reached.",
    "meaning_information": (
        "information gap = the standard is met and the target is not: to be understood, "
        "information or another cause."
    ),
    "meaning_tolerated": (
        "tolerated = the standard is not met, and the target is reached: a risk."
    ),
    "meaning_priority": "priority = neither the standard nor the target is reached.",
    "meaning_unsure": (
        "in between (hollow point) = the interval crosses the target, or the measure is at the "
        "limit of the standard."
    ),
    "quadrant_name": "{number}. {commitment} ({directorate})",
    "quadrants_alt": (
        "Points about two lines, that of the standard and that of the target. {points}."
    ),
    "quadrants_alt_point": "{name}, {quadrant}",
    "quadrants_note": (
        "to the right, better than the standard; at the top, above the target. Numbers are those "
        "of the table. The bar is the interval, which allows for all commitments judged "
        "together; distances are computed before rounding."
    ),
    "caption_quadrants": "Commitments as measured and as perceived, {wave}",
    "caption_quadrants_table": "Distances to the standard and to the target, {wave}",
    "column_to_norm": "Distance to the standard",
    "column_to_target": "Distance to the target",
    "column_quadrant": "Situation",
    "axis_to_norm": "Measured: distance to the standard, in % of it (better to the right)",
    "axis_to_target": "Perceived: distance to the target, in points",
    "delays_head": "Announced, measured, perceived",
    "delays_reading": (
        "{directorate}, {cases}: {announced} announced on average, {measured} measured."
    ),
    "delays_reading_perceived": (
        "{directorate}, {cases}: {announced} announced on average, {measured} measured; {level}."
    ),
    "delays_announced": "{field}, announced",
    "delays_measured": "{field}, measured",
    "delays_alt": "Bars of what was announced and measured. {values}.",
    "delays_note": (
        "the mark is the standard. Users often count from their first contact, and management "
        "from what the definition of the time says. These means do not tell what share of cases "
        "exceeds what was announced."
    ),
    "caption_delays": "Announced and measured, {wave}",
    "in_time_head": "Month after month, wave after wave",
    "in_time_note": (
        "two scales, one above the other, never mixed, and one time axis. The dashed line is the "
        "standard or the target, a bar an interval, the dotted line a declared change. The "
        "number written is that of the last point: one month for what is measured, not the mean "
        "of the wave."
    ),
    "note_break": "{day}, {event} ({directorates})",
    "break_mark": "change",
    "panel_measured": "{indicator} ({unit})",
    "panel_perceived": "{indicator} ({counted})",
    "value_of": "{value} ({month})",
    "series_alt": (
        "Two lines, one above the other, {field}. {indicator}: from {first} to {last}. "
        "{perceived}: from {first_value} to {last_value}."
    ),
    "caption_series": "{indicator}, and what users say of it, {field}",
    "between_sites_head": "From site to site",
    "correlation_agree": (
        "{directorate}, from site to site: the better the indicator {indicator}, the better "
        "{perceived} is perceived (rank correlation {value}, {range}, {count} sites)."
    ),
    "correlation_disagree": (
        "{directorate}, from site to site: the better the indicator {indicator}, the worse "
        "{perceived} is perceived (rank correlation {value}, {range}, {count} sites)."
    ),
    "correlation_none": (
        "{directorate}, from site to site: no link is detected between the indicator {indicator} "
        "and {perceived} (rank correlation {value}, {range}, {count} sites)."
    ),
    "ecological_title": "Sites, not people",
    "ecological_text": (
        "A link between sites says nothing of each user, nor that one causes the other: those "
        "who wait longest need not be those who are unhappy."
    ),
    "column_correlation": "Correlation",
    "caption_correlations": "Rank correlation between sites, {wave}",
    "correlation_note": (
        "a negative correlation between a wait, or a time, and what users say of it means that "
        "they like it better the shorter it is. Each site is taken from the mean of its kind; "
        "sites alone of their kind, and those with few answers, are left out. The interval comes "
        "from resampling sites; where adjusted, it allows for all correlations of the "
        "directorate."
    ),
    "alone_head": "Without a partner",
    "alone_measured": "Management figures without a question to users: {items}.",
    "alone_perceived": "Questions to users without a management figure: {items}.",
    "management_title": "Standards met: {parts}",
    "kept_of": "{kept} out of {count} ({directorate})",
    "note_so_none": "– = not applicable",
    "column_target": "Target",
    "column_adjusted": "Adjusted interval",
    "delays_announced_of": "{field}, {name}, announced",
    "delays_measured_of": "{field}, {name}, measured",
    "measure_unit_share": "in %",
    "measure_unit_days": "in days",
    "measure_unit_minutes": "in minutes",
    "measure_unit_per_thousand": "per 1,000",
    "measure_unit_count": "number",
    "column_perception": "Perception",
    "months_one": "{first}",
    "months_span": "{first} to {last}",
}
