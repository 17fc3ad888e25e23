"""French phrases on what is measured, beside what is perceived."""

MANAGEMENT: dict[str, str] = {
    "management_title_none": "Chiffres de gestion, sans norme annoncée",
    "source_sheet": "{file}, {sheet}, l. {rows}",
    "source_file": "{file}, l. {rows}",
    "management_source": (
        "chiffres de gestion livrés, dans les fichiers que nomme le tableau ; enquête de la vague"
    ),
    "management_note_partner": (
        "en face d’un chiffre, ce que les usagers disent du sujet le plus proche, avec son "
        "intervalle."
    ),
    "management_note_cohort": (
        "un nombre est la somme de ses mois ; une part, un délai ou une attente, la moyenne de "
        "ses mois, pondérée par les cas de chacun. Les mois "
        "retenus sont ceux des cas dont parlent les usagers, qui peuvent précéder le recueil. Un "
        "mois manquant ôte le chiffre."
    ),
    "note_nd_measured": "nd = un mois manque, ou aucun cas",
    "column_measure": "Indicateur de gestion",
    "column_value": "Mesuré",
    "column_norm": "Norme",
    "column_partner": "D’après les usagers",
    "column_cases": "Cas",
    "column_source": "Lu dans",
    "partner_none": "so",
    "partner_hidden": "{indicator}, non diffusé",
    "partner": "{indicator}, {value} {interval}",
    "caption_management": "Les chiffres de gestion et leurs partenaires, {field}, {wave}",
    "cohort_field": "{months}",
    "cohort_cases": "{cases}, {months}",
    "source_missing": "il manque {months}",
    "quadrants_head": "Mesuré et perçu : quatre situations",
    "quadrant_mastered": "maîtrisé",
    "quadrant_information": "irritant d’information",
    "quadrant_tolerated": "tolérance",
    "quadrant_priority": "prioritaire",
    "quadrant_unsure": "entre deux",
    "meaning_mastered": "maîtrisé = la norme est respectée et la cible atteinte.",
    "meaning_information": (
        "irritant d’information = la norme est respectée et la cible ne l’est pas : à "
        "comprendre, information ou autre cause."
    ),
    "meaning_tolerated": (
        "tolérance = la norme n’est pas respectée, et la cible est atteinte : un risque."
    ),
    "meaning_priority": "prioritaire = ni la norme ni la cible ne sont atteintes.",
    "meaning_unsure": (
        "entre deux (point creux) = l’intervalle coupe la cible, ou la mesure est à la limite de "
        "la norme."
    ),
    "quadrant_name": "{number}. {commitment} ({directorate})",
    "quadrants_alt": (
        "Points autour de deux lignes, celle de la norme et celle de la cible. {points}."
    ),
    "quadrants_alt_point": "{name}, {quadrant}",
    "quadrants_note": (
        "à droite, mieux que la norme ; en haut, au-dessus de la cible. Les numéros sont ceux du "
        "tableau. La barre est l’intervalle, qui tient compte de tous les engagements jugés "
        "ensemble ; les écarts sont calculés avant arrondi."
    ),
    "caption_quadrants": "Engagements mesurés et perçus, {wave}",
    "caption_quadrants_table": "Écarts à la norme et à la cible, {wave}",
    "column_to_norm": "Écart à la norme",
    "column_to_target": "Écart à la cible",
    "column_quadrant": "Situation",
    "axis_to_norm": "Mesuré : écart à la norme, en % de celle-ci (à droite, mieux)",
    "axis_to_target": "Perçu : écart à la cible, en points",
    "delays_head": "Annoncé, mesuré, perçu",
    "delays_reading": (
        "{directorate}, {cases} : {announced} en moyenne d’après ce qui a été annoncé, {measured} "
        "d’après ce qui a été mesuré."
    ),
    "delays_reading_perceived": (
        "{directorate}, {cases} : {announced} en moyenne d’après ce qui a été annoncé, {measured} "
        "d’après ce qui a été mesuré ; {level}."
    ),
    "delays_announced": "{field}, annoncé",
    "delays_measured": "{field}, mesuré",
    "delays_alt": "Barres de ce qui a été annoncé et mesuré. {values}.",
    "delays_note": (
        "le trait est la norme. L’usager compte souvent depuis son premier contact, et la gestion "
        "depuis ce que la définition du délai retient. Ces moyennes ne disent pas quelle part "
        "des cas dépasse ce qui a été annoncé."
    ),
    "caption_delays": "Annoncé et mesuré, {wave}",
    "in_time_head": "Mois après mois, vague après vague",
    "in_time_note": (
        "deux échelles, l’une au-dessus de l’autre, jamais confondues, et un seul axe du temps. "
        "Le tireté est la norme ou la cible, une barre un intervalle, le pointillé un changement "
        "déclaré. Le nombre inscrit est celui du dernier point : un mois pour ce qui est mesuré, "
        "et non la moyenne de la vague."
    ),
    "note_break": "{day}, {event} ({directorates})",
    "break_mark": "changement",
    "panel_measured": "{indicator} ({unit})",
    "panel_perceived": "{indicator} ({counted})",
    "value_of": "{value} ({month})",
    "series_alt": (
        "Deux courbes l’une au-dessus de l’autre, {field}. {indicator} : de {first} à {last}. "
        "{perceived} : de {first_value} à {last_value}."
    ),
    "caption_series": "{indicator}, et ce qu’en disent les usagers, {field}",
    "between_sites_head": "D’un site à l’autre",
    "correlation_agree": (
        "{directorate}, d’un site à l’autre : meilleur est l’indicateur {indicator}, mieux est "
        "perçu {perceived} (corrélation des rangs {value}, {range}, {count} sites)."
    ),
    "correlation_disagree": (
        "{directorate}, d’un site à l’autre : meilleur est l’indicateur {indicator}, moins bien "
        "est perçu {perceived} (corrélation des rangs {value}, {range}, {count} sites)."
    ),
    "correlation_none": (
        "{directorate}, d’un site à l’autre : aucun lien n’est détecté entre l’indicateur "
        "{indicator} et {perceived} (corrélation des rangs {value}, {range}, {count} sites)."
    ),
    "ecological_title": "Des sites, et non des personnes",
    "ecological_text": (
        "Un lien entre sites ne dit rien de chaque usager, ni que l’un est la cause de l’autre : "
        "ceux qui attendent le plus ne sont pas forcément ceux qui sont mécontents."
    ),
    "column_correlation": "Corrélation",
    "caption_correlations": "Corrélation des rangs entre sites, {wave}",
    "correlation_note": (
        "une corrélation négative entre une attente, ou un délai, et ce qu’en disent les usagers "
        "veut dire que l’on en est d’autant plus content que c’est court. Chaque site est pris à "
        "son écart à la moyenne de son type ; les sites seuls de leur type et ceux de peu de "
        "réponses n’y sont pas. L’intervalle vient d’un rééchantillonnage des sites ; ajusté, il "
        "tient compte de toutes les corrélations de la direction."
    ),
    "alone_head": "Sans partenaire",
    "alone_measured": "Chiffres de gestion sans question aux usagers : {items}.",
    "alone_perceived": "Questions aux usagers sans chiffre de gestion : {items}.",
    "management_title": "Normes respectées : {parts}",
    "kept_of": "{kept} sur {count} ({directorate})",
    "note_so_none": "so = sans objet",
    "column_target": "Cible",
    "column_adjusted": "Intervalle ajusté",
    "delays_announced_of": "{field}, {name}, annoncé",
    "delays_measured_of": "{field}, {name}, mesuré",
    "measure_unit_share": "en %",
    "measure_unit_days": "en jours",
    "measure_unit_minutes": "en minutes",
    "measure_unit_per_thousand": "pour 1 000",
    "measure_unit_count": "en nombre",
    "column_perception": "Perception",
    "months_one": "{first}",
    "months_span": "{first} à {last}",
}
