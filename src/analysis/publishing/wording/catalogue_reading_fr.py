"""French phrases of the reading grid: what a figure means, and what to look at next."""

READING: dict[str, str] = {
    "grid_head": "Ce que disent ces chiffres, et que regarder ensuite",
    "grid_caption": "Grille de lecture des indicateurs du socle, {field}, {wave}",
    "grid_column_level": "Niveau",
    "grid_column_change": "Évolution",
    "grid_column_next": "À regarder ensuite",
    "grid_note": (
        "chaque phrase suit une règle déclarée : un niveau se lit par rapport à sa cible, à ce "
        "que d’autres ont publié de comparable et aux niveaux voisins, une évolution par "
        "rapport à ce que l’enquête pouvait voir. Un écart entre deux niveaux ne dit pas qui "
        "fait mieux, car les usagers, et ce qu’ils demandent, diffèrent."
    ),
    "grid_note_standing": (
        "ce qui ne va pas : une cible manquée, une norme non respectée ou une baisse. Ce qui va : "
        "rien de cela, et une cible atteinte, une norme respectée ou une hausse."
    ),
    "grid_note_levels": (
        "ce qui ne va pas : une cible manquée, une norme non respectée, une baisse, ou, sans "
        "cible, un niveau faible (tout l’intervalle sous {poor} %). Ce qui va : rien de cela, et "
        "une cible atteinte, une norme respectée, une hausse, ou, sans cible, un bon niveau (tout "
        "l’intervalle à {good} % ou plus)"
    ),
    "grid_note_devices": (
        "les autres dispositifs comptent aussi : ce qui y bouge, ce que l’on y a vu. Là où ils "
        "contredisent l’enquête, on ne conclut pas"
    ),
    "level_alone": "{value}",
    "level_reading": "{value} ; {parts}",
    "level_target_kept": "atteint sa cible ({target})",
    "level_target_not_kept": "au-dessous de sa cible ({target})",
    "level_target_unclear": "sans que l’on sache si sa cible est atteinte ({target})",
    "level_reference_above": "au-dessus de {value} ({reference})",
    "level_reference_below": "au-dessous de {value} ({reference})",
    "level_reference_near": "sans écart net avec {value} ({reference})",
    "many_others": "{count} autres",
    "level_other_above": "plus haut que {directorate}",
    "level_other_below": "plus bas que {directorate}",
    "level_other_none": "pas d’écart détecté avec {directorate}",
    "next_urgent": (
        "À traiter d’abord : lire les commentaires, puis chercher quels profils sont les plus "
        "sévères."
    ),
    "next_information": (
        "La norme est respectée, mais la cible n’est pas atteinte : comprendre pourquoi, "
        "information ou autre cause."
    ),
    "next_continue": (
        "Poursuivre ce qui a été engagé : en hausse, sans que la cible soit atteinte à coup sûr."
    ),
    "next_understand": (
        "Comprendre : lire les commentaires, puis chercher quels profils sont les plus sévères."
    ),
    "next_watch": "Chercher ce qui a changé : canal, organisation, personnes reçues.",
    "next_contrary": (
        "Les dispositifs se contredisent sur ce point : lire ce que chacun en dit, plus bas."
    ),
    "next_beside": (
        "Un autre dispositif dit que cela va mal, ou moins bien : lire ce que chacun en dit, plus "
        "bas."
    ),
    "next_look": (
        "Un comptage a bougé et pas l’enquête, ou l’inverse : lire ce que chaque dispositif en "
        "dit, plus bas."
    ),
    "next_poor": (
        "Le niveau est faible : lire les commentaires, puis chercher quels profils sont les plus "
        "sévères."
    ),
    "next_good": "Le niveau est bon : le maintenir, et dire aux équipes ce qui marche.",
    "next_keep": "Maintenir, et dire aux équipes ce qui marche.",
    "next_tell": "Dire ce qui a été fait, et fixer une cible.",
    "next_wait": "Attendre la prochaine vague : sur ce point, rien d’établi n’appelle à agir.",
    "missing_group": (
        "« {group} », {sample} des réponses avant redressement, pour {frame} des usagers ; le "
        "redressement corrige cet écart"
    ),
    "missing_none": "aucun groupe connu ne manque de plus de {points} points dans les réponses",
    "missing_hidden": (
        "on ne peut pas le dire, car un groupe au moins est trop petit pour être montré, et "
        "aucun autre ne manque de plus de {points} points dans les réponses"
    ),
    "missing_unknown": "on ne sait pas, faute de totaux connus des usagers",
    "grid_missing": "Qui manque",
    "grid_line_well": "Ce qui va",
    "grid_line_badly": "Ce qui ne va pas",
    "grid_line_unknown": "Ce que l’on ne peut pas dire encore",
    "grid_well": "{items}",
    "grid_badly": "{items}",
    "grid_unknown": "{items}",
    "grid_nothing_well": "Rien n’est établi.",
    "grid_nothing_badly": "Rien n’est établi.",
    "grid_nothing_unknown": "Rien parmi ce qui est montré ici.",
    "break_lived": "{day}, {event}",
    "breaks_lived": "À savoir : {events}. Rien ici ne dit ce que la courbe leur doit.",
    "decomposition_some": (
        "{profile} : les personnes qui répondent ne sont plus les mêmes, ce qui fait "
        "{composition} de cette évolution ({range}) ; à structure constante, elle serait de "
        "{within}."
    ),
    "decomposition_none": (
        "La composition des répondants n’explique rien de visible de cette évolution ({parts})."
    ),
    "decomposition_part": "« {profile} », {composition}, {range}",
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
        "({before}, puis {after}). À définition constante, elle ne bouge guère ({constant})."
    ),
    "next_norm": "La norme n’est pas respectée : revenir à ce qui a été annoncé.",
    "grid_level": "{name} ({level})",
    "grid_unsure": "{name} (cible indécise)",
    "grid_no_target": "{name} (sans cible)",
    "grid_unmeasured": "{name} (non mesuré)",
    "grid_undecided": "{name} (indécis)",
    "grid_contrary": "{name} (les dispositifs se contredisent)",
    "grid_devices": "{name} ({devices})",
}
