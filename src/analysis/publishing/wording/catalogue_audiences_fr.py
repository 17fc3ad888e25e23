"""French phrases on who the users of each product are."""

AUDIENCES: dict[str, str] = {
    "spread_users": (
        "{level} : de {low} ({lowest}) à {high} ({highest}) des {people}, sur {count} {units}"
    ),
    "spread_one_users": "{level} : {value} des {people}, {named}",
    "users_caption": "{item}, {wave}",
    "users_note": "parts redressées ; leurs intervalles sont dans les données ouvertes",
    "users_note_margin": (
        "la répartition de cette question est celle des fichiers de gestion, qui servent au "
        "redressement ({named})"
    ),
    "spread_far": (
        "Loin du numérique : de {low} ({lowest}) à {high} ({highest}) des {people}, sur {count} "
        "{units}"
    ),
    "spread_one_far": "Loin du numérique : {value} des {people}, {named}",
    "far_caption": "Part des usagers qui sont loin du numérique, {wave}",
    "far_alt": "Loin du numérique, du plus au moins : {values}",
    "far_axis": "En % des réponses",
    "far_online": (
        "une enquête en ligne n’interroge que des personnes qui y sont : celles qui n’y viennent "
        "pas ne sont pas comptées"
    ),
    "far_note": "loin du numérique = réponse {answers} à la question {question}",
    "shared_head_none": "Aucun public déclaré n’est celui de plusieurs {units}",
    "shared_head_one": "Un public déclaré est celui de plusieurs {units}",
    "shared_head_n": "{count} publics déclarés sont ceux de plusieurs {units}",
    "shared_caption": "À qui s’adressent les {units}, {wave}",
    "shared_count": "Nombre de {units}",
    "shared_which": "Liste",
    "shared_note": "publics déclarés par les équipes : personne n’y est compté",
    "uses_head": (
        "{value} des {people} ({named}) utilisent aussi {other} : c’est la part la plus élevée"
    ),
    "uses_caption": "Ce que les usagers utilisent aussi, {wave}",
    "segments_head": (
        "En moyenne des {units}, les {people} se répartissent en {count} groupes : {segments}"
    ),
    "segment_named": "{segment} ({value})",
    "segment_number": "groupe {number}",
    "segment_marks": "{value} des {people}, {range}. Ce qui les distingue le plus : {marks}",
    "segment_plain": (
        "{value} des {people}, {range}. Aucune réponse ne les distingue nettement de tous les "
        "autres groupes"
    ),
    "segment_mark": "{answer} à la question {question} ({value})",
    "segment_shares_caption": "Part de chaque groupe parmi les usagers, {wave}",
    "segment_answers_caption": "Ce que répond chaque groupe, {wave}",
    "segment_answer": "{item} – {answer}",
    "segment_all": "Ensemble",
    "segment_note": (
        "ces groupes sont trouvés par un modèle (classes latentes) : dans un groupe, les réponses "
        "à des questions différentes sont indépendantes ; un groupe répond de la même façon d’un "
        "bout à l’autre des {units}, et sa taille change de l’un à l’autre. Ensemble = moyenne des "
        "{units}, qui comptent tous autant. Netteté du classement, de 0 à 1 : {entropy}"
    ),
    "segment_note_count": "le nombre de groupes est choisi à la première vague, et gardé ensuite",
    "segment_note_other": (
        "le nombre de groupes est choisi à la première vague, et gardé ensuite ; cette vague seule "
        "en ferait choisir {count}"
    ),
    "segments_stable": (
        "Ces groupes durent : {value} des personnes interrogées sont dans le même groupe, que l’on "
        "suive le modèle de cette vague ou celui de la précédente ({before})."
    ),
    "segments_shifting": (
        "Ces groupes changent : {value} des personnes interrogées seulement sont dans le même "
        "groupe, que l’on suive le modèle de cette vague ou celui de la précédente ({before})."
    ),
    "who_head": "Qui sont les {people}",
    "who_groups": "Groupes",
    "who_far": "Loin du numérique",
    "who_answers": "{segments}",
    "who_far_share": "{value}, {range}",
    "who_more": "Publics, côte à côte",
    "segment_first": "C’est la première vague : rien ne dit encore si ces groupes durent.",
}
