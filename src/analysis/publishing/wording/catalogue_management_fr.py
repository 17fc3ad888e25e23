"""French phrases on what is measured, beside what is perceived."""

MANAGEMENT: dict[str, str] = {
    "management_title": "Normes respectées : {parts}",
    "management_title_none": "Chiffres de gestion, sans norme annoncée",
    "source_sheet": "{file}, feuille {sheet}, ligne {rows}",
    "source_file": "{file}, ligne {rows}",
    "management_source": (
        "chiffres de gestion livrés, feuille et ligne dans le tableau ; et l’enquête de la vague"
    ),
    "management_note_partner": (
        "le partenaire d’un chiffre est ce que les usagers disent de la même chose, avec son "
        "intervalle."
    ),
    "management_note_cohort": (
        "un chiffre est celui des mêmes cas que ceux dont parlent les usagers de la vague, et "
        "non du même mois ; il est donné là où aucun mois ne manque."
    ),
    "note_nd_measured": "nd = un mois manque, ou aucun cas",
    "column_measure": "Indicateur de gestion",
    "column_value": "Mesuré",
    "column_norm": "Norme",
    "column_partner": "D’après les usagers",
    "column_cases": "Cas",
    "column_source": "Lu dans",
    "column_unit": "Direction",
    "partner_none": "aucun partenaire",
    "partner_hidden": "{indicator}, non diffusé",
    "partner": "{indicator}, {value} {interval}",
    "caption_management": "Les chiffres de gestion et leurs partenaires, {field}, {wave}",
    "cohort_field": "de {first} à {last}",
    "cohort_cases": "{cases} de {first} à {last}",
    "source_missing": "il manque {months}",
    "quadrants_head": "Mesuré et perçu : quatre situations",
    "quadrant_mastered": "maîtrisé",
    "quadrant_information": "irritant d’information",
    "quadrant_tolerated": "tolérance",
    "quadrant_priority": "prioritaire",
    "quadrant_unsure": "entre deux",
    "quadrant_mastered_reading": "maîtrisé = la norme est respectée, et les usagers le disent.",
    "quadrant_information_reading": (
        "irritant d’information = la norme est respectée, et les usagers ne le disent pas : "
        "annoncer et expliquer."
    ),
    "quadrant_tolerated_reading": (
        "tolérance = la norme n’est pas respectée, et les usagers n’en sont pas mécontents : un "
        "risque."
    ),
    "quadrant_priority_reading": "prioritaire = ni la norme ni la cible ne sont atteintes.",
    "quadrant_unsure_reading": (
        "entre deux = on ne sait pas de quel côté de la cible, ou de la norme."
    ),
    "quadrant_name": "{number}. {commitment} ({directorate})",
    "quadrants_alt": (
        "Points autour de deux lignes, celle de la norme et celle de la cible. {points}."
    ),
    "quadrants_alt_point": "{name}, {quadrant}",
    "quadrants_note": (
        "à droite, mieux que la norme ; en haut, au-dessus de la cible, les numéros sont ceux du "
        "tableau. La barre est l’intervalle de ce que disent les usagers."
    ),
    "quadrants_note_hollow": "un point creux = on ne sait pas de quel côté il est.",
    "caption_quadrants": "Engagements mesurés et perçus, {wave}",
    "caption_quadrants_table": "Écarts à la norme et à la cible, {wave}",
    "column_to_norm": "Écart à la norme",
    "column_to_target": "Écart à la cible",
    "column_quadrant": "Situation",
    "axis_to_norm": "Mesuré : écart à la norme, en % de celle-ci (à droite, mieux)",
    "axis_to_target": "Perçu : écart à la cible, en points",
    "delays_head": "Annoncé, mesuré, perçu : les mêmes cas",
    "delays_reading": "{directorate}, {cases} : {announced} annoncés, {measured} mesurés.",
    "delays_reading_perceived": (
        "{directorate}, {cases} : {announced} annoncés, {measured} mesurés ; {value} des "
        "{people} {answered} {counted}."
    ),
    "delays_announced": "{name}, annoncé ({field})",
    "delays_measured": "{name}, mesuré ({field})",
    "delays_alt": "Barres de ce qui a été annoncé et mesuré. {values}.",
    "delays_note": (
        "le trait est la norme annoncée au public. Le délai mesuré part du dossier complet, "
        "celui que vit l’usager de son premier contact : il est plus long."
    ),
    "caption_delays": "Annoncé et mesuré, {wave}",
    "in_time_head": "Mois après mois, vague après vague",
    "in_time_note": (
        "deux échelles, l’une au-dessus de l’autre, jamais confondues ; un seul axe du temps. Le "
        "tireté est la norme, une barre un intervalle, le pointillé un changement déclaré."
    ),
    "note_break": "{day}, {label}",
    "break_mark": "changement",
    "panel_measured": "{indicator} ({unit})",
    "panel_perceived": "{indicator} ({counted})",
    "axis_days": "en jours",
    "axis_minutes": "en minutes",
    "axis_per_thousand": "pour 1 000",
    "axis_count": "en nombre",
    "value_of": "{value} ({month})",
    "series_alt": (
        "Deux courbes l’une au-dessus de l’autre, {field}. {indicator} : de {first} à {last}. "
        "{perceived} : de {first_value} à {last_value}."
    ),
    "caption_series": "{indicator}, et ce qu’en disent les usagers, {field}",
    "between_sites_head": "D’un site à l’autre",
    "correlation_agree": (
        "{directorate} : les sites dont {indicator} est meilleur sont aussi ceux où {perceived} "
        "est le mieux perçu (corrélation des rangs {value} {interval}, {count} sites)."
    ),
    "correlation_disagree": (
        "{directorate} : les sites dont {indicator} est meilleur sont ceux où {perceived} est le "
        "moins bien perçu (corrélation des rangs {value} {interval}, {count} sites)."
    ),
    "correlation_none": (
        "{directorate} : d’un site à l’autre, aucun lien n’est détecté entre {indicator} et "
        "{perceived} (corrélation des rangs {value} {interval}, {count} sites)."
    ),
    "ecological_title": "Des sites, et non des personnes",
    "ecological_text": (
        "Un lien entre sites ne dit rien de chaque usager : ceux qui attendent le plus ne sont "
        "pas forcément ceux qui sont mécontents."
    ),
    "column_correlation": "Corrélation",
    "caption_correlations": "Corrélation des rangs entre sites, {wave}",
    "correlation_note": (
        "chaque site est pris à son écart de la moyenne de son type ; l’intervalle vient d’un "
        "rééchantillonnage des sites."
    ),
    "alone_head": "Sans partenaire",
    "alone_measured": "Mesurés, et jamais demandés aux usagers : {items}.",
    "alone_perceived": "Demandés aux usagers, et jamais mesurés : {items}.",
}
