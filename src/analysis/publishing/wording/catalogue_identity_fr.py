"""French phrases on who speaks, of what, when. See `catalogue_fr`."""

IDENTITY: dict[str, str] = {
    "period": "du {first} au {last}",
    "planned": "prévue le {day}",
    "identity_field": "Recueil {period}",
    "about_head": "À propos de cette édition",
    "fact_publisher": "Éditeur",
    "fact_mission": "Mission",
    "fact_population": "Population",
    "fact_field": "Recueil",
    "fact_answers": "Participation",
    "fact_next": "Prochaine édition",
    "fact_contact": "Contact",
    "fact_address": "Écrire à",
    "fact_site": "Toutes les éditions",
    "fact_method": "Méthode",
    "fact_accessibility": "Accessibilité",
    "fact_legal": "Mentions légales",
    "fact_licence": "Licence",
    "method_page": "Méthode et lecture",
    "method_page_rest": "Méthode et lecture, avec participation, accessibilité et mentions légales",
    "licence_name": "{licence}, pour les textes et les données",
    "accessibility_unaudited": (
        "Non audité RGAA (référentiel général d’amélioration de l’accessibilité). Personne n’a "
        "vérifié la conformité de cette édition. Un programme vérifie que chaque figure a un "
        "texte de remplacement, et produit des PDF balisés à la norme PDF/UA-1."
    ),
    "respondents_one": "répondant",
    "respondents_many": "répondants",
    "answers_fewer": "Tous n’ont pas répondu à chaque question.",
    "answers_hidden": "nombre de répondants non diffusé",
    "answers_of_directorate": "{directorate}, {answers}",
    "answers_of_channel": "{answers} ({channel})",
    "answers_of_sample": (
        "{answers} ({channel}) pour un échantillon tiré de {drawn} personnes, soit un taux de "
        "réponse de {rate}"
    ),
    "participation_head": "Combien de personnes invitées ont répondu",
    "caption_participation": "Participation des personnes invitées, {wave}",
    "caption_rates": "Taux de réponse selon le sort des personnes de statut inconnu, {wave}",
    "column_sample_of": "Qui a été invité",
    "participation_drawn": "Échantillon tiré",
    "participation_ineligible": "Dont hors champ",
    "participation_unknown": "Dont statut inconnu",
    "participation_eligible": "Part retenue (e)",
    "participation_RR3": "Taux RR3",
    "participation_RR4": "Taux RR4",
    "participation_RR5": "Taux RR5",
    "participation_RR6": "Taux RR6",
    "participation_complete": "Réponses complètes",
    "participation_partial": "Réponses partielles",
    "participation_RR1": "Taux RR1",
    "participation_RR2": "Taux RR2",
    "note_rates": (
        "taux de réponse de l’American Association for Public Opinion Research (« Standard "
        "Definitions », 10ᵉ édition, 2023), parmi les personnes tirées qui ne sont pas connues "
        "comme hors champ. RR1 compte les réponses complètes, RR2 les réponses complètes ou "
        "partielles"
    ),
    "note_rates_doubted": (
        "quand une invitation est revenue, personne ne sait si la personne est encore dans le "
        "champ. RR1 et RR2 la comptent, RR3 et RR4 la comptent pour la part retenue, qui est la "
        "part dans le champ des personnes dont le statut est connu, RR5 et RR6 ne la comptent pas"
    ),
    "note_no_rate": (
        "là où répond qui veut, personne ne sait combien de personnes ont été sollicitées, si "
        "bien qu’il n’y a pas de taux de réponse et que seul un nombre est donné"
    ),
    "exposed_head": "Combien ont répondu là où répond qui veut",
    "caption_exposed": "Réponses rapportées à ce que comptent les services, {wave}",
    "column_exposure": "Ce qui est compté",
    "column_exposed": "Nombre pendant le recueil",
    "column_participation": "Part de réponses",
    "note_exposed": (
        "une même personne peut être comptée plusieurs fois. Ce n’est pas un taux de réponse, et "
        "il ne dit rien de ceux qui n’ont pas répondu"
    ),
    "representativity_head": "Ceux qui ont répondu ressemblent-ils à ceux qui ont été invités ?",
    "caption_representativity": "Ressemblance entre répondants et personnes invitées, {wave}",
    "participation_R": "Indicateur R",
    "column_spread": "Selon : {variable}",
    "variable_site": "site",
    "note_representativity": (
        "l’indicateur R vaut 1 quand toutes les catégories de la base de sondage répondent autant, "
        "et s’en écarte d’autant plus que leurs taux de réponse diffèrent. Les colonnes suivantes "
        "donnent l’écart type du taux de réponse d’une catégorie à l’autre (0,05 = 5 points). "
        "Schouten, Cobben et Bethlehem, « Survey Methodology », 35 (2009) ; la part du hasard est "
        "ôtée"
    ),
    "unanswered_head": "Les questions restées sans réponse",
    "caption_unanswered": "Questions posées et restées sans réponse, par canal, {wave}",
    "column_unanswered": "Questions sans réponse",
    "column_most_unanswered": "La plus souvent sans réponse",
    "question_most_left": "{question} ({share})",
    "note_unanswered": (
        "part des questions posées à une personne concernée auxquelles elle ne sait pas ou ne veut "
        "pas répondre, répond de façon illisible, ou qu’elle n’a pas atteintes avant de s’arrêter"
    ),
    "references_head": "Un point de comparaison publié ailleurs",
    "references_head_n": "Des points de comparaison publiés ailleurs",
    "caption_references": "Résultats publiés ailleurs, {field}, {wave}",
    "column_here": "Ici",
    "column_elsewhere": "Ailleurs",
    "column_reference": "Référence",
    "column_population": "Population",
    "column_reason": "Pourquoi elle n’est pas comparée",
    "column_confidence": "D’où la valeur est connue",
    "column_counts": "Ce qui est compté",
    "confidence_read": "lue dans sa source",
    "confidence_cited": "lue dans un texte qui la cite",
    "confidence_computed": "calculée d’après sa source",
    "confidence_to_confirm": "à confirmer",
    "note_references": (
        "même question, même échelle, même mode et même portée ; les populations ne sont pas les "
        "mêmes, et aucun écart n’est calculé"
    ),
    "references_over_head": "La même mesure, publiée par d’autres",
    "reference_published": "{reference} : {value}",
    "products_above": "Nettement au-dessus : {products}",
    "products_near": "Sans écart net : {products}",
    "products_below": "Nettement au-dessous : {products}",
    "note_sides": (
        "« nettement » = tout l’intervalle du résultat est du même côté. Chaque résultat est lu "
        "seul, avec 95 % de confiance"
    ),
    "references_apart_head": "Ce qui est publié ailleurs, et pourquoi ce n’est pas comparé",
    "context_head": "D’autres chiffres publiés, pour situer ceux-ci",
    "caption_context": "Chiffres publiés ailleurs qui mesurent autre chose",
    "column_context_reason": "Pourquoi il est donné, et n’est comparé à rien",
    "note_context": (
        "Aucune question de l’enquête ne mesure la même chose. Ces chiffres ne sont comparés à "
        "aucun résultat."
    ),
    "asked_by": "{population} ; {mode}",
    "mode_web": "en ligne",
    "mode_telephone": "par téléphone",
    "mode_paper": "sur papier",
    "mode_kiosk": "par borne",
    "mode_interviewer": "en face à face",
    "mode_mixed": "par plusieurs modes",
    "note_modes": (
        "réponses recueillies {mode}, sauf {named}. Un écart peut venir de cette différence"
    ),
    "caption_references_apart": "Références qui ne sont pas comparées aux résultats",
    "apart_to_confirm": "valeur qui reste à confirmer dans sa source",
    "apart_definition": "réponses comptées autrement",
    "apart_question_unknown": "question posée inconnue",
    "apart_question": "autre question",
    "apart_scale_unknown": "échelle inconnue",
    "apart_scale": "échelle qui n’a pas autant de réponses possibles",
    "apart_mode_unknown": "mode de recueil inconnu",
    "apart_mode": "autre mode de recueil",
    "apart_population": "habitants, et non usagers",
    "apart_claim": "autre portée (échantillon d’un côté, réponses de qui veut de l’autre)",
    "corrected_title": "Édition corrigée",
    "corrected_text": "Elle remplace la version {version}. Raison : « {reason} » ({signer}).",
}
