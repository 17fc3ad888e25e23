"""English phrases of the reading grid: what a figure means, and what to look at next."""

READING: dict[str, str] = {
    "grid_head": "What these figures say, and what to look at next",
    "grid_caption": "Reading grid of the core indicators, {field}, {wave}",
    "grid_column_level": "Level",
    "grid_column_change": "Change",
    "grid_column_next": "To look at next",
    "grid_note": (
        "each sentence follows a declared rule: a level is read against its target, what others "
        "published that compares, and neighbouring levels; a change against what the survey "
        "could see. A gap between two levels does not say who does better, since users differ, "
        "and so does what they ask for."
    ),
    "grid_note_standing": (
        "what is going badly: a target missed, a standard not met, or a fall. What is going well: "
        "none of these, and a target reached, a standard met, or a rise."
    ),
    "grid_note_levels": (
        "what is going badly: a target missed, a standard not met, a fall, or, without a target, a "
        "poor level (all of the interval under {poor}%). What is going well: none of these, and a "
        "target reached, a standard met, a rise, or, without a target, a good level (all of the "
        "interval at {good}% or above)"
    ),
    "grid_note_devices": (
        "other devices count too: what moves there, what was seen there. Where they contradict the "
        "survey, nothing is concluded"
    ),
    "level_alone": "{value}",
    "level_reading": "{value}; {parts}",
    "level_target_kept": "reaches its target ({target})",
    "level_target_not_kept": "below its target ({target})",
    "level_target_unclear": "its target may be reached or not ({target})",
    "level_reference_above": "above {value} ({reference})",
    "level_reference_below": "below {value} ({reference})",
    "level_reference_near": "no clear gap with {value} ({reference})",
    "many_others": "{count} other",
    "level_other_above": "above {directorate}",
    "level_other_below": "below {directorate}",
    "level_other_none": "no gap detected with {directorate}",
    "next_urgent": (
        "To be dealt with first: read the comments, then look for the profiles that are most "
        "severe."
    ),
    "next_information": (
        "The standard is met, but the target is not reached: understand why, information or "
        "another cause."
    ),
    "next_continue": (
        "Go on with what was begun: rising, though it is not certain that the target is reached."
    ),
    "next_understand": (
        "Understand: read the comments, then look for the profiles that are most severe."
    ),
    "next_watch": "Look for what has changed: channel, organisation, people seen.",
    "next_contrary": (
        "Devices contradict each other on this: read what each of them says, further down."
    ),
    "next_beside": (
        "Another device says that this goes badly, or less well: read what each of them says, "
        "further down."
    ),
    "next_look": (
        "A count moved and no survey did, or the reverse: read what each device says of it, "
        "further down."
    ),
    "next_keep": "Keep it up, and tell the teams what works.",
    "next_tell": "Say what was done, and set a target.",
    "next_poor": (
        "The level is poor: read the comments, then look for the profiles that are most severe."
    ),
    "next_good": "The level is good: keep it up, and tell the teams what works.",
    "next_wait": "Wait for the next wave: on this point, nothing established calls for action.",
    "missing_group": (
        "“{group}”, {sample} of answers before weighting, for {frame} of users; weighting "
        "corrects this gap"
    ),
    "missing_none": "no known group is missing from the answers by more than {points} points",
    "missing_hidden": (
        "nobody can tell, since one group at least is too small to be shown, and no other is "
        "missing from the answers by more than {points} points"
    ),
    "missing_unknown": "nobody knows, for want of known totals of users",
    "grid_missing": "Who is missing",
    "grid_line_well": "What is going well",
    "grid_line_badly": "What is going badly",
    "grid_line_unknown": "What cannot be told yet",
    "grid_well": "{items}",
    "grid_badly": "{items}",
    "grid_unknown": "{items}",
    "grid_nothing_well": "Nothing is established.",
    "grid_nothing_badly": "Nothing is established.",
    "grid_nothing_unknown": "Nothing among what is shown here.",
    "break_lived": "{day}, {event}",
    "breaks_lived": "Worth knowing: {events}. Nothing here tells what the line owes to them.",
    "decomposition_some": (
        "{profile}: other people answer than before, which makes {composition} of this change "
        "({range}); with the same structure, it would be {within}."
    ),
    "decomposition_none": (
        "The make-up of respondents explains nothing visible of this change ({parts})."
    ),
    "decomposition_part": "“{profile}”, {composition}, {range}",
    "definition_unknown": "an unknown definition",
    "from_to": "from {first} to {last}",
    "published_break_alone": (
        "{period}: the published value goes {published} as the definition changes ({before}, "
        "then {after}); nothing allows it to be computed again."
    ),
    "published_break_up": (
        "{period}: the published value goes {published} as the definition changes ({before}, "
        "then {after}). Under a constant definition it goes {constant}, a rise."
    ),
    "published_break_down": (
        "{period}: the published value goes {published} as the definition changes ({before}, "
        "then {after}). Under a constant definition it goes {constant}, a fall."
    ),
    "published_break_level": (
        "{period}: the published value goes {published} as the definition changes ({before}, "
        "then {after}). Under a constant definition it hardly moves ({constant})."
    ),
    "next_norm": "The standard is not met: return to what was announced.",
    "grid_level": "{name} ({level})",
    "grid_unsure": "{name} (target undecided)",
    "grid_no_target": "{name} (no target)",
    "grid_unmeasured": "{name} (not measured)",
    "grid_undecided": "{name} (undecided)",
    "grid_contrary": "{name} (devices contradict each other)",
    "grid_devices": "{name} ({devices})",
}
