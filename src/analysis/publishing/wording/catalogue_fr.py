"""French phrases. Non-breaking spaces are written as they are printed (U+00A0)."""

from analysis.publishing.wording.catalogue_audiences_fr import AUDIENCES
from analysis.publishing.wording.catalogue_commitments_fr import COMMITMENTS
from analysis.publishing.wording.catalogue_comparison_fr import COMPARISON
from analysis.publishing.wording.catalogue_data_fr import DATA
from analysis.publishing.wording.catalogue_data_listening_fr import DATA_LISTENING
from analysis.publishing.wording.catalogue_editions_fr import EDITIONS
from analysis.publishing.wording.catalogue_flows_fr import FLOWS
from analysis.publishing.wording.catalogue_identity_fr import IDENTITY
from analysis.publishing.wording.catalogue_listening_fr import LISTENING
from analysis.publishing.wording.catalogue_management_fr import MANAGEMENT
from analysis.publishing.wording.catalogue_practices_fr import PRACTICES
from analysis.publishing.wording.catalogue_quality_fr import QUALITY
from analysis.publishing.wording.catalogue_reading_fr import READING
from analysis.publishing.wording.catalogue_sites_fr import SITES

CATALOGUE: dict[str, str] = {
    "and": "et",
    "or": "ou",
    "point": "point",
    "points": "points",
    "simulated_title": "Données simulées",
    "simulated_text": (
        "Aucune personne réelle n’a répondu : {fictitious} présentés ici sont fictifs. Ils "
        "servent à montrer la publication et à l’éprouver."
    ),
    "simulated_answers_text": (
        "Aucune personne réelle n’a répondu : les réponses présentées ici sont fictives. Elles "
        "servent à montrer la publication et à l’éprouver."
    ),
    "fictitious_answers": "les réponses",
    "fictitious_sites": "les sites",
    "fictitious_devices": "les dispositifs d’écoute, leurs dates et leurs coûts",
    "fictitious_commitments": "les engagements",
    "fictitious_management": "les chiffres de gestion",
    "simulated_mark": "données simulées",
    "lecture": "Lecture",
    "field": "Champ",
    "note": "Note",
    "source": "Source",
    "source_text": "{title}, {publisher}, {wave} ; édition du {day}",
    "claim_C1": "estimation pour l’ensemble des {people}",
    "claim_C2": "indication sur les {people} ; ne dit pas ce que pense l’ensemble des {everyone}",
    "claim_C3": "simple alerte, car des {people} ne sont pas des personnes",
    "claim_C4": "simple illustration, sans pourcentage ({people})",
    "people_C1": "usagers",
    "people_C2": "personnes qui ont choisi de répondre",
    "people_C3": "appuis",
    "people_C4": "personnes entendues",
    "range_C1": "intervalle de confiance à 95 % {interval}",
    "range_C2": "variabilité {interval}",
    "range_C3": "variabilité {interval}",
    "answers_one": "réponse",
    "answers_many": "réponses",
    "finding_overall_C2": "{indicator}, chez les {people} : {value}",
    "finding_headline": "Les indicateurs et leur évolution",
    "finding_headline_first": "Les indicateurs",
    "finding_summary_C1": "{indicator} : {values}",
    "finding_summary_C2": "{indicator}, chez les {people} : {values}",
    "finding_overall_C1": "{indicator} : {value}",
    "finding_overall_C3": "{indicator}, {people} : {value}",
    "directorate_people": "{directorate}, {people}",
    "finding_summary_C3": "{indicator}, {people} : {values}",
    "since_year": "sur un an",
    "since_previous": "depuis la vague précédente ({before})",
    "since_first": "au fil des vagues, depuis la première ({before})",
    "since_wave": "depuis la vague de référence ({before})",
    "change_up": "{indicator} en hausse {since} : {change}",
    "change_down": "{indicator} en baisse {since} : {change}",
    "change_equivalent": "Écart inférieur à {threshold} {since}",
    "change_none": "Pas d’évolution détectée {since}",
    "change_detail": "{since}, écart de {change} ({range}).",
    "change_family": ("Les intervalles tiennent compte des {count} évolutions examinées ensemble."),
    "change_no_reference": "Pas encore d’évolution à lire sur un an",
    "change_imprecise": (
        "Évolution non mesurable : la collecte ne permet pas d’en dire la précision"
    ),
    "change_broken": "Évolution non lue : {event}, le {day}, change la mesure",
    "change_unavailable": "Évolution non disponible, faute de deux mesures comparables",
    "titled": "{directorate} – {text}",
    "caption_collection": "{answers} par canal, {wave}",
    "caption_margins": (
        "Qui répond : part dans les réponses et part parmi les usagers, {field}, {wave}"
    ),
    "caption_definitions": "Définitions en vigueur",
    "field_text": "{people} ({directorate}) ; {claim}",
    "column_indicator": "Indicateur",
    "column_mean": "Note moyenne (sur {maximum})",
    "column_balance": "Solde",
    "column_result": "Résultat",
    "column_range": "Intervalle ou variabilité",
    "column_channel": "Canal",
    "column_claim": "Ce que l’on peut en dire",
    "column_category": "Profil",
    "column_wave": "Vague",
    "column_sites": "Sites",
    "unit_one": "direction",
    "unit_many": "directions",
    "column_definition": "Définition",
    "column_version": "Version",
    "column_meaning": "Sens",
    "column_sample": "Part des réponses",
    "column_frame": "Part des usagers",
    "column_gap": "Écart",
    "column_interval_C1": "Intervalle à 95 %",
    "column_interval_C2": "Variabilité",
    "column_interval_C3": "Variabilité",
    "word_up": "hausse",
    "word_down": "baisse",
    "word_small": "faible",
    "word_equivalent": "inférieure au seuil",
    "word_none": "non détectée",
    "word_differ": "diffèrent",
    "word_chance": "hasard",
    "word_above": "Au-dessus des limites",
    "word_inside": "Entre les limites",
    "word_below": "Au-dessous des limites",
    "unknown_category": "Non renseigné",
    "sign_s": "s",
    "sign_nd": "nd",
    "sign_so": "so",
    "note_s": "s = non diffusé, pour que personne ne soit reconnu",
    "note_nd": "nd = non disponible, trop peu de réponses",
    "note_caution": "(!) = moins de {count} {answers}, à prendre avec précaution",
    "note_fragile": "(!!) = moins de {count} {answers}, fragile",
    "note_margins": ("le redressement ramène la part des réponses à la part des usagers."),
    "note_margins_source": "part des usagers d’après « {source} »",
    "note_change": (
        "une évolution est dite « hausse » ou « baisse » si son intervalle exclut zéro et "
        "qu’elle atteint {threshold}, « faible » si son intervalle exclut zéro sans qu’elle "
        "atteigne ce seuil, « inférieure au seuil » si l’enquête montre qu’elle ne l’atteint "
        "pas, « non détectée » dans les autres cas."
    ),
    "note_change_family": (
        "l’intervalle de chaque évolution tient compte des {count} évolutions "
        "examinées ensemble ; ceux des résultats sont des intervalles ordinaires."
    ),
    "note_change_no_reference": (
        "il n’y a pas encore de vague de la même saison, un an plus tôt, à laquelle comparer."
    ),
    "column_change_since": "Évolution {since}",
    "note_channels": "les canaux ne s’additionnent jamais.",
    "note_channels_together": "les autres résultats de cette page réunissent {channels}.",
    "note_change_first": "c’est la première mesure, et il n’y a pas encore d’évolution à lire.",
    "note_change_nd": "nd, pour une évolution = pas de chiffre à comparer, ou chiffre non diffusé",
    "note_so": "so = sans objet",
    "out_of": "{value} sur {maximum}",
    "axis_share": "Réponses favorables (en %)",
    "axis_mean": "Note moyenne (sur {maximum})",
    "axis_balance": "Solde (en points)",
    "axis_effective": "Taille effective de l’échantillon",
    "legend_mean": "moyenne",
    "method_reading_C1": (
        "Un résultat est donné avec l’intervalle où se trouve, dans 95 enquêtes semblables sur "
        "100, la valeur qu’aurait donnée l’interrogation de l’ensemble des {everyone}, pourvu "
        "qu’une fois le redressement fait, ceux qui n’ont pas répondu ressemblent aux autres. "
        "Plus il y a de réponses, plus il est étroit."
    ),
    "method_reading_C2": (
        "Là où les personnes ont choisi de répondre, un résultat est donné avec sa "
        "variabilité, c’est-à-dire l’écart que le hasard seul pourrait y mettre si d’autres "
        "personnes semblables avaient répondu. Elle ne dit rien de celles qui n’ont pas "
        "répondu. Plus il y a de réponses, plus elle est étroite."
    ),
    "method_changes": (
        "Les évolutions d’un même ensemble de résultats (sur un an, depuis la vague précédente, au "
        "fil des vagues) sont jugées ensemble : leurs intervalles sont élargis (méthode de "
        "Bonferroni) pour que, sur cent éditions, cinq au plus en annoncent une à tort. Les écarts "
        "entre profils et entre canaux sont jugés de même."
    ),
    "method_waves_independent": (
        "Les vagues y sont tenues pour indépendantes, car rien ne dit si une personne "
        "interrogée à une vague l’a été à une autre."
    ),
    "method_waves_common": (
        "Là où des groupes tirés se retrouvent d’une vague à l’autre (sites, personnes d’un "
        "panel), l’intervalle d’une évolution compte avec ce qu’ils ont de commun."
    ),
    "method_thresholds": (
        "Rien n’est publié sous {suppressed} {answers} (s){unavailable}{caution}. D’autres "
        "chiffres sont masqués quand une soustraction révélerait un petit effectif."
    ),
    "method_unavailable": (
        " ; de {first} à {last} {answers}, le résultat n’est pas diffusé au public (nd)"
    ),
    "method_caution": " ; de {first} à {last}, il est à prendre avec précaution",
    "method_constrained": (
        "Les personnes suivies sous contrainte ({populations}) ne sont jamais interrogées sur leur "
        "satisfaction et ne sont pas comptées ici."
    ),
    "this_language": "Version française",
    "skip": "Aller au contenu",
    "nav": "Pages",
    "formats": "Autres formats",
    "data": "Données ouvertes (CSV)",
    "workbook": "Données ouvertes (XLSX)",
    "edition": "Édition {version} du {day}",
    "licence": "Textes et données : {licence}.",
    "figure": "Figure",
    "table": "Tableau",
    "contents": "Sur cette page",
    "method_collection_head": "Ce qui a été recueilli",
    "method_weights_head": "Qui répond, et comment les réponses sont redressées",
    "method_reading_head": "Comment lire un résultat",
    "method_privacy_head": "Ce qui n’est pas publié",
    **COMMITMENTS,
    **MANAGEMENT,
    **READING,
    **EDITIONS,
    **IDENTITY,
    **SITES,
    **FLOWS,
    **AUDIENCES,
    **LISTENING,
    **PRACTICES,
    **COMPARISON,
    **DATA,
    **DATA_LISTENING,
    **QUALITY,
    "number_2": "deux",
    "number_3": "trois",
    "number_4": "quatre",
    "number_5": "cinq",
    "number_6": "six",
    "number_7": "sept",
    "number_8": "huit",
    "number_9": "neuf",
    "number_10": "dix",
    "among_C2": "chez les {people}, {text}",
    "among_C3": "parmi les {people}, {text}",
    "waves_pooled_1": "une vague",
    "waves_pooled_n": "{count} vagues réunies",
    # What is counted, and how it is read aloud.
    "answers_from": "de {first} à {last}",
    "counted_mean": "note de 0 à {maximum}",
    "counted_balance": "{best}, moins {worst}",
    "presses_one": "appui",
    "presses_many": "appuis",
    "change_detail_none": (
        "{since}, écart mesuré de {change} ({range}), non établi ; une évolution de moins de "
        "{detectable} aurait pu échapper à l’enquête."
    ),
    "field_excluded": "{field} ; hors {populations}",
    "answered_C1": "répondraient",
    "answered_C2": "ont répondu",
    "answered_C3": "ont répondu",
    "people_among": "{people} ({group})",
    "note_gap_margins": "les écarts sont calculés avant arrondi.",
    "reading_top_share": (
        "{value} des {people} {answered} {counted} à la question {question} ({details})."
    ),
    "reading_presses": (
        "{value} des {people} se portent sur {counted} à la question {question} ({details})."
    ),
    "reading_net": (
        "le solde des réponses ({counted}) des {people} à la question {question} est de "
        "{value} ({details})."
    ),
    "reading_mean": (
        "à la question {question}, la note moyenne des {people} est de {value} sur {maximum} "
        "({details})."
    ),
    # Findings on aspects, channels and profiles.
    "finding_few": "Réponses trop peu nombreuses pour un constat",
    "finding_hidden": "Résultats non diffusés, pour que personne ne soit reconnu",
    "finding_aspects_near": (
        "De {worst_value} à {best_value} selon l’aspect : aucun ne se détache nettement"
    ),
    "finding_best_sole": "« {best} » est l’aspect le mieux perçu ({best_value})",
    "finding_best_near": "« {best} » ({best_value}) est parmi les aspects les mieux perçus",
    "finding_worst_sole": "« {worst} » le moins bien ({worst_value})",
    "finding_worst_near": "« {worst} » ({worst_value}) parmi les moins bien perçus",
    "finding_apart": (
        "À part, car le nombre de réponses possibles ou celles que l’on compte diffèrent : {items}."
    ),
    "apart_shown": "{indicator}, {value} ({counted})",
    "apart_hidden": "{indicator}, non diffusé",
    "finding_changes_up": (
        "Indicateurs en hausse {since} : {up} sur {count}, aucune baisse détectée"
    ),
    "finding_changes_down": (
        "Indicateurs en baisse {since} : {down} sur {count}, aucune hausse détectée"
    ),
    "finding_changes_up_down": (
        "Indicateurs en hausse {since} : {up} sur {count}, et {down} en baisse"
    ),
    "finding_changes_none": (
        "Ni hausse ni baisse détectée {since} (nombre d’indicateurs examinés : {count})"
    ),
    "finding_channels": "{indicator} par canal",
    "finding_channels_none": ("Pas d’écart détecté avec ceux qui répondent par un autre canal"),
    "finding_channels_harsher": (
        "{indicator} : {value} ({channel}) contre {reference_value} ({reference}) ; qui choisit "
        "de répondre est plus sévère"
    ),
    "finding_channels_kinder": (
        "{indicator} : {value} ({channel}) contre {reference_value} ({reference}) ; qui choisit "
        "de répondre est plus favorable"
    ),
    "finding_channels_differ": (
        "{indicator} : {value} ({channel}) contre {reference_value} ({reference})"
    ),
    "finding_profiles": "{indicator} selon le profil",
    "finding_profiles_none": "{indicator} : pas d’écart détecté entre les profils",
    "finding_profiles_range": "{indicator} : de {low} ({low_group}) à {high} ({high_group})",
    "note_gap_1": (
        "l’écart est jugé d’après le plan de sondage ; les intervalles imprimés sont ceux de "
        "chaque part."
    ),
    "note_gap_n": (
        "les {count} écarts entre groupes sont jugés ensemble ; les intervalles imprimés sont "
        "ceux de chaque part."
    ),
    # The first page.
    "tile_level": "Niveau",
    "tile_change": "Évolution",
    "tile_answers": "Participation",
    "short_top_share": "{value} des {people} {answered} {counted}",
    "short_presses": "{value} des {people} se portent sur {counted}",
    "short_net": "{value} : solde des réponses ({counted}) des {people}",
    "short_mean": "{value} : note moyenne donnée par les {people}",
    "verdict_small": "Faible",
    "verdict_equivalent": "Moins de {threshold}",
    "verdict_none": "Non détectée",
    "change_trend": (
        "« Au fil des vagues » dit la pente d’une droite ajustée à toutes les vagues, saison par "
        "saison, et non l’écart entre deux points de la courbe."
    ),
    "in_short_up": "{verdict} {since}, une hausse ({range}).",
    "in_short_down": "{verdict} {since}, une baisse ({range}).",
    "in_short_small": "{verdict} {since}, mesurée au-dessous de {threshold} ({range}).",
    "in_short_equivalent": "{verdict} {since} ({range}).",
    "in_short_none": (
        "{verdict} {since} ; une évolution de moins de {detectable} aurait pu échapper à l’enquête."
    ),
    "caption_summary": "{indicator}, {wave}",
    "note_tables_elsewhere": (
        "les chiffres de chaque vague, et ce que disent les autres canaux, figurent sur la page de "
        "chaque {unit}."
    ),
    # Trends.
    "range_adjusted": "intervalle ajusté à 95 % {interval}",
    "change_small": "Évolution mesurée faible {since}, inférieure à {threshold}",
    "alt_trend": (
        "Courbe par vague de « {indicator} », {field} : {first_value} ({first}){turn}, "
        "{last_value} ({last})."
    ),
    "alt_trends": "Courbes par vague de « {indicator} ». {lines}.",
    "alt_line": "{field} : {first_value} ({first}){turn}, {last_value} ({last})",
    "alt_turn": ", {value} ({wave})",
    "axis_counted": "{counted}, en % des réponses",
    "band_C1": "bande : intervalle de confiance à 95 %",
    "band_C2": "bande : variabilité",
    "band_C3": "bande : variabilité",
    # Captions: what, of whom, when.
    "caption_likert": "Les réponses à chaque question, {field}, {wave}",
    "caption_answers": "Réponses, de {first} à {last}, en % ({field}, {wave})",
    "caption_headline": "Les indicateurs du socle, {field}, {wave}",
    "caption_channels": "{indicator} par canal, {field}, {wave}",
    "profiles_hidden": (
        "Aucun profil n’est diffusé, faute d’assez de réponses ou pour que personne ne soit "
        "reconnu."
    ),
    "caption_profiles": "{indicator} par profil ({unit}), {field}, {wave}",
    "caption_trend": "{indicator}, vague après vague, {field}",
    "caption_trends": "{indicator}, vague après vague",
    "caption_trend_table": "{indicator} par vague ({unit}), {field}",
    "unit_share": "{counted}, en %",
    "unit_mean": "note moyenne sur {maximum}",
    "unit_balance": "solde, en points",
    "column_share": "Part",
    "column_counted": "Réponses comptées",
    "column_counted_share": "Dont {counted}",
    "alt_likert": "Barres empilées des réponses, {field}, {wave}. {values}.",
    "alt_value": "{label} : {value}",
    "sign_r": "r",
    "with_r": "{value}, avec r",
    "note_r": "r = réponse trop rare pour être montrée seule, comptée avec la suivante",
    "note_likert": (
        "les réponses « non concerné », « ne sait pas » et les absences de réponse ne comptent "
        "pas. En gras, à droite de la figure, la part des réponses comptées. Les parts inférieures "
        "à 5 % ne sont pas inscrites."
    ),
    "note_left_out": "le détail des réponses à {items} n’est pas diffusé.",
    "note_sum": (
        "chaque part est arrondie à l’unité, si bien qu’une somme de parts arrondies peut "
        "différer d’un point de la part de l’ensemble."
    ),
    "note_rounding": (
        "les évolutions, et les mots qui les qualifient, sont établis avant arrondi ; les "
        "décimales figurent dans les données ouvertes."
    ),
    # What an analyst sees in a workshop notebook.
    "axis_level": "Réponses (en %)",
    "axis_difference": "Évolution (en points)",
    "axis_score_difference": "Évolution de la note moyenne",
    "axis_value": "Valeur",
    "header_indicator": "Indicateur",
    "header_definition": "Définition",
    "header_item": "Question",
    "header_breakdown": "Ventilation",
    "header_category": "Catégorie",
    "header_variable": "Variable",
    "header_directorate": "Direction",
    "header_wave": "Vague",
    "header_against": "Comparée à",
    "header_since": "Depuis",
    "header_channel": "Canal",
    "header_channels": "Canaux",
    "header_claim": "Ce que l’on peut en dire",
    "header_kind": "Nature",
    "header_unit": "Unité",
    "header_value": "Valeur",
    "header_unweighted": "Sans redressement",
    "header_se": "Erreur type",
    "header_low": "Borne basse",
    "header_high": "Borne haute",
    "header_base": "Réponses",
    "header_df": "Degrés de liberté",
    "header_size": "Taille effective",
    "header_design_effect": "Effet de plan",
    "header_ratio_low": "Plus petit rapport de poids",
    "header_ratio_high": "Plus grand rapport de poids",
    "header_iterations": "Itérations",
    "header_weight": "Poids",
    "header_change": "Évolution",
    "header_change_interval": "Intervalle de l’évolution",
    "header_detectable": "Plus petit écart décelable",
    "header_threshold": "Seuil pratique",
    "header_word": "Lecture",
    "header_role": "Rôle",
    "header_method": "Méthode",
    "header_status": "Précision",
    "header_counts": "Réponses par modalité",
    "header_simulated": "Données simulées",
    "header_reference": "Échantillon de référence",
    "header_sample_share": "Part des réponses",
    "header_frame_share": "Part des usagers",
    "header_gap": "Écart",
    "header_delivery": "Livraison",
    "header_file": "Fichier",
    "header_line": "Ligne",
    "header_received": "Reçues",
    "header_kept": "Retenues",
    "header_refused": "Refusées",
    "header_duplicates": "En double",
    "header_drawn": "Personnes tirées",
    "header_ineligible": "Hors champ",
    "header_unknown": "Statut inconnu",
    "header_conditional": "Écart ajouté aux autres",
    "header_asked": "Questions posées",
    "header_dont_know": "Ne sait pas",
    "header_abandoned": "Abandons",
    "header_counted": "Ce que l’on compte",
    "header_exposed": "Nombre",
    "header_partial": "Réponses partielles",
    "header_ambiguous_dates": "Dates ambiguës",
    "header_reason": "Raison",
    "header_rows": "Lignes",
    "header_illegible": "Illisibles",
    "header_not_asked": "Non posées",
    "header_text": "Texte",
    "header_site": "Site",
    "header_day": "Jour",
    "header_population": "Public",
    "header_response_id": "Réponse",
    "header_id": "Identifiant",
    "header_wording": "Question",
    "header_levels": "Réponses possibles",
    "header_definitions": "Définitions",
    "category_total": "Ensemble",
    "status_caution": "à prendre avec précaution",
    "status_fragile": "fragile",
    "status_s": "trop peu de réponses",
    "status_nd": "aucune réponse",
    "yes": "oui",
    "no": "non",
    "compared_with": "écart avec {wave}",
    "level_answer": "réponse {level}",
    "rows_to_unfold": "{count} lignes (cliquer pour les déplier)",
    "rows_left_out": (
        "Les {count} autres lignes ne sont pas montrées : choisissez avec filter ou head."
    ),
    "rows_none": "Aucune ligne",
    "note_small": "s = moins de {count} {answers}, trop peu pour être lu",
    "note_null": "nd = non disponible",
    "scope_about": "{study} : {about}",
    "scope_field": "terrain du {start} au {end}",
    "scope_answers": "{count} réponses retenues : {channels}",
    "made_of": "Ces chiffres reposent sur {answers} ({files}, {names}).",
    "made_of_answers_one": "{count} réponse retenue",
    "made_of_answers_many": "{count} réponses retenues",
    "made_of_files_one": "{count} fichier livré",
    "made_of_files_many": "{count} fichiers livrés",
    "made_of_delivery": "{files}, livraison {delivery}",
    "made_of_simulated": "Données simulées : aucune personne réelle n’a répondu.",
    "made_of_real": "Données réelles.",
    "made_of_study": "Étude {study}, empreinte {digest}.",
}
