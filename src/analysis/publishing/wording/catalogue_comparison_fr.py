"""French phrases on results of other bodies, beside the study's own."""

COMPARISON: dict[str, str] = {
    "bodies_head_one": "Les résultats publiés par un autre organisme ont été reçus",
    "bodies_head_n": "Les résultats publiés par {count} autres organismes ont été reçus",
    "caption_bodies": "Éditions d’autres organismes, reçues et contrôlées",
    "column_body": "Organisme",
    "column_body_unit": "Service et organisme",
    "column_body_edition": "Édition",
    "column_field_days": "Terrain",
    "column_data": "Données",
    "data_are_simulated": "simulées",
    "data_are_real": "non simulées",
    "edition_of_body": "{wave}, version {version}, {day}",
    "unit_of_body": "{unit}, {publisher}",
    "note_bodies": (
        "ne sont repris que des chiffres que chaque organisme a publiés, avec ce qu’il cache. "
        "Aucune réponse n’est échangée"
    ),
    "elsewhere_simulated_text": "Des chiffres d’autres organismes viennent de données simulées.",
    "alike_head": "Ce qui est mesuré de la même façon ici et ailleurs",
    "measured_alike": "{indicator}, chez les {people}, {mode}",
    "side_by_side": "{unit} : {value}. {elsewhere} : {value_elsewhere}.",
    "chart_alike": "{title}, ici (ronds pleins) et ailleurs (carrés vides)",
    "table_alike": "{title}, ici et dans d’autres organismes",
    "note_alike": (
        "même question, même échelle, même façon de compter, même mode et même portée. Les publics "
        "ne sont pas les mêmes, et aucun écart n’est calculé. L’ordre n’est pas un classement, "
        "mais celui de l’étude, puis l’ordre alphabétique des organismes"
    ),
    "source_elsewhere": "{publisher}, {title}",
    "bodies_apart_head": "Ce que d’autres organismes publient, et pourquoi ce n’est pas comparé",
    "caption_bodies_apart": "Résultats d’autres organismes qui ne sont pas comparés",
    "column_measured_there": "Ce qui y est mesuré",
    "column_counted_there": "Façon de compter",
    "column_why_apart": "Pourquoi ce n’est pas comparé",
}
