"""French phrases of the reading grid: what a figure means, and what to look at next."""

READING: dict[str, str] = {
    "grid_head": "Ce que disent ces chiffres, et que regarder ensuite",
    "grid_caption": "Grille de lecture des indicateurs du socle, {field}, {wave}",
    "grid_column_level": "Niveau",
    "grid_column_change": "Évolution",
    "grid_column_next": "À regarder ensuite",
    "grid_note": (
        "chaque phrase suit une règle déclarée : niveau par rapport à la cible, à ce que "
        "d’autres ont publié et aux autres directions, évolution par rapport à ce que l’enquête "
        "pouvait voir. Un écart entre directions ne dit pas que l’une fait mieux : leurs "
        "usagers, et ce qu’ils demandent, diffèrent."
    ),
    "level_alone": "{value}",
    "level_reading": "{value} ; {parts}",
    "level_target_kept": "atteint sa cible ({target})",
    "level_target_not_kept": "au-dessous de sa cible ({target})",
    "level_target_unclear": "sans que l’on sache si sa cible est atteinte ({target})",
    "level_reference_above": "au-dessus de {value} ({reference})",
    "level_reference_below": "au-dessous de {value} ({reference})",
    "level_reference_near": "sans écart net avec {value} ({reference})",
    "level_other_above": "au-dessus de {directorate}",
    "level_other_below": "au-dessous de {directorate}",
    "level_other_none": "pas d’écart détecté avec {directorate}",
    "next_urgent": (
        "À traiter d’abord : lire ce qu’écrivent les usagers, puis le profil et les sites où "
        "c’est le plus bas."
    ),
    "next_information": (
        "La norme est respectée et les usagers ne le disent pas : vérifier ce qui leur est "
        "annoncé et expliqué."
    ),
    "next_continue": (
        "Poursuivre ce qui a été engagé, et voir si la prochaine vague confirme la hausse."
    ),
    "next_understand": (
        "Comprendre : lire ce qu’écrivent les usagers, puis le profil et les sites où c’est le "
        "plus bas."
    ),
    "next_watch": "Chercher ce qui a changé : canal, organisation, personnes reçues.",
    "next_keep": "Maintenir, et dire aux équipes ce qui marche.",
    "next_tell": "Dire ce qui a été fait, et fixer une cible.",
    "next_wait": "Attendre la prochaine vague : rien n’est établi.",
    "missing_group": "{group}, {frame} des usagers et {sample} des réponses avant redressement",
    "missing_none": "aucun groupe connu ne manque de plus de 5 points dans les réponses",
    "missing_unknown": "on ne sait pas, faute de totaux connus des usagers",
    "grid_missing": "Qui manque",
    "grid_channels": "Autres canaux",
    "grid_line_well": "Ce qui va",
    "grid_line_badly": "Ce qui ne va pas",
    "grid_line_unknown": "Ce que personne ne peut dire encore",
    "grid_well": "{items}",
    "grid_badly": "{items}",
    "grid_unknown": "{items}",
    "grid_well_nothing": "Rien n’est établi.",
    "grid_badly_nothing": "Rien n’est établi.",
    "grid_unknown_nothing": "Rien : chaque indicateur a sa réponse.",
    "break_lived": "{day}, {event}",
    "breaks_lived": "À savoir en lisant cette courbe : {events}.",
    "decomposition_some": (
        "{profile} : les personnes qui répondent ne sont plus les mêmes, ce qui fait "
        "{composition} de cette évolution ({range}) ; à structure constante, elle serait de "
        "{within}."
    ),
    "decomposition_none": (
        "Le changement de structure des répondants n’explique rien de"
        " visible de cette évolution : {parts}."
    ),
    "decomposition_part": "{profile}, {composition} ({range})",
    "definition_unknown": "une définition inconnue",
    "from_to": "de {first} à {last}",
    "published_break_alone": (
        "{period} : la valeur publiée passe {published} alors que la définition change "
        "({before}, puis {after}) ; rien ne permet de la recalculer."
    ),
    "published_break_up": (
        "{period} : la valeur publiée passe {published} alors que la définition change "
        "({before}, puis {after}). À définition constante, elle passe {constant}, une hausse."
    ),
    "published_break_down": (
        "{period} : la valeur publiée passe {published} alors que la définition change "
        "({before}, puis {after}). À définition constante, elle passe {constant}, une baisse."
    ),
    "published_break_level": (
        "{period} : la valeur publiée passe {published} alors que la définition change "
        "({before}, puis {after}). À définition constante, elle ne bouge pas ({constant})."
    ),
}
