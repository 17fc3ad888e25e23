"""What may stand for the parts of phrases, so that a person can read phrases completed.

A part has the same words in all phrases that have it, and others where a phrase says something else
with it.
"""

from __future__ import annotations

Example = tuple[str, str]
"""What may stand for a part of a phrase, in French and in English."""

EXAMPLES: dict[str, Example] = {
    "about": ("service Nord, printemps 2026", "North service, spring 2026"),
    "answers": ("réponses", "answers"),
    "before": ("printemps 2025", "spring 2025"),
    "best": ("Qualité de l’accueil", "Quality of the welcome"),
    "best_value": ("84 %", "84%"),
    "caution": (
        " ; de 30 à 99, il est à prendre avec précaution",
        "; from 30 to 99, it is to be read with caution",
    ),
    "change": ("+7 points", "+7 points"),
    "channels": ("« Enquête postale » et « Téléphone »", "“Postal survey” and “Telephone”"),
    "claim": ("estimation pour l’ensemble des usagers", "estimate for all users"),
    "classes": ("même site et même « âge »", "site and “age”"),
    "count": ("14", "14"),
    "decimals": ("3", "3"),
    "days": ("90", "90"),
    "department": ("Pôle des sites", "Web sites department"),
    "day": ("1ᵉʳ mars 2026", "1 March 2026"),
    "delivery": ("2026-04-02", "2026-04-02"),
    "details": (
        "printemps 2026 ; intervalle de confiance à 95 % [57 ; 63] ; 1 042 réponses",
        "spring 2026; 95% confidence interval [57; 63]; 1,042 answers",
    ),
    "detectable": ("5 points", "5 points"),
    "digest": ("3f2a9c", "3f2a9c"),
    "directorate": ("Service Nord", "North service"),
    "entropy": ("0,80", "0.80"),
    "elsewhere": ("Accueil, Ville de Bourg", "Reception, Town of Bourg"),
    "end": ("30 juin 2026", "30 June 2026"),
    "everyone": ("usagers", "users"),
    "fictitious": ("les réponses et les sites", "the answers and sites"),
    "field": ("service Nord", "North service"),
    "files": ("2 fichiers livrés", "2 delivered files"),
    "first": ("printemps 2024", "spring 2024"),
    "first_value": ("53 %", "53%"),
    "highest": ("Mairie", "Town hall"),
    "indicator": ("Qualité de l’accueil", "Quality of the welcome"),
    "interval": ("[57 ; 63]", "[57; 63]"),
    "item": ("Aisance en ligne", "Ease with online services"),
    "items": ("« Délai de réponse »", "“Time to answer”"),
    "last": ("printemps 2026", "spring 2026"),
    "last_value": ("65 %", "65%"),
    "level": ("« Plutôt satisfait »", "“Rather satisfied”"),
    "lowest": ("Bibliothèque", "Library"),
    "marks": (
        "« Sans aide » à la question « Dernière démarche en ligne » (91 %)",
        "“Without help” to the question “Last use of an online service” (91%)",
    ),
    "value_elsewhere": ("63 %", "63%"),
    "maximum": ("10", "10"),
    "mean": ("60 %", "60%"),
    "named": ("service Nord", "North service"),
    "names": ("invitation.csv, affiche.csv", "invitation.csv, poster.csv"),
    "other": ("Bibliothèque", "Library"),
    "office": ("Bureau de l’accueil", "Reception office"),
    "outside": ("2", "2"),
    "segment": ("À l’aise en ligne", "At ease online"),
    "segments": (
        "« À l’aise en ligne » (67 %) et « Accompagnés » (33 %)",
        "“At ease online” (67%) and “Helped by others” (33%)",
    ),
    "people": ("usagers", "users"),
    "population": ("usagers de la bibliothèque", "users of the library"),
    "mode": ("par téléphone", "by telephone"),
    "populations": ("personnes placées sous protection", "people placed under protection"),
    "product": ("Bibliothèque", "Library"),
    "products": ("Bibliothèque (84 %) et Piscine (80 %)", "Library (84%) and Pool (80%)"),
    "publisher": ("Ville de Bourg", "Town of Bourg"),
    "question": (
        "« Avez-vous été bien accueilli ? »",
        "“Were you made welcome?”",
    ),
    "range": (
        "intervalle de confiance à 95 % [+2 ; +12]",
        "95% confidence interval [+2; +12]",
    ),
    "share": ("6 %", "6%"),
    "sign": ("R", "F"),
    "since": ("sur un an", "over a year"),
    "source": ("fichier de gestion au 30 juin 2026", "administrative records at 30 June 2026"),
    "start": ("1ᵉʳ mars 2026", "1 March 2026"),
    "study": ("Baromètre des services", "Barometer of services"),
    "suppressed": ("11", "11"),
    "theme": ("pièces jointes", "attachments"),
    "text": ("pas d’évolution détectée sur un an", "no change detected over a year"),
    "threshold": ("5 points", "5 points"),
    "title": ("Baromètre des services", "Barometer of services"),
    "total": ("61", "61"),
    "unavailable": (
        " ; de 11 à 29 réponses, le résultat n’est pas diffusé au public (nd)",
        "; from 11 to 29 answers, the result is not disclosed to the public (n/a)",
    ),
    "units": ("services", "services"),
    "licence": ("Licence Ouverte 2.0", "Licence Ouverte 2.0 (open licence)"),
    "unit": ("direction", "directorate"),
    "value": ("60 %", "60%"),
    "values": (
        "60 % (Service Nord) et 48 % (Service Sud)",
        "60% (North service) and 48% (South service)",
    ),
    "variable": ("âge", "age"),
    "version": ("1.0.0", "1.0.0"),
    "corrected": ("1.0.0", "1.0.0"),
    "offices": ("la direction de la communication", "the communication department"),
    "heads": ("3", "3"),
    "reason": ("20 fiches étaient comptées deux fois", "20 forms were counted twice"),
    "signer": ("Département de la Seine-Saint-Denis", "Département de la Seine-Saint-Denis"),
    "wave": ("printemps 2026", "spring 2026"),
    "waves": ("3 vagues réunies", "3 waves together"),
    "worst": ("Délai de réponse", "Time to answer"),
    "worst_value": ("31 %", "31%"),
    "channel": ("Affiche", "Poster"),
    "counted": (
        "« Plutôt satisfait » ou « Très satisfait »",
        "“Rather satisfied” or “Very satisfied”",
    ),
    "down": ("1", "1"),
    "high": ("73 %", "73%"),
    "high_group": ("75 ans et plus", "75 and over"),
    "label": ("Qualité de l’accueil", "Quality of the welcome"),
    "lines": (
        "service Nord : 53 % (printemps 2024), 65 % (printemps 2026)",
        "North service: 53% (spring 2024), 65% (spring 2026)",
    ),
    "low": ("48 %", "48%"),
    "low_group": ("18-29 ans", "18 to 29"),
    "reference": ("Enquête postale", "Postal survey"),
    "reference_value": ("65 %", "65%"),
    "turn": (", 50 % (printemps 2025)", ", 50% (spring 2025)"),
    "up": ("6", "6"),
    "bound": ("6 points", "6 points"),
    "deviation": ("5 points", "5 points"),
    "drawn": ("3 000", "3,000"),
    "enough": ("8", "8"),
    "family": (
        ", et tient compte des 3 types de site comparés ensemble",
        ", and allows for the 3 kinds of site that are compared together",
    ),
    "kind": ("antennes", "local offices"),
    "p": ("p = 0,03", "p = 0.03"),
    "period": ("du 1er mars au 30 juin 2026", "from 1 March to 30 June 2026"),
    "ranges": ("de 48 % à 72 % (antennes)", "from 48% to 72% (local offices)"),
    "rate": ("35 %", "35%"),
    "answer": ("« Ne sait pas »", "“Don’t know”"),
    "baseline": ("6 %", "6%"),
    "file": ("« affiche.csv »", "“poster.csv”"),
    "answered": ("répondraient", "would answer"),
    "group": ("18-29 ans", "18-29"),
    "verdict": ("+7 points", "+7 points"),
    "observed": ("14 %", "14%"),
    "parts": ("au-dessous de sa cible (70 %)", "below its target (70%)"),
    "span": ("mars à juin 2026", "March to June 2026"),
    "sample": ("4 %", "4%"),
    "frame": ("8 %", "8%"),
    "events": (
        "13 janvier 2026, l’ouverture d’un accueil",
        "13 January 2026, the opening of a reception",
    ),
    "profile": ("Âge", "Age"),
    "composition": ("+0,4 point", "+0.4 point"),
    "within": ("+7 points", "+7 points"),
    "kept": ("3", "3"),
    "after": ("part des deux meilleures réponses", "share of the two best answers"),
    "published": ("de 86 à 89", "from 86 to 89"),
    "constant": ("de 90,2 à 89,5", "from 90.2 to 89.5"),
    "side": ("D’après les usagers", "As perceived"),
    "directorates": ("service Nord", "North service"),
    "number": ("1", "1"),
    "sheet": ("« Suivi »", "“Series”"),
    "rows": ("12 et 14", "12 and 14"),
    "event": ("une question reformulée", "a question that was reworded"),
    "target": ("70 %", "70%"),
    "norm": ("60 jours", "60 days"),
    "figure": ("la part des courriers relus", "the share of letters reviewed"),
    "months": ("mars 2026", "March 2026"),
    "measured": ("48 jours", "48 days"),
    "sites": ("12", "12"),
    "posted": ("66 %", "66%"),
    "not_posted": ("61 %", "61%"),
    "gap": ("+5 points", "+5 points"),
    "decision": ("Ouvrir le samedi matin", "Open on Saturday mornings"),
    "owner": ("Service Nord", "North service"),
    "cases": (
        "décisions notifiées de mars 2026 à mai 2026",
        "decisions notified, March 2026 to May 2026",
    ),
    "commitment": ("Une attente courte", "A short wait"),
    "points": (
        "Une attente courte (service Nord), prioritaire",
        "A short wait (North service), priority",
    ),
    "name": ("Délai moyen", "Mean time"),
    "quadrant": ("prioritaire", "priority"),
    "announced": ("40 jours", "40 days"),
    "month": ("mars 2026", "March 2026"),
    "perceived": ("« Délai de réponse »", "“Time to answer”"),
    "blocked": ("3", "3"),
    "device": ("Enquête par courriel", "E-mail survey"),
    "devices": ("Ateliers et Entretiens", "Workshops and Interviews"),
    "good": ("70", "70"),
    "part": ("recherches sans résultat", "searches without a result"),
    "percent": ("10", "10"),
    "poor": ("50", "50"),
    "series": ("visites", "visits"),
    "size": ("−12 %", "−12%"),
    "whole": ("recherches", "searches"),
    "words": ("bon niveau, pas de mouvement établi", "good level, no movement established"),
    "word": ("en baisse", "down"),
}
"""Part of phrases → an example of it."""

OWN_EXAMPLES: dict[str, dict[str, Example]] = {
    "answers_of_channel": {
        "answers": ("1 069 répondants", "1,069 respondents"),
        "channel": ("enquête postale", "postal survey"),
    },
    "answers_of_directorate": {
        "directorate": ("Service Nord (SN)", "North service (NS)"),
        "answers": ("1 069 répondants", "1,069 respondents"),
    },
    "answers_of_sample": {
        "answers": ("1 069 répondants", "1,069 respondents"),
        "channel": ("enquête postale", "postal survey"),
    },
    "period": {"first": ("1er mars", "1 March"), "last": ("30 juin 2026", "30 June 2026")},
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
            "intervalle de confiance à 95 % [6,9 ; 7,5] ; 1 042 réponses",
            "95% confidence interval [6.9; 7.5]; 1,042 answers",
        ),
    },
    "reading_net": {
        "value": ("+32 points", "+32 points"),
        "details": (
            "intervalle de confiance à 95 % [27 ; 37] ; 1 042 réponses",
            "95% confidence interval [27; 37]; 1,042 answers",
        ),
    },
    "scope_answers": {"count": ("1 042", "1,042")},
    "waves_pooled_n": {"count": ("3", "3")},
    **{
        key: {"people": ("personnes qui ont choisi de répondre", "people who chose to answer")}
        for key in ("among_C2", "claim_C2", "finding_overall_C2", "finding_summary_C2")
    },
    **{
        key: {"people": ("appuis sur les bornes", "presses on kiosks")}
        for key in ("among_C3", "finding_overall_C3", "finding_summary_C3")
    },
    "answers_from": {
        "first": ("« Pas du tout »", "“Not at all”"),
        "last": ("« Tout à fait »", "“Completely”"),
    },
    "caption_answers": {
        "first": ("« Pas du tout »", "“Not at all”"),
        "last": ("« Tout à fait »", "“Completely”"),
    },
    "counted_balance": {
        "best": ("« Très satisfait »", "“Very satisfied”"),
        "worst": ("« Pas du tout satisfait »", "“Not at all satisfied”"),
    },
    "finding_changes_none": {"count": ("8", "8")},
    "note_gap_n": {"count": ("11", "11")},
    "short_mean": {"value": ("7,2", "7.2")},
    "short_net": {"value": ("+32 points", "+32 points")},
    "in_short_small": {"verdict": ("Faible", "Small")},
    "in_short_equivalent": {"verdict": ("Moins de 5 points", "Less than 5 points")},
    "in_short_none": {"verdict": ("Non détectée", "Not detected")},
    "quality_channel_silent_against": {"baseline": ("1 155 réponses", "1,155 answers")},
    "quality_channel_halved_against": {
        "observed": ("412 réponses", "412 answers"),
        "baseline": ("1 155 réponses", "1,155 answers"),
    },
    "quality_field_shorter": {
        "observed": ("123 jours", "123 days"),
        "baseline": ("184 jours", "184 days"),
    },
    **{
        f"quality_field_{key}": {"observed": ("61 jours", "61 days")}
        for key in ("cut", "cut_channel")
    },
    **{
        f"quality_{key}_numbers": {"observed": ("230 lignes", "230 rows")}
        for key in ("nothing_kept", "undeclared")
    },
    "quality_sites_silent_one": {"baseline": ("12", "12")},
    "quality_sites_silent_n": {"observed": ("2", "2"), "baseline": ("12", "12")},
    **{
        key: {"people": ("appuis sur les bornes", "presses on kiosks")}
        for key in ("reading_presses", "short_presses")
    },
    **{
        key: {"count": ("8", "8")}
        for key in ("finding_changes_up", "finding_changes_down", "finding_changes_up_down")
    },
    "quadrants_alt_point": {
        "name": ("Une attente courte (service Nord)", "A short wait (North service)")
    },
    "cohort_cases": {"cases": ("décisions notifiées", "decisions notified")},
    "posted_in_n": {"count": ("8", "8")},
    "series_alt": {
        "indicator": ("Délai moyen", "Mean time"),
        "first": ("52 jours (mars 2024)", "52 days (March 2024)"),
        "last": ("48 jours (mars 2026)", "48 days (March 2026)"),
        "perceived": ("Délai de réponse", "Time to answer"),
    },
    **{
        f"level_reference_{side}": {
            "reference": ("Baromètre national, juin 2025", "National barometer, June 2025")
        }
        for side in ("above", "below", "near")
    },
    **{
        f"grid_{name}": {"items": ("« Accueil » et « Écoute »", "“Welcome” and “Being heard”")}
        for name in ("well", "badly", "unknown")
    },
    **{
        key: {"parts": ("3 sur 9 (service Nord)", "3 out of 9 (North service)")}
        for key in ("commitments_title_all", "management_title")
    },
    **{
        key: {"file": ("2026-1/gestion.xlsx", "2026-1/management.xlsx")}
        for key in ("source_sheet", "source_file")
    },
    **{
        f"published_break_{word}": {
            "period": ("Avril 2026", "April 2026"),
            "before": ("note moyenne", "mean score"),
        }
        for word in ("alone", "up", "down", "level")
    },
    "from_to": {"first": ("86", "86"), "last": ("89", "89")},
    "nearest_periods": {
        "first": ("du 8 au 21 mars 2027", "8 to 21 March 2027"),
        "last": ("du 15 au 26 mars 2027", "15 to 26 March 2027"),
    },
    **{
        key: {"perceived": ("3 sur 7", "3 out of 7"), "measured": ("2 sur 4", "2 out of 4")}
        for key in ("commitments_title", "kept_sides")
    },
    **{key: {"verdict": ("tenu", "kept")} for key in ("by_both", "by_perceived", "by_measured")},
    **{
        key: {"months": ("mars à mai 2026", "March to May 2026")}
        for key in ("cohort_field", "cohort_cases")
    },
    "months_one": {"first": ("mars 2026", "March 2026")},
    "months_span": {"first": ("mars", "March"), "last": ("mai 2026", "May 2026")},
    "measured_unclear": {"indicator": ("« Délai moyen »", "“Mean time”")},
    "decomposition_none": {"parts": ("« Âge », +0,1 point", "“Age”, +0.1 point")},
    **{
        f"correlation_{word}": {
            "indicator": ("« Délai moyen »", "“Mean time”"),
            "value": ("−0,52", "−0.52"),
            "range": (
                "intervalle ajusté à 95 % [−0,74 ; −0,18]",
                "adjusted 95% interval [−0.74; −0.18]",
            ),
        }
        for word in ("agree", "disagree", "none")
    },
    **{
        key: {"indicator": ("« Délai moyen »", "“Mean time”"), "value": ("48 jours", "48 days")}
        for key in ("measured_kept", "measured_not_kept", "measured_no_norm")
    },
    **{
        key: {"indicator": ("« Délai moyen »", "“Mean time”")}
        for key in ("measured_not_here", "measured_missing", "measured_empty")
    },
    **{
        key: {
            "level": (
                "60 % des usagers répondraient « Oui » sur « Accueil »",
                "60% of users would answer “Yes” on “Welcome”",
            )
        }
        for key in (
            *(f"perceived_{word}" for word in ("kept", "not_kept", "unclear")),
            *("perceived_no_claim", "perceived_no_target", "delays_reading_perceived"),
        )
    },
    **{
        f"users_{kind}": {"indicator": ("« Accueil »", "“Welcome”")}
        for kind in ("share", "mean", "balance")
    },
    **{
        key: {"value": ("40 jours", "40 days")}
        for key in ("announced_alone", "announced_beside", "value_of")
    },
    **{
        f"amount_{unit}_{number}": {"value": ("1", "1") if number == "one" else ("48", "48")}
        for unit in ("days", "minutes", "per_thousand")
        for number in ("one", "many")
    },
    "flows_alt": {
        "first": ("4,9 % en mars 2023", "4.9% in March 2023"),
        "last": ("5,2 % en juin 2026", "5.2% in June 2026"),
    },
    "quotation": {
        "text": (
            "« Je cherche la version en vigueur. »",
            "“I am looking for the version in force.”",
        )
    },
    "month_value": {"value": ("5,2 %", "5.2%")},
    "sites_p": {"value": ("0,03", "0.03")},
    "sites_p_under": {"value": ("0,001", "0.001")},
}
"""Phrase → the parts of it that have another example than elsewhere."""
