"""French phrases of the page of practices."""

PRACTICES: dict[str, str] = {
    "practices_head": "Ce qui a été essayé pour écouter les usagers, et ce qui en a été appris",
    "caption_practices": "Pratiques d’écoute",
    "column_practice": "Pratique",
    "column_practice_by": "Menée par",
    "column_devices": "Dispositifs concernés",
    "column_practice_status": "État",
    "column_practice_cost": "Coût par an (en euros)",
    "column_practice_date": "Fiche mise à jour le",
    "practice_status_planned": "prévue",
    "practice_status_trial": "à l’essai",
    "practice_status_in_use": "en service",
    "practice_status_stopped": "arrêtée",
    "practice_cost_unknown": "non chiffré",
    "practice_products": "{count} {units}",
    "practices_by_device": "Pratiques, par dispositif",
    "practices_by_product": "Pratiques, par {unit}",
    "practices_of_head": "Ce qui a été appris en écoutant ses usagers",
}
