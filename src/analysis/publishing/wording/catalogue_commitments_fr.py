"""French phrases on commitments: promised, perceived, measured, decided."""

COMMITMENTS: dict[str, str] = {
    "commitments_title": (
        "Engagements tenus : {perceived} d’après les usagers, {measured} d’après la gestion"
    ),
    "commitments_title_all": "Engagements tenus : {parts}",
    "commitment_unmeasured": "non mesuré",
    "commitment_no_bound": "sans cible ni norme",
    "commitment_not_yet": "pas encore en vigueur",
    "commitment_hidden": "non diffusé",
    "side_kept": "tenu",
    "side_not_kept": "non tenu",
    "side_unclear": "indécis",
    "side_no_bound": "sans cible",
    "side_none": "non mesuré",
    "side_hidden": "Résultat non diffusé, pour que personne ne soit reconnu.",
    "perceived_kept": "Tenu. {level} ({range}), pour une cible de {target}.",
    "perceived_not_kept": "Non tenu. {level} ({range}), pour une cible de {target}.",
    "perceived_unclear": (
        "Indécis. {level}, et la cible de {target} est dans l’intervalle ({range})."
    ),
    "perceived_no_claim": (
        "Indécis. {level}, sans que la collecte permette d’en juger (cible de {target})."
    ),
    "perceived_no_target": "{level} ; aucune cible n’est fixée.",
    "users_share": "{value} des {people} {answered} {counted} sur {indicator}",
    "users_mean": "note moyenne de {value} donnée par les {people} sur {indicator}",
    "users_balance": "solde de {value} ({counted}) chez les {people} sur {indicator}",
    "perceived_not_asked": "Personne, ici, n’a répondu à la question qui le dirait.",
    "perceived_wanted": "Question non posée. À ajouter : {question}",
    "measured_kept": "Tenu. {indicator}, {value}, pour une norme de {norm}.",
    "measured_not_kept": "Non tenu. {indicator}, {value}, pour une norme de {norm}.",
    "measured_no_norm": "{indicator}, {value} ; aucune norme n’est annoncée.",
    "measured_wanted": "Non mesuré. À suivre : {figure}.",
    "measured_not_here": "Ici, aucune mesure de {indicator}.",
    "measured_missing": "Chiffre non disponible, car il manque {months} ({indicator}).",
    "measured_empty": "Chiffre sans objet, faute de cas sur la période ({indicator}).",
    "months_from": "les mois de {span}",
    "announced_beside": (
        "{value} en moyenne d’après ce qui a été annoncé aux usagers, {measured} en moyenne "
        "d’après ce qui a été mesuré."
    ),
    "announced_alone": "{value} en moyenne d’après ce qui a été annoncé aux usagers.",
    "in_force_since": "En vigueur depuis le {day}",
    "in_force_later": "En vigueur à partir du {day}, après la fin de la vague",
    "in_force_unknown": "Date à confirmer",
    "in_force_before_first": (
        "(avant la première mesure, {wave}, si bien que rien ne dit ce qu’il a changé)"
    ),
    "posted_in_only": "affiché, à la fin de la vague, dans le seul site ouvert.",
    "posted_in_only_not": "pas encore affiché, à la fin de la vague, dans le seul site ouvert.",
    "posted_in_none": "pas encore affiché, à la fin de la vague ({sites} sites ouverts).",
    "posted_in_one": "affiché, à la fin de la vague, dans un des {sites} sites ouverts.",
    "posted_in_n": "affiché, à la fin de la vague, dans {count} des {sites} sites ouverts.",
    "posting_gap": (
        "{posted} là où il est affiché, {not_posted} là où il ne l’est pas encore (écart de "
        "{gap}, {range})."
    ),
    "decided_planned": "{decision} (décidé le {day}, {owner}).",
    "decided_under_way": "{decision} (en cours depuis le {day}, {owner}).",
    "decided_done": "{decision} (fait le {day}, {owner}).",
    "decided_given_up": "{decision} (abandonné le {day}, {owner}).",
    "decided_nothing": "Rien n’a été décidé à ce jour.",
    "fact_promise": "Promesse",
    "fact_in_force": "Affichage",
    "fact_perceived": "D’après les usagers",
    "fact_change": "Évolution",
    "fact_posting": "Selon les sites",
    "fact_measured": "D’après la gestion",
    "fact_announced": "Annoncé",
    "fact_decided": "Suites au {day}",
    "column_commitment": "Engagement",
    "column_perceived": "D’après les usagers",
    "column_measured": "D’après la gestion",
    "column_reading": "Conclusion",
    "column_decided": "Suites au {day}",
    "caption_commitments": "Les engagements, {field}, {wave}",
    "caption_commitments_all": "Les engagements par {unit}, {wave}",
    "commitments_note_rule": (
        "un engagement est dit tenu d’après les usagers si tout l’intervalle de son indicateur "
        "atteint sa cible, non tenu s’il est tout entier au-dessous ; d’après la gestion, si la "
        "mesure respecte la norme annoncée au public."
    ),
    "commitments_note_family": (
        "les intervalles tiennent compte des {count} engagements jugés ensemble."
    ),
    "commitments_note_none": (
        "Indécis = la cible est dans l’intervalle, ou la mesure à la limite de la norme, ou il en "
        "manque un mois. Non mesuré = rien n’est recueilli qui le dise."
    ),
    "card_told": "Vous nous avez dit",
    "card_done": "Nous avons fait",
    "card_side": "{side} ({directorate})",
    "card_next": "Prochaine publication : {day}.",
    "amount_days_one": "{value} jour",
    "amount_days_many": "{value} jours",
    "amount_minutes_one": "{value} minute",
    "amount_minutes_many": "{value} minutes",
    "amount_per_thousand_one": "{value} pour 1 000",
    "amount_per_thousand_many": "{value} pour 1 000",
    "kept_sides": (
        "{perceived} d’après les usagers et {measured} d’après la gestion ({directorate})"
    ),
    "kept_count": "{kept} sur {count}",
    "kept_count_none": "aucun jugé",
    "by_both": "{verdict} d’après les usagers et d’après la gestion",
    "by_perceived": "{verdict} d’après les usagers",
    "by_measured": "{verdict} d’après la gestion",
    "measured_unclear": (
        "Indécis. {indicator}, {value}, à la limite de la norme de {norm}, à l’arrondi près des "
        "chiffres livrés."
    ),
    "posting_gap_none": (
        "{posted} là où il est affiché, {not_posted} là où il ne l’est pas encore ; écart non "
        "établi ({gap}, {range})."
    ),
    "posting_note": (
        "l’écart entre sites qui affichent un engagement et sites qui ne l’affichent pas encore "
        "ne permet de conclure ni à un effet de l’affichage ni à son absence, car ces sites "
        "diffèrent aussi par ailleurs ; ces écarts sont jugés ensemble. Une évolution sur un an "
        "n’est pas un avant-après."
    ),
}
