"""English phrases on who speaks, of what, when. See `catalogue_en`."""

IDENTITY: dict[str, str] = {
    "period": "from {first} to {last}",
    "planned": "planned for {day}",
    "identity_field": "Collected {period}",
    "about_head": "About this edition",
    "fact_publisher": "Publisher",
    "fact_mission": "Purpose",
    "fact_population": "Population",
    "fact_field": "Fieldwork",
    "fact_answers": "Participation",
    "fact_next": "Next edition",
    "fact_contact": "Contact",
    "fact_address": "Write to",
    "fact_site": "All editions",
    "fact_method": "Method",
    "fact_accessibility": "Accessibility",
    "fact_legal": "Legal notice",
    "fact_licence": "Licence",
    "method_page": "Method",
    "method_page_rest": "Method, with participation, accessibility and legal notice",
    "licence_name": "{licence}, for texts and data",
    "accessibility_unaudited": (
        "Not audited. Nobody has checked that this edition conforms to an accessibility standard. "
        "A program checks that every figure has a text alternative, and makes tagged PDF "
        "(PDF/UA-1)."
    ),
    "respondents_one": "respondent",
    "respondents_many": "respondents",
    "answers_fewer": "Not all answered every question.",
    "answers_hidden": "number of respondents not disclosed",
    "answers_of_directorate": "{directorate}, {answers}",
    "answers_of_channel": "{answers} ({channel})",
    "answers_of_sample": (
        "{answers} ({channel}) from a sample of {drawn} people, a response rate of {rate}"
    ),
    "participation_head": "How many of those invited answered",
    "caption_participation": "Participation of those invited, {wave}",
    "caption_rates": "Response rates by what is made of people of unknown status, {wave}",
    "column_sample_of": "Who was invited",
    "participation_drawn": "Sample drawn",
    "participation_ineligible": "Of whom not eligible",
    "participation_unknown": "Of whom status unknown",
    "participation_eligible": "Share kept (e)",
    "participation_RR3": "RR3",
    "participation_RR4": "RR4",
    "participation_RR5": "RR5",
    "participation_RR6": "RR6",
    "participation_complete": "Complete answers",
    "participation_partial": "Partial answers",
    "participation_RR1": "RR1",
    "participation_RR2": "RR2",
    "note_rates": (
        "response rates of the American Association for Public Opinion Research (“Standard "
        "Definitions”, 10th edition, 2023), among those drawn who are not known to be ineligible. "
        "RR1 counts complete answers, RR2 complete and partial ones"
    ),
    "note_rates_doubted": (
        "when an invitation came back, nobody knows whether the person is still eligible. RR1 and "
        "RR2 count such people, RR3 and RR4 count the share kept, which is the share eligible "
        "among people whose status is known, RR5 and RR6 leave them out"
    ),
    "note_no_rate": (
        "where anyone may answer, nobody knows how many were asked, so there is no response "
        "rate and only a number is given"
    ),
    "exposed_head": "How many answered where anyone may",
    "caption_exposed": "Answers beside what the services count, {wave}",
    "column_exposure": "What is counted",
    "column_exposed": "Number during fieldwork",
    "column_participation": "Share that answered",
    "note_exposed": (
        "one person may be counted several times. This is no response rate, and says nothing of "
        "those who did not answer"
    ),
    "representativity_head": "Are those who answered like those invited?",
    "caption_representativity": "How alike respondents and people invited are, {wave}",
    "participation_R": "R-indicator",
    "column_spread": "By {variable}",
    "variable_site": "site",
    "note_representativity": (
        "the R-indicator is 1 where all categories of the sampling frame answer alike, and falls "
        "the more their response rates differ. The columns that follow give the standard deviation "
        "of response rates between categories (0.05 = 5 points). Schouten, Cobben and Bethlehem, "
        "“Survey Methodology”, 35 (2009); what chance explains is taken out"
    ),
    "unanswered_head": "Questions left without an answer",
    "caption_unanswered": "Questions put and left without an answer, by channel, {wave}",
    "column_unanswered": "Questions unanswered",
    "column_most_unanswered": "Most often left",
    "question_most_left": "{question} ({share})",
    "note_unanswered": (
        "share of the questions put to somebody whom they concern that stay unanswered, that is "
        "don’t know, refused, illegible, or not reached before breaking off"
    ),
    "references_head": "A point of comparison published elsewhere",
    "references_head_n": "Points of comparison published elsewhere",
    "caption_references": "Results published elsewhere, {field}, {wave}",
    "column_here": "Here",
    "column_elsewhere": "Elsewhere",
    "column_reference": "Reference",
    "column_population": "Population",
    "column_reason": "Why it is not compared",
    "column_confidence": "How the value is known",
    "column_counts": "What is counted",
    "confidence_read": "read in its source",
    "confidence_cited": "read in a text that cites it",
    "confidence_computed": "worked out from its source",
    "confidence_to_confirm": "to be confirmed",
    "note_references": (
        "same question, same scale, same mode, and the same may be said of both; the populations "
        "differ, and no difference is worked out"
    ),
    "references_over_head": "The same measure, published by others",
    "reference_published": "{reference}: {value}",
    "products_above": "Clearly above: {products}",
    "products_near": "No clear difference: {products}",
    "products_below": "Clearly below: {products}",
    "note_sides": (
        "“clearly” = the whole interval of the result lies on one side. Each result is read on its "
        "own, with 95% confidence"
    ),
    "references_apart_head": "What is published elsewhere, and why it is not compared",
    "context_head": "Other published figures, to put these in context",
    "caption_context": "Figures published elsewhere that measure something else",
    "column_context_reason": "Why it is given, and compared with nothing",
    "note_context": (
        "No question of the survey measures the same thing. These figures are compared with "
        "no result."
    ),
    "asked_by": "{population}; {mode}",
    "mode_web": "online",
    "mode_telephone": "by telephone",
    "mode_paper": "on paper",
    "mode_kiosk": "by kiosk",
    "mode_interviewer": "face to face",
    "mode_mixed": "by several modes",
    "note_modes": "answers collected {mode}, except {named}. A gap may come from that difference",
    "caption_references_apart": "References that are not compared with the results",
    "apart_to_confirm": "value still to be confirmed in its source",
    "apart_definition": "answers counted differently",
    "apart_question_unknown": "wording of the question not known",
    "apart_question": "another question",
    "apart_scale_unknown": "scale not known",
    "apart_scale": "scale with another number of answers",
    "apart_mode_unknown": "mode of collection not known",
    "apart_mode": "another mode of collection",
    "apart_population": "residents, not users",
    "apart_claim": (
        "not the same standing (a sample on one side, people who chose to answer on the other)"
    ),
    "corrected_title": "Corrected edition",
    "corrected_text": "It replaces version {version}. Reason: “{reason}” ({signer}).",
}
