"""English phrases on what devices count, and on what those of several families say together."""

FLOWS: dict[str, str] = {
    "series_of": "{part} (share of {whole})",
    "flows_head_untold": "No count can be judged over a year yet",
    "flows_head_none": (
        "No movement established in a year among the {total} counts that can be judged"
    ),
    "flows_head_only": "The only count that can be judged shows no established movement in a year",
    "flows_head_only_moved": "The only count that can be judged has moved in a year",
    "flows_head_one": "One count has moved in a year, of the {total} that can be judged",
    "flows_head_n": "{count} counts have moved in a year, of the {total} that can be judged",
    "caption_flows": "What devices count, {product}, {wave}",
    "caption_flows_drawn": "Counts month by month, {product}",
    "flows_alt": "{series}: {first}, then {last}. Each count has a scale of its own.",
    "month_value": "{value} in {month}",
    "column_flow": "What is counted",
    "column_over_wave": "During the wave",
    "column_since_year": "In a year",
    "note_stock": (
        "what is counted at a date, and not over a month, does not add up; a wave has the mean of "
        "its months"
    ),
    "column_flow_reading": "What can be said of it",
    "moved_up": "up",
    "moved_down": "down",
    "moved_steady": "no movement established",
    "moved_declared": "what is counted changed in between",
    "moved_untold": "too few months, or numbers too small, to tell",
    "moved_toward_better": "{word}, which is better",
    "moved_toward_worse": "{word}, which is worse",
    "broke_up": "jump in {month} ({size})",
    "broke_down": "drop in {month} ({size})",
    "broke_declared": "counting changed in {month} ({size})",
    "note_flows": (
        "a count is complete. It has no sampling margin and says nothing of those who are not "
        "counted. A movement is established when it reaches {percent}% ({points} points for a "
        "share) and goes beyond what months vary by without a reason, season and trend set aside. "
        "Each count has a scale of its own"
    ),
    "device_state_good": "good level",
    "device_state_mixed": "middling level",
    "device_state_poor": "poor level",
    "device_movement_better": "better than a year before",
    "device_movement_steady": "no movement established",
    "device_movement_worse": "worse than a year before",
    "together_said_same": "in agreement",
    "together_said_contrary": "contradictory",
    "together_said_steady": "no movement established",
    "together_said_apart": "neither in agreement nor contradictory",
    "together_said_alone": "only one family can tell",
    "together_said_silent": "none can tell",
    "together_said_unasked": "not set beside a survey",
    "together_said_hidden": "not released, since one of the figures is hidden",
    "to_look_at": "{verdict}. To be looked at",
    "device_says": "{device}: {words}",
    "column_dimension": "About what",
    "column_devices_say": "What devices say",
    "column_together": "Together",
    "bad_head_none": (
        "No device says, uncontradicted by another, that anything goes badly or less well"
    ),
    "bad_head_one": (
        "By at least one device, one point goes badly or less well, and no other contradicts it"
    ),
    "bad_head_n": (
        "By at least one device, {count} points go badly or less well, and no other contradicts it"
    ),
    "caption_bad": "Where to begin, {wave}",
    "column_families_bad": "Families that say so",
    "contradictions_head_none": "Nowhere do devices contradict each other",
    "contradictions_head_only": (
        "Devices contradict each other on the only point that several families judge"
    ),
    "contradictions_head_one": (
        "Devices contradict each other on one of the {total} points that several families judge"
    ),
    "contradictions_head_n": (
        "Devices contradict each other on {count} of the {total} points that several families judge"
    ),
    "caption_contradictions": "Points on which families of devices contradict each other, {wave}",
    "agreements_head_one": "Several families of devices say the same on one point",
    "agreements_head_n": "Several families of devices say the same on {count} points",
    "caption_agreements": "Points on which families of devices agree, {wave}",
    "signals_head_none": "No count is seen to move without a survey, nor the reverse",
    "signals_head_one": (
        "One point to look at: a count moved there and no survey did, or the reverse"
    ),
    "signals_head_n": (
        "{count} points to look at: a count moved there and no survey did, or the reverse"
    ),
    "caption_signals": "Points to look at, {wave}",
    "together_head": "What devices say together",
    "caption_together": "What each device says, {product}, {wave}",
    "note_convergence": (
        "a point = a dimension of a product. In a representative survey, the level is good from "
        "{good}% on and poor under {poor}%, whole interval included. In sessions, it is poor where "
        "at least {blocked} people were stopped, good where nobody was and the last session taught "
        "nothing new. A survey moves from {points} points on, beyond chance, all products being "
        "judged together. A change that is established on the page of a product may therefore not "
        "be so here. Only these words are compared, never the figures"
    ),
    "observations_head": "What was seen and heard in sessions",
    "caption_observations": "Sessions (user tests, workshops, interviews), {product}, {wave}",
    "column_sessions": "Sessions",
    "column_participants": "Participants",
    "column_themes": "Themes met",
    "theme_met": "{theme} ({count})",
    "themes_head_none": "No theme of sessions recurs from one product to another",
    "themes_head_one": "One theme of sessions recurs from one product to another",
    "themes_head_n": "{count} themes of sessions recur from one product to another",
    "caption_themes": "Themes met in sessions, {wave}",
    "column_theme": "Theme",
    "column_met_on": "Met with",
    "note_themes": (
        "what stopped, slowed or helped participants. In how many sessions a theme was met is told "
        "on the page of the product"
    ),
    "column_new_themes": "New themes in the last session",
    "column_seen": "Reading",
    "note_observations": (
        "in brackets, in how many sessions a theme was met. A few people are no share of anybody, "
        "and none is computed. When the last session brings no new theme, the subject has probably "
        "been covered"
    ),
    "quotations_head": "What participants said",
    "quotation": "{text} {device}, {day}. Quotation approved by: {office}.",
    "listened_head": "What is heard, and what is not",
    "references_more": "What others have published",
    "listened_more": "Observatory: point by point",
    "caption_device_calendar": "Calendar and means of devices",
    "column_rhythm": "How often",
    "column_next_period": "Current or next period",
    "period_now": "under way, until {day}",
    "period_unset": "to be set",
    "column_requests": "Requests in a year",
    "column_cost": "Cost in a year (in euros)",
    "column_tool": "Tool (licence)",
    "rhythm_continuous": "all the time",
    "rhythm_weekly": "every week",
    "rhythm_monthly": "every month",
    "rhythm_quarterly": "every quarter",
    "rhythm_semiannual": "twice a year",
    "rhythm_annual": "once a year",
    "rhythm_once": "once",
    "breaks_head_none": "No break in counts in the year that ends with the wave",
    "breaks_head_one": "One break in counts in the year that ends with the wave",
    "breaks_head_n": "{count} breaks in counts in the year that ends with the wave",
    "caption_breaks": "Breaks in counts, {wave}",
    "column_broke": "Break",
}
