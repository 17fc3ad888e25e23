"""French phrases on what weakens an edition."""

QUALITY: dict[str, str] = {
    "quality_title": "Points de vigilance",
    "quality_more_one": "Un autre point est décrit à la page de méthode.",
    "quality_more_n": "{count} autres points sont décrits à la page de méthode.",
    "quality_no_answers": "Aucune réponse n’a été reçue pour cette vague.",
    "quality_wave_missing": "Aucune réponse n’a été reçue pour la vague {wave}.",
    "quality_wave_missing_several": (
        "Aucune réponse n’a été reçue pour {count} des vagues précédentes, dont {wave}."
    ),
    "quality_channel_silent": "Le canal {channel} n’a apporté aucune réponse.",
    "quality_channel_silent_against": (
        "Le canal {channel} n’a apporté aucune réponse, contre {baseline} à la vague {wave}."
    ),
    "quality_nothing_kept": "Rien n’a pu être gardé du fichier {file}.",
    "quality_nothing_kept_numbers": (
        "Rien n’a pu être gardé du fichier {file}, qui compte {observed}."
    ),
    "quality_not_asked": (
        "La question {question} manque dans une partie des réponses du canal {channel}."
    ),
    "quality_not_asked_numbers": (
        "La question {question} manque dans {observed} des réponses du canal {channel}."
    ),
    "quality_unweighted": (
        "Faute de données de gestion, les réponses ne sont pas redressées : elles ne disent pas ce "
        "que pense l’ensemble des {everyone}."
    ),
    "quality_margins_missing": (
        "Faute de données de gestion, les réponses ne sont redressées que sur la base de sondage, "
        "à la différence d’autres vagues."
    ),
    "quality_sizes_unknown": (
        "Les sites ont été tirés de la même façon quelle que soit leur taille (canal {channel}), "
        "et rien ne dit combien de personnes chaque réponse représente : les résultats décrivent "
        "ceux qui ont répondu."
    ),
    "quality_frame_missing": (
        "La base de sondage du canal {channel} n’a pas été livrée : les poids partent des seules "
        "données de gestion."
    ),
    "quality_frame_answers": (
        "Le nombre de réponses gardées par le canal {channel} s’écarte de celui que compte la base "
        "de sondage."
    ),
    "quality_frame_answers_against": (
        "Le canal {channel} a gardé {observed} réponses ; la base de sondage en compte {baseline}."
    ),
    "quality_frame_margins": (
        "La base de sondage du canal {channel} et les données de gestion ne comptent pas "
        "autant de personnes."
    ),
    "quality_frame_margins_against": (
        "La base de sondage du canal {channel} compte {observed} personnes, et les données de "
        "gestion {baseline}."
    ),
    "quality_question_changed": (
        "La question {question} a changé le {day} : ses résultats ne se comparent pas à ceux "
        "d’avant."
    ),
    "quality_answer_unused": (
        "À la question {question} (canal {channel}), personne ne choisit plus la réponse "
        "{answer} : les réponses proposées ont pu changer."
    ),
    "quality_answer_unused_against": (
        "À la question {question} (canal {channel}), personne ne choisit plus la réponse {answer}, "
        "que donnaient {baseline} des personnes à la vague {wave} : les réponses proposées ont pu "
        "changer."
    ),
    "quality_channel_halved": (
        "Le canal {channel} a apporté, par jour de terrain, moins de la moitié des réponses de la "
        "vague {wave}."
    ),
    "quality_channel_halved_against": (
        "Le canal {channel} a apporté {observed}, contre {baseline} à la vague {wave}."
    ),
    "quality_field_cut": (
        "La dernière réponse a été reçue {observed} avant la fin prévue du terrain, le {day}."
    ),
    "quality_field_cut_channel": (
        "La dernière réponse du canal {channel} a été reçue {observed} avant la fin prévue du "
        "terrain, le {day}."
    ),
    "quality_field_shorter": (
        "Le recueil se termine le {day}, après {observed}, contre {baseline} pour la vague {wave}, "
        "à laquelle ces résultats se comparent ; une partie des écarts peut en venir."
    ),
    "quality_duplicates": "Une partie des lignes du fichier {file} sont des doublons.",
    "quality_duplicates_numbers": "{observed} des lignes du fichier {file} sont des doublons.",
    "quality_refused": "Une partie des lignes du fichier {file} ont été écartées.",
    "quality_refused_numbers": "{observed} des lignes du fichier {file} ont été écartées.",
    "quality_undeclared": (
        "Des lignes du fichier {file} ont été écartées : elles nomment un site, un canal ou un "
        "service que l’étude ne connaît pas."
    ),
    "quality_undeclared_numbers": (
        "{observed} du fichier {file} ont été écartées : elles nomment un site, un canal ou un "
        "service que l’étude ne connaît pas."
    ),
    "quality_dont_know": (
        "À la question {question} (canal {channel}), les réponses {answer} sont plus fréquentes "
        "qu’à la vague {wave}."
    ),
    "quality_dont_know_numbers": (
        "À la question {question} (canal {channel}), {observed} des personnes répondent {answer}, "
        "plus qu’à la vague {wave}."
    ),
    "quality_dont_know_against": (
        "À la question {question} (canal {channel}), les réponses {answer} passent de {baseline} "
        "(vague {wave}) à {observed}."
    ),
    "quality_no_reply": (
        "La question {question} (canal {channel}) est plus souvent laissée sans réponse qu’à la "
        "vague {wave}."
    ),
    "quality_no_reply_numbers": (
        "À la question {question} (canal {channel}), {observed} des personnes ne répondent pas, "
        "plus qu’à la vague {wave}."
    ),
    "quality_no_reply_against": (
        "À la question {question} (canal {channel}), les absences de réponse passent de {baseline} "
        "(vague {wave}) à {observed}."
    ),
    "quality_sites_silent_one": "Un site ouvert sur {baseline} n’a apporté aucune réponse.",
    "quality_sites_silent_n": (
        "{observed} sites ouverts sur {baseline} n’ont apporté aucune réponse."
    ),
    "quality_not_asked_several": (
        "{count} questions manquent dans des réponses du canal {channel}, dont {question}."
    ),
    "quality_answer_unused_several": (
        "À {count} questions du canal {channel}, dont {question}, une des réponses n’est plus "
        "choisie par personne : les réponses proposées ont pu changer."
    ),
    "quality_dont_know_several": (
        "À {count} questions du canal {channel}, dont {question}, les réponses {answer} sont plus "
        "fréquentes qu’à la vague {wave}."
    ),
    "quality_no_reply_several": (
        "{count} questions du canal {channel}, dont {question}, sont plus souvent laissées sans "
        "réponse qu’à la vague {wave}."
    ),
    "provisional_title": "Édition provisoire (p)",
    "provisional_text": (
        "Les chiffres marqués (p) peuvent encore changer jusqu’à l’édition définitive, prévue le "
        "{day} ; la fin du terrain est fixée au {end}."
    ),
    "provisional_sign": "{wave} (p)",
    "edition_provisional": "Édition provisoire {version} du {day}",
    "days_one": "{count} jour",
    "days_many": "{count} jours",
    "rows_one": "{count} ligne",
    "rows_many": "{count} lignes",
    "method_claims": " ; ",
    "method_weighted": (
        "{directorate} : les réponses par {channels} sont redressées ; la part de chaque catégorie "
        "y est ramenée à celle des fichiers de gestion."
    ),
    "method_framed": "{directorate} : les réponses par {channels} sont pondérées.",
    "method_frame": (
        " Les poids partent de la base de sondage : chaque réponse y vaut pour les personnes de "
        "{classes}."
    ),
    "method_class_site": "même site",
    "method_class_item": "même {question}",
    "method_population": " Les intervalles comptent avec la part des usagers qui a répondu.",
    "many_units": "{count} {units}",
    "method_margins_elsewhere": (
        "La part de chaque catégorie dans les réponses et parmi les usagers est dans les données "
        "ouvertes, {unit} par {unit}."
    ),
    "method_unweighted": (
        "{directorate} : les réponses ne sont pas redressées ; chacune compte pour une, et les "
        "résultats décrivent ceux qui ont répondu."
    ),
    # What an analyst sees of it in a workshop notebook.
    "flag_no_answers": "aucune réponse",
    "flag_wave_missing": "vague sans réponse",
    "flag_channel_silent": "canal sans réponse",
    "flag_nothing_kept": "fichier dont rien n’est gardé",
    "flag_not_asked": "question non posée",
    "flag_unweighted": "sans redressement",
    "flag_margins_missing": "redressement sur la seule base de sondage",
    "flag_sizes_unknown": "taille des sites inconnue",
    "flag_frame_missing": "sans base de sondage",
    "flag_frame_answers": "réponses et base de sondage",
    "flag_frame_margins": "données de gestion et base de sondage",
    "flag_question_changed": "question modifiée",
    "flag_answer_unused": "réponse que plus personne ne donne",
    "flag_channel_halved": "canal en forte baisse",
    "flag_field_cut": "fin de terrain sans réponse",
    "flag_field_shorter": "terrain plus court",
    "flag_duplicates": "doublons",
    "flag_refused": "lignes écartées",
    "flag_undeclared": "noms non déclarés",
    "flag_dont_know": "« ne sait pas » plus fréquent",
    "flag_no_reply": "absences de réponse plus fréquentes",
    "flag_sites_silent": "sites sans réponse",
    "header_flag": "Signalement",
    "header_subject": "Objet",
    "header_observed": "Observé",
    "header_baseline": "Repère",
}
