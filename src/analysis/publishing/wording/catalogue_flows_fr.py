"""French phrases on what devices count, and on what those of several families say together."""

FLOWS: dict[str, str] = {
    "series_of": "{part} (part des {whole})",
    "flows_head_untold": "Aucun comptage ne se juge encore sur un an",
    "flows_head_none": (
        "Aucun mouvement établi sur un an parmi les {total} comptages que l’on peut juger"
    ),
    "flows_head_only": (
        "Le seul comptage que l’on peut juger n’a pas bougé de façon établie depuis un an"
    ),
    "flows_head_only_moved": "Le seul comptage que l’on peut juger a bougé depuis un an",
    "flows_head_one": "Un comptage a bougé depuis un an, parmi les {total} que l’on peut juger",
    "flows_head_n": (
        "{count} comptages ont bougé depuis un an, parmi les {total} que l’on peut juger"
    ),
    "caption_flows": "Ce que comptent les dispositifs, {product}, {wave}",
    "caption_flows_drawn": "Comptages mois par mois, {product}",
    "flows_alt": "{series} : {first}, puis {last}. Chaque comptage a son échelle.",
    "month_value": "{value} en {month}",
    "column_flow": "Ce qui est compté",
    "column_over_wave": "Pendant la vague",
    "column_since_year": "Depuis un an",
    "note_stock": (
        "ce qui se compte à une date, et non au fil du mois, ne s’additionne pas ; pour la "
        "vague, c’est la moyenne de ses mois"
    ),
    "column_flow_reading": "Ce qu’on peut en dire",
    "moved_up": "en hausse",
    "moved_down": "en baisse",
    "moved_steady": "pas de mouvement établi",
    "moved_declared": "ce qui est compté a changé entre les deux",
    "moved_untold": "trop peu de mois, ou trop petits nombres, pour en juger",
    "moved_toward_better": "{word}, ce qui est mieux",
    "moved_toward_worse": "{word}, ce qui est moins bien",
    "broke_up": "rupture à la hausse en {month} ({size})",
    "broke_down": "rupture à la baisse en {month} ({size})",
    "broke_declared": "comptage changé en {month} ({size})",
    "note_flows": (
        "un comptage est complet. Il n’a pas de marge de sondage et ne dit rien de ceux qui n’y "
        "sont pas. Une évolution est établie quand elle atteint {percent} % ({points} points "
        "pour une part) et dépasse la variation habituelle d’un mois à l’autre, saison et tendance "
        "mises à part. Chaque comptage a son échelle"
    ),
    "device_state_good": "bon niveau",
    "device_state_mixed": "niveau moyen",
    "device_state_poor": "niveau faible",
    "device_movement_better": "mieux qu’un an avant",
    "device_movement_steady": "pas de mouvement établi",
    "device_movement_worse": "moins bien qu’un an avant",
    "together_said_same": "concordants",
    "together_said_contrary": "contradictoires",
    "together_said_steady": "aucune évolution établie",
    "together_said_apart": "ni concordants, ni contradictoires",
    "together_said_alone": "une seule famille peut le dire",
    "together_said_silent": "aucun ne peut le dire",
    "together_said_unasked": "non rapproché d’une enquête",
    "together_said_hidden": "non diffusé, car l’un des chiffres est caché",
    "to_look_at": "{verdict}. À regarder",
    "device_says": "{device} : {words}",
    "column_dimension": "Sur quoi",
    "column_devices_say": "Ce que disent les dispositifs",
    "column_together": "Ensemble",
    "bad_head_none": (
        "Aucun dispositif ne dit, sans qu’un autre dise le contraire, que quelque chose va mal ou "
        "moins bien"
    ),
    "bad_head_one": (
        "D’après un dispositif au moins, un point va mal ou moins bien, sans qu’un autre dise le "
        "contraire"
    ),
    "bad_head_n": (
        "D’après un dispositif au moins, {count} points vont mal ou moins bien, sans qu’un autre "
        "dise le contraire"
    ),
    "caption_bad": "Par où commencer, {wave}",
    "column_families_bad": "Familles qui le disent",
    "contradictions_head_none": "Nulle part les dispositifs ne se contredisent",
    "contradictions_head_only": (
        "Les dispositifs se contredisent sur le seul point que plusieurs familles jugent"
    ),
    "contradictions_head_one": (
        "Les dispositifs se contredisent sur un des {total} points que plusieurs familles jugent"
    ),
    "contradictions_head_n": (
        "Les dispositifs se contredisent sur {count} des {total} points que plusieurs familles "
        "jugent"
    ),
    "caption_contradictions": "Points sur lesquels les familles d’écoute se contredisent, {wave}",
    "agreements_head_one": "Plusieurs familles d’écoute disent la même chose sur un point",
    "agreements_head_n": "Plusieurs familles d’écoute disent la même chose sur {count} points",
    "caption_agreements": "Points sur lesquels les familles d’écoute sont d’accord, {wave}",
    "signals_head_none": "Aucun comptage ne bouge sans qu’une enquête bouge, ni l’inverse",
    "signals_head_one": (
        "Un point à regarder : un comptage a bougé sans qu’une enquête bouge, ou l’inverse"
    ),
    "signals_head_n": (
        "{count} points à regarder : un comptage a bougé sans qu’une enquête bouge, ou l’inverse"
    ),
    "caption_signals": "Points à regarder, {wave}",
    "together_head": "Ce que disent ensemble les dispositifs",
    "caption_together": "Ce que dit chaque dispositif, {product}, {wave}",
    "note_convergence": (
        "un point = une dimension d’un produit. D’une enquête représentative, le niveau est bon "
        "si tout l’intervalle atteint {good} %, faible si tout l’intervalle reste sous "
        "{poor} %. En séance, il est faible si {blocked} personnes au moins ont été arrêtées, "
        "bon si aucune ne l’a été et si la dernière séance n’a rien appris de neuf. Une enquête "
        "bouge à partir de {points} points, au-delà du hasard, tous les produits étant jugés "
        "ensemble. Une évolution établie sur la page d’un produit peut donc ne pas l’être ici. "
        "Seuls ces mots sont comparés, jamais les chiffres"
    ),
    "observations_head": "Ce que l’on a vu et entendu en séance",
    "caption_observations": "Séances (tests, ateliers, entretiens), {product}, {wave}",
    "column_sessions": "Séances",
    "column_participants": "Participants",
    "column_themes": "Thèmes rencontrés",
    "theme_met": "{theme} ({count})",
    "themes_head_none": "Aucun thème de séance ne revient d’un produit à l’autre",
    "themes_head_one": "Un thème de séance revient d’un produit à l’autre",
    "themes_head_n": "{count} thèmes de séance reviennent d’un produit à l’autre",
    "caption_themes": "Thèmes rencontrés en séance, {wave}",
    "column_theme": "Thème",
    "column_met_on": "Rencontré pour",
    "note_themes": (
        "ce qui a arrêté, ralenti ou aidé des participants. Le nombre de séances où un thème a été "
        "rencontré se lit sur la page du produit"
    ),
    "column_new_themes": "Thèmes nouveaux à la dernière séance",
    "column_seen": "Lecture",
    "note_observations": (
        "entre parenthèses, le nombre de séances où un thème a été rencontré. Avec quelques "
        "personnes, aucune proportion n’est calculée. Quand la dernière séance n’apporte aucun "
        "thème nouveau, on a sans doute fait le tour"
    ),
    "quotations_head": "Ce que des participants ont dit",
    "quotation": "{text} {device}, {day}. Citation approuvée : {office}.",
    "listened_head": "Ce que l’on entend, et ce que l’on n’entend pas",
    "references_more": "Ce que d’autres ont publié",
    "listened_more": "Observatoire : point par point",
    "caption_device_calendar": "Calendrier et moyens des dispositifs",
    "column_rhythm": "Rythme",
    "column_next_period": "Période en cours ou prochaine",
    "period_now": "en cours, jusqu’au {day}",
    "period_unset": "à fixer",
    "column_requests": "Sollicitations par an",
    "column_cost": "Coût par an (en euros)",
    "column_tool": "Outil (licence)",
    "rhythm_continuous": "en continu",
    "rhythm_weekly": "chaque semaine",
    "rhythm_monthly": "chaque mois",
    "rhythm_quarterly": "chaque trimestre",
    "rhythm_semiannual": "deux fois par an",
    "rhythm_annual": "une fois par an",
    "rhythm_once": "une fois",
    "breaks_head_none": "Aucune rupture dans les comptages de l’année qui s’achève avec la vague",
    "breaks_head_one": "Une rupture dans les comptages de l’année qui s’achève avec la vague",
    "breaks_head_n": "{count} ruptures dans les comptages de l’année qui s’achève avec la vague",
    "caption_breaks": "Ruptures dans les comptages, {wave}",
    "column_broke": "Rupture de série",
}
