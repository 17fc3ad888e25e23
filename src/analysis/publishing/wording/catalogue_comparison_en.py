"""English phrases on results of other bodies, beside the study's own."""

COMPARISON: dict[str, str] = {
    "bodies_head_one": "Results published by another body were received",
    "bodies_head_n": "Results published by {count} other bodies were received",
    "caption_bodies": "Editions of other bodies, received and checked",
    "column_body": "Body",
    "column_body_unit": "Service and body",
    "column_body_edition": "Edition",
    "column_field_days": "Fieldwork",
    "column_data": "Data",
    "data_are_simulated": "simulated",
    "data_are_real": "not simulated",
    "edition_of_body": "{wave}, version {version}, {day}",
    "unit_of_body": "{unit}, {publisher}",
    "note_bodies": (
        "only figures that each body published are shown, with what it hides. No response is "
        "exchanged"
    ),
    "elsewhere_simulated_text": "Some figures of other bodies come from simulated data.",
    "alike_head": "What is measured alike here and elsewhere",
    "measured_alike": "{indicator}, among {people}, {mode}",
    "side_by_side": "{unit}: {value}. {elsewhere}: {value_elsewhere}.",
    "chart_alike": "{title}, here (solid circles) and elsewhere (hollow squares)",
    "table_alike": "{title}, here and in other bodies",
    "note_alike": (
        "same question, same scale, counted alike, same mode, and the same may be said of all. The "
        "populations differ, and no difference is worked out. The order is no ranking, but that of "
        "the study, then the alphabetical order of bodies"
    ),
    "source_elsewhere": "{publisher}, {title}",
    "bodies_apart_head": "What other bodies publish, and why it is not compared",
    "caption_bodies_apart": "Results of other bodies that are not compared",
    "column_measured_there": "What is measured there",
    "column_counted_there": "How it is counted",
    "column_why_apart": "Why it is not compared",
}
