"""French phrases of the pages that stand over editions: index, notices, differences."""

EDITIONS: dict[str, str] = {
    "editions_title": "Éditions",
    "editions_of": "{title}, éditions",
    "editions_studies": "Études",
    "editions_latest": "Lire la dernière édition ({wave})",
    "editions_all": "Toutes les éditions",
    "editions_none": "Aucune édition n’est publiée.",
    "editions_versions": "Versions",
    "editions_versions_caption": "Les versions de chaque édition, et ce qu’elles sont devenues",
    "editions_calendar": "Calendrier",
    "editions_calendar_caption": "Jours annoncés et jours de publication",
    "editions_notices": "Corrections et retraits",
    "editions_differences": "Ce qui change",
    "editions_embargo": "Avant le jour de publication, une édition est lue par {offices}.",
    "column_edition_wave": "Vague",
    "column_state": "État",
    "column_planned": "Jour annoncé",
    "column_published": "Jour de publication",
    "state_definitive": "définitive",
    "state_provisional": "provisoire",
    "state_superseded": "remplacée par la version {version}",
    "state_replaced": "remplacée",
    "state_withdrawn": "retirée le {day}",
    "notice_corrected": (
        "{day}, {wave} : la version {version} remplace la version {corrected}. Raison : "
        "« {reason} » ({signer})."
    ),
    "notice_withdrawn": (
        "{day}, {wave} : la version {version} est retirée. Raison : « {reason} » ({signer})."
    ),
    "superseded_banner": "Cette version est remplacée par la version {version} :",
    "superseded_alone": ("Cette version est remplacée ; celle qui la remplaçait a été retirée."),
    "superseded_link": "lire la version {version}",
    "withdrawn_title": "Édition retirée",
    "withdrawn_text": (
        "La version {version} de l’édition « {wave} » a été retirée le {day}. Raison : "
        "« {reason} » ({signer})."
    ),
    "withdrawn_digest": "Empreinte (sha256) de ce qui était publié : {digest}",
    "withdrawn_follows": "Lire la version {version}",
    "difference_versions": "Ce qui change de la version {before} à la version {after}, {wave}",
    "difference_waves": "Ce qui change de « {before} » à « {after} »",
    "difference_count": (
        "Chiffres qui diffèrent : {count}, dont {heads} en tête d’une page ou d’une partie. Le "
        "fichier CSV les donne tous."
    ),
    "difference_none": "Aucun chiffre ne diffère.",
    "difference_file": "Tous les chiffres qui diffèrent (CSV)",
    "difference_figures": "Chiffres en tête",
    "difference_figures_caption": "Chiffres en tête d’une page ou d’une partie, avant et après",
    "difference_sentences": "Phrases",
    "difference_sentences_caption": "Phrases qui apparaissent, disparaissent ou changent",
    "difference_no_sentence": "Aucune phrase ne diffère.",
    "column_figure": "Chiffre",
    "column_before": "Avant",
    "column_moved": "Écart",
    "difference_unknown": "–",
    "column_after": "Après",
    "column_cause": "Cause",
    "column_sentence": "Phrase",
    "column_page": "Page",
    "figure_absent": "absent",
    "cause_data": "données",
    "cause_parameters": "paramètres",
    "cause_definition": "définition",
    "cause_method": "méthode",
    "cause_software": "logiciel",
    "cause_rounding": "arrondi",
    "cause_disclosure": "protection des personnes",
    "sentence_appeared": "nouvelle",
    "sentence_vanished": "disparue",
    "sentence_word": "autre constat",
    "sentence_text": "autres chiffres ou termes",
}
