"""English phrases of the page of practices."""

PRACTICES: dict[str, str] = {
    "practices_head": "What was tried to listen to users, and what was learnt",
    "caption_practices": "Listening practices",
    "column_practice": "Practice",
    "column_practice_by": "Led by",
    "column_devices": "Devices concerned",
    "column_practice_status": "Status",
    "column_practice_cost": "Cost in a year (euros)",
    "column_practice_date": "Note updated on",
    "practice_status_planned": "planned",
    "practice_status_trial": "on trial",
    "practice_status_in_use": "in use",
    "practice_status_stopped": "stopped",
    "practice_cost_unknown": "not costed",
    "practice_products": "{count} {units}",
    "practices_by_device": "Practices, by device",
    "practices_by_product": "Practices, by {unit}",
    "practices_of_head": "What was learnt by listening to its users",
}
