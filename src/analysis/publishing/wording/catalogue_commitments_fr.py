"""French phrases on commitments: promised, perceived, measured, decided."""

COMMITMENTS: dict[str, str] = {
    "commitments_title": (
        "Engagements tenus d’après les usagers ou la gestion : {kept} sur {count} ({not_kept}, "
        "{unknown} sans réponse)"
    ),
    "commitments_title_all": "Engagements tenus d’après les usagers ou la gestion : {parts}",
    "kept_of": "{kept} sur {count} ({directorate})",
    "not_kept_one": "{count} non tenu",
    "not_kept_many": "{count} non tenus",
    "commitment_both": "tenu, d’après les usagers et d’après la gestion",
    "commitment_measured": "tenu d’après la gestion seule",
    "commitment_perceived": "tenu d’après les usagers seuls",
    "commitment_neither": "non tenu",
    "commitment_unclear": "on ne peut pas le dire",
    "commitment_unmeasured": "non mesuré",
    "commitment_not_yet": "pas encore en vigueur",
    "commitment_hidden": "non diffusé",
    "side_kept": "tenu",
    "side_not_kept": "non tenu",
    "side_unclear": "on ne peut pas le dire",
    "side_no_bound": "sans cible",
    "side_none": "non mesuré",
    "side_hidden": "Résultat non diffusé, pour que personne ne soit reconnu.",
    "perceived_kept": (
        "Tenu : {value} des {people} {answered} {counted} sur {indicator} ({range}), pour une "
        "cible de {target}."
    ),
    "perceived_not_kept": (
        "Non tenu : {value} des {people} {answered} {counted} sur {indicator} ({range}), pour une "
        "cible de {target}."
    ),
    "perceived_unclear": (
        "On ne peut pas le dire : {value} des {people} {answered} {counted} sur {indicator}, et la "
        "cible de {target} est dans l’intervalle ({range})."
    ),
    "perceived_no_interval": (
        "On ne peut pas le dire : {value} des {people} {answered} {counted} sur {indicator}, sans "
        "que la collecte permette d’en dire la précision (cible de {target})."
    ),
    "perceived_no_target": (
        "{value} des {people} {answered} {counted} sur {indicator} ; aucune cible n’est fixée."
    ),
    "perceived_not_asked": "La question qui le dirait n’est pas posée ici.",
    "perceived_wanted": "Rien ne le dit ; une question le dirait : {question}.",
    "measured_kept": "Tenu : {indicator}, {value}, pour une norme annoncée de {norm}.",
    "measured_not_kept": "Non tenu : {indicator}, {value}, pour une norme annoncée de {norm}.",
    "measured_no_norm": "{indicator}, {value} ; aucune norme n’est annoncée.",
    "measured_wanted": "Rien ne le mesure ; un chiffre le ferait : {figure}.",
    "measured_not_here": "{indicator} n’est pas mesuré ici.",
    "measured_missing": "Chiffre non disponible : il manque {months} ({indicator}).",
    "measured_empty": "Chiffre sans objet : aucun cas sur la période ({indicator}).",
    "months_from": "les mois de {first} à {last}",
    "announced_beside": "{value} annoncés aux usagers, {measured} mesurés.",
    "announced_alone": "{value} annoncés aux usagers.",
    "in_force_since": "En vigueur depuis le {day}.",
    "in_force_unknown": "Date d’entrée en vigueur à confirmer.",
    "in_force_before_first": (
        "C’est avant la première mesure ({wave}) : rien ne dit ce qu’il a changé."
    ),
    "posted_in_none": "Aucun des {sites} sites ouverts ne l’affiche à la fin de la vague.",
    "posted_in_one": "Un site ouvert sur {sites} l’affiche à la fin de la vague.",
    "posted_in_n": "{count} sites ouverts sur {sites} l’affichent à la fin de la vague.",
    "posting_gap": (
        "{posted} là où il est affiché, {not_posted} là où il ne l’est pas encore : écart de {gap} "
        "({range}). Ces sites diffèrent aussi par autre chose : ce n’est pas un effet de "
        "l’affichage."
    ),
    "decided_planned": "{decision} : décidé le {day} ({owner}).",
    "decided_under_way": "{decision} : en cours depuis le {day} ({owner}).",
    "decided_done": "{decision} : fait le {day} ({owner}).",
    "decided_given_up": "{decision} : abandonné le {day} ({owner}).",
    "decided_nothing": "Rien n’a été décidé à ce jour.",
    "fact_promise": "Promesse",
    "fact_in_force": "Affichage",
    "fact_perceived": "D’après les usagers",
    "fact_change": "Évolution",
    "fact_posting": "Selon les sites",
    "fact_measured": "D’après la gestion",
    "fact_announced": "Annoncé",
    "fact_reading": "Lecture",
    "fact_decided": "Décidé depuis",
    "column_commitment": "Engagement",
    "column_perceived": "D’après les usagers",
    "column_measured": "D’après la gestion",
    "column_reading": "Lecture",
    "column_decided": "Décidé depuis",
    "caption_commitments": "Les engagements, {field}, {wave}",
    "caption_commitments_all": "Les engagements par direction, {wave}",
    "commitments_note_rule": (
        "un engagement est dit tenu d’après les usagers si tout l’intervalle de son indicateur "
        "atteint sa cible, non tenu s’il est tout entier au-dessous ; d’après la gestion, si la "
        "mesure respecte la norme annoncée au public."
    ),
    "commitments_note_family": (
        "les intervalles tiennent compte des {count} engagements jugés ensemble."
    ),
    "commitments_note_none": "« non mesuré » = rien n’est recueilli qui le dise.",
    "commitments_heads_decided": "Ce qui a été décidé",
    "card_told": "Vous nous avez dit",
    "card_done": "Nous avons fait",
    "card_side": "{side} ({directorate})",
    "card_next": "Prochaine publication : {day}.",
    "measured_days_one": "{value} jour",
    "measured_days_many": "{value} jours",
    "measured_minutes_one": "{value} minute",
    "measured_minutes_many": "{value} minutes",
    "measured_per_thousand_one": "{value} pour 1 000",
    "measured_per_thousand_many": "{value} pour 1 000",
}
