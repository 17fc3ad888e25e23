"""What may stand for the parts of phrases, so that a person can read phrases completed.

A part has the same words in all phrases that have it, and others where a phrase says something else
with it.
"""

from __future__ import annotations

Example = tuple[str, str]
"""What may stand for a part of a phrase, in French and in English."""

EXAMPLES: dict[str, Example] = {
    "about": ("service Nord, printemps 2026", "North service, spring 2026"),
    "answer": (
        "une des deux réponses les plus favorables",
        "one of the two most favourable answers",
    ),
    "answers": ("réponses", "answers"),
    "before": ("printemps 2025", "spring 2025"),
    "best": ("Qualité de l’accueil", "Quality of the welcome"),
    "best_value": ("84 % de réponses favorables", "84% favourable answers"),
    "category": ("18-29 ans", "18 to 29"),
    "caution": (
        " ; de 30 à 99, il est à prendre avec précaution",
        "; from 30 to 99, it is to be read with caution",
    ),
    "change": ("+7 points", "+7 points"),
    "channels": ("« Enquête postale » et « Téléphone »", "“Postal survey” and “Telephone”"),
    "claim": ("estimation pour l’ensemble des usagers", "estimate for all users"),
    "count": ("14", "14"),
    "day": ("1ᵉʳ mars 2026", "1 March 2026"),
    "delivery": ("2026-04-02", "2026-04-02"),
    "details": (
        "intervalle de confiance à 95 % [57 ; 63], 1 042 réponses",
        "95% confidence interval [57; 63], 1,042 answers",
    ),
    "detectable": ("5 points", "5 points"),
    "digest": ("3f2a9c", "3f2a9c"),
    "directorate": ("Service Nord", "North service"),
    "end": ("30 juin 2026", "30 June 2026"),
    "everyone": ("usagers", "users"),
    "fictitious": ("les réponses et les sites", "the answers and sites"),
    "field": ("service Nord", "North service"),
    "files": ("2 fichiers livrés", "2 delivered files"),
    "first": ("printemps 2024", "spring 2024"),
    "first_value": ("53 %", "53%"),
    "indicator": ("Qualité de l’accueil", "Quality of the welcome"),
    "interval": ("[57 ; 63]", "[57; 63]"),
    "items": ("« Délai de réponse »", "“Time to answer”"),
    "last": ("printemps 2026", "spring 2026"),
    "last_value": ("65 %", "65%"),
    "level": ("« Plutôt satisfait »", "“Rather satisfied”"),
    "limits": ("limites à 99,8 %", "99.8% limits"),
    "maximum": ("10", "10"),
    "mean": ("60 %", "60%"),
    "measure": ("part des réponses favorables", "share of favourable answers"),
    "names": ("invitation.csv, affiche.csv", "invitation.csv, poster.csv"),
    "outside": ("2", "2"),
    "people": ("usagers", "users"),
    "populations": ("personnes placées sous protection", "people placed under protection"),
    "publisher": ("Ville de Bourg", "Town of Bourg"),
    "question": (
        "« Avez-vous été bien accueilli ? »",
        "“Were you made welcome?”",
    ),
    "range": (
        "intervalle de confiance à 95 % [+2 ; +12]",
        "95% confidence interval [+2; +12]",
    ),
    "since": ("sur un an", "over a year"),
    "source": ("fichier de gestion au 30 juin 2026", "administrative records at 30 June 2026"),
    "start": ("1ᵉʳ mars 2026", "1 March 2026"),
    "study": ("Baromètre des services", "Barometer of services"),
    "suppressed": ("11", "11"),
    "text": ("pas d’évolution détectée sur un an", "no change detected over a year"),
    "threshold": ("5 points", "5 points"),
    "title": ("Baromètre des services", "Barometer of services"),
    "unavailable": (
        " ; de 11 à 29 réponses, le résultat n’est pas diffusé au public (nd)",
        "; from 11 to 29 answers, the result is not disclosed to the public (n/a)",
    ),
    "unit": ("direction", "directorate"),
    "value": ("60 %", "60%"),
    "values": (
        "60 % (Service Nord) et 48 % (Service Sud)",
        "60% (North service) and 48% (South service)",
    ),
    "version": ("1.0.0", "1.0.0"),
    "wave": ("printemps 2026", "spring 2026"),
    "waves": ("3 vagues réunies", "3 waves together"),
    "worst": ("Délai de réponse", "Time to answer"),
    "worst_value": ("31 % de réponses favorables", "31% favourable answers"),
}
"""Part of phrases → an example of it."""

OWN_EXAMPLES: dict[str, dict[str, Example]] = {
    "caption_collection": {"answers": ("Réponses", "Answers")},
    "caption_profiles": {"unit": ("en pourcentage", "in percent")},
    "caption_trend_table": {"unit": ("en pourcentage", "in percent")},
    "claim_C3": {"people": ("appuis sur les bornes", "presses on kiosks")},
    "claim_C4": {"people": ("personnes entendues", "people heard")},
    "made_of": {"answers": ("1 042 réponses gardées", "1,042 answers kept")},
    "made_of_answers_many": {"count": ("1 042", "1,042")},
    "made_of_answers_one": {"count": ("1", "1")},
    "made_of_files_many": {"count": ("2", "2")},
    "made_of_files_one": {"count": ("1", "1")},
    "method_caution": {"first": ("30", "30"), "last": ("99", "99")},
    "method_unavailable": {"first": ("11", "11"), "last": ("29", "29")},
    "note_caution": {"count": ("100", "100")},
    "note_fragile": {"count": ("30", "30")},
    "note_small": {"count": ("11", "11")},
    "out_of": {"value": ("7,2", "7.2")},
    "reading_mean": {
        "value": ("7,2", "7.2"),
        "details": (
            "intervalle de confiance à 95 % [6,9 ; 7,5], 1 042 réponses",
            "95% confidence interval [6.9; 7.5], 1,042 answers",
        ),
    },
    "reading_net": {
        "value": ("+32 points", "+32 points"),
        "details": (
            "intervalle de confiance à 95 % [27 ; 37], 1 042 réponses",
            "95% confidence interval [27; 37], 1,042 answers",
        ),
    },
    "scope_answers": {"count": ("1 042", "1,042")},
    "top_n": {"count": ("deux", "two")},
    "waves_pooled_n": {"count": ("3", "3")},
    "worded_balance": {"value": ("+32 points", "+32 points")},
    "worded_mean": {"value": ("7,2", "7.2")},
    **{
        key: {"people": ("personnes qui ont choisi de répondre", "people who chose to answer")}
        for key in ("among_C2", "claim_C2", "finding_overall_C2", "finding_summary_C2")
    },
    **{
        key: {"people": ("appuis sur les bornes", "presses on kiosks")}
        for key in ("among_C3", "finding_overall_C3", "finding_summary_C3")
    },
}
"""Phrase → the parts of it that have another example than elsewhere."""
