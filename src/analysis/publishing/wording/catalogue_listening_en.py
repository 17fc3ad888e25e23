"""English phrases on who listens to the users of which product."""

LISTENING: dict[str, str] = {
    "family_feedback": "feedback",
    "family_consultation": "consultation",
    "family_mobilisation": "mobilisation",
    "family_sign_feedback": "F",
    "family_sign_consultation": "C",
    "family_sign_mobilisation": "M",
    "listening_head_none": "At each moment of use, a device is declared",
    "listening_head_one": "One moment of use in {total} is heard by no device",
    "listening_head_n": "{count} moments of use in {total} are heard by no device",
    "thin_one": (
        "At one moment of use, at least one device is declared, but next to nothing from it has "
        "reached the observatory in the past year."
    ),
    "thin_n": (
        "At {count} moments of use, at least one device is declared, but next to nothing from it "
        "has reached the observatory in the past year."
    ),
    "caption_listening": "Who listens, by product and moment, {department}, {wave}",
    "caption_listening_all": "Who listens, by product and moment, {wave}",
    "cell_thin": "({sign})",
    "cell_piled_up": "{sign}+",
    "cell_silent": "–",
    "note_listening": (
        "F = feedback, C = consultation, M = mobilisation. – = no device. Empty cell = not a "
        "moment at which the product is used. A letter = something has come from it in the past "
        "year"
    ),
    "note_thin": (
        "a letter in brackets = a device is declared, but next to nothing from it has reached the "
        "observatory in the past year"
    ),
    "note_piled_up": "a letter followed by + = several devices of this family for one audience",
    "unreached_head_none": "Each declared audience is heard by a device",
    "unreached_head_one": "One audience in {total} is heard by no device whose results reach us",
    "unreached_head_n": (
        "{count} audiences in {total} are heard by no device whose results reach us"
    ),
    "caption_unreached": "Audiences of whom nothing reaches us, {wave}",
    "column_audiences": "Audiences",
    "note_unreached": (
        "an audience counts once per product. Counts let nobody in particular be heard. A device "
        "from which next to nothing has come in the past year does not count"
    ),
    "collisions_head_none": "Nobody is asked twice within {days} days",
    "collisions_head_one": "One audience is asked by two devices within {days} days",
    "collisions_head_n": (
        "One audience is asked by two devices within {days} days, in {count} cases"
    ),
    "caption_collisions": "Requests too close to one another, {wave}",
    "column_device_first": "One device",
    "column_device_second": "Another",
    "column_audience": "Audience",
    "column_days_between": "Days between the two",
    "column_nearest": "Nearest periods",
    "nearest_periods": "{first}, then {last}",
    "note_collisions": (
        "0 = both ask at the same time. Two devices count once per product and audience, which "
        "does not say that the people are the same. Calendar declared by the teams"
    ),
    "poolings_head_one": "Two devices could be one",
    "poolings_head_n": "{count} pairs of devices could be merged",
    "caption_poolings": "Devices that could be one, {wave}",
    "column_products": "Products in common",
    "column_requests_spared": "Requests spared in a year",
    "column_cost_spared": "Cost spared in a year (euros)",
    "note_poolings": (
        "one family, one audience, products in common, at least half of the questions in common "
        "and two tools. What would be spared is counted at its lowest, which is the smaller number "
        "of requests, and the smaller cost, of the two"
    ),
    "product_page": "page of {product}",
    "fact_department": "Department",
    "column_about": "Of whom",
    "column_bounds": "Interval",
    "caption_overall": "{indicator}, {named}, {wave}",
    "finding_range": (
        "{indicator}, among {people}: from {low} ({lowest}) to {high} ({highest}), over {count} "
        "{units}"
    ),
    "devices_head": "What each device can tell, and what it cannot",
    "devices_of_head": "How its users are listened to",
    "devices_unread_one": "The results of one device are not read here: {devices}.",
    "devices_unread_n": "The results of {count} devices are not read here: {devices}.",
    "caption_devices": "Listening devices",
    "column_device": "Device",
    "column_device_family": "Listening family",
    "column_owner": "Held by",
    "column_says": "What it tells",
    "column_cannot": "What it cannot tell",
    "note_devices": (
        "counts, surveys and what people said in workshops are not measured alike. Their numbers "
        "are neither added up nor compared"
    ),
}
