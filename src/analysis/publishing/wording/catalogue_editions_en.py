"""English phrases of the pages that stand over editions: index, notices, differences."""

EDITIONS: dict[str, str] = {
    "editions_title": "Editions",
    "editions_of": "{title}, editions",
    "editions_studies": "Studies",
    "editions_latest": "Read the latest edition ({wave})",
    "editions_all": "All editions",
    "editions_none": "No edition is published.",
    "editions_versions": "Versions",
    "editions_versions_caption": "The versions of each edition, and what became of them",
    "editions_calendar": "Calendar",
    "editions_calendar_caption": "Days announced and days of publication",
    "editions_notices": "Corrections and withdrawals",
    "editions_differences": "What changes",
    "editions_embargo": "Before the day of publication, an edition is read by {offices}.",
    "column_edition_wave": "Wave",
    "column_state": "State",
    "column_planned": "Day announced",
    "column_published": "Day of publication",
    "state_definitive": "definitive",
    "state_provisional": "provisional",
    "state_superseded": "superseded by version {version}",
    "state_replaced": "superseded",
    "state_withdrawn": "withdrawn on {day}",
    "notice_corrected": (
        "{day}, {wave}: version {version} supersedes version {corrected}. Reason: “{reason}” "
        "({signer})."
    ),
    "notice_withdrawn": (
        "{day}, {wave}: version {version} is withdrawn. Reason: “{reason}” ({signer})."
    ),
    "superseded_banner": "This version is superseded by version {version}:",
    "superseded_alone": ("This version is superseded; the one that superseded it was withdrawn."),
    "superseded_link": "read version {version}",
    "withdrawn_title": "Edition withdrawn",
    "withdrawn_text": (
        "Version {version} of the edition “{wave}” was withdrawn on {day}. Reason: “{reason}” "
        "({signer})."
    ),
    "withdrawn_digest": "Digest (sha256) of what was published: {digest}",
    "withdrawn_follows": "Read version {version}",
    "difference_versions": "What changes from version {before} to version {after}, {wave}",
    "difference_waves": "What changes from “{before}” to “{after}”",
    "difference_count": (
        "Figures that differ: {count}, of which {heads} at the head of a page or section. The CSV "
        "file gives all of them."
    ),
    "difference_none": "No figure differs.",
    "difference_file": "All figures that differ (CSV)",
    "difference_figures": "Figures at the head",
    "difference_figures_caption": "Figures at the head of a page or section, before and after",
    "difference_sentences": "Sentences",
    "difference_sentences_caption": "Sentences that are new, gone or other",
    "difference_no_sentence": "No sentence differs.",
    "column_figure": "Figure",
    "column_before": "Before",
    "column_moved": "Difference",
    "difference_unknown": "–",
    "column_after": "After",
    "column_cause": "Cause",
    "column_sentence": "Sentence",
    "column_page": "Page",
    "figure_absent": "absent",
    "cause_data": "data",
    "cause_parameters": "parameters",
    "cause_definition": "definition",
    "cause_method": "method",
    "cause_software": "software",
    "cause_rounding": "rounding",
    "cause_disclosure": "protection of people",
    "sentence_appeared": "new",
    "sentence_vanished": "gone",
    "sentence_word": "another finding",
    "sentence_text": "other numbers or terms",
}
