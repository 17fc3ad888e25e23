"""French phrases on how sites differ."""

SITES: dict[str, str] = {
    "sites_many": "sites",
    "sites_title": "{indicator} selon les sites : {ranges}",
    "sites_title_chance": "{indicator} : entre sites, des écarts que le hasard suffit à expliquer",
    "sites_range": "de {low} à {high}",
    "sites_range_of": "de {low} à {high} ({kind})",
    "sites_outside_none": "Aucun des {count} sites comparés n’est détecté hors de l’ordinaire.",
    "sites_outside_one": "Un site sur {count} sort de l’ordinaire.",
    "sites_outside_n": "{outside} sites sur {count} sortent de l’ordinaire.",
    "sites_chance": (
        "Les écarts entre les {count} {kind} ne dépassent pas ce que le hasard explique ({p}) ; "
        "leur écart type ne dépasse guère {bound} (borne à 95 %)."
    ),
    "sites_chance_alone": (
        "Les écarts entre les {count} {kind} ne dépassent pas ce que le hasard explique ({p})."
    ),
    "sites_reading": (
        "une fois retiré le hasard de l’échantillon, environ neuf {kind} sur dix se situent entre "
        "{low} et {high}, autour de {mean} ; l’écart type d’un site à l’autre est de {deviation}, "
        "plus que n’en donnerait le hasard seul ({p})."
    ),
    "sites_p": "p = {value}",
    "sites_p_under": "p < {value}",
    "sites_alt": ("Une barre par type de site, entre les bornes de neuf sites sur dix. {ranges}."),
    "sites_alt_range": "{kind}, de {low} à {high}",
    "sites_caption": (
        "{indicator}, entre quelles parts se situent neuf sites sur dix, {field}, {wave} ; {waves}"
    ),
    "sites_caption_table": "{indicator}, écarts entre sites, {field}, {wave} ; {waves}",
    "sites_column_kind": "Type de site",
    "sites_column_range": "Neuf sites sur dix entre",
    "sites_column_deviation": "Écart type",
    "sites_column_p": "Test (p)",
    "sites_column_outside": "Hors de l’ordinaire",
    "sites_bounds": "{low} et {high}",
    "sites_note_names": (
        "aucun site n’est nommé ni montré. Ne sont comparés que des sites ouverts, au sein d’un "
        "type qui en compte au moins {enough}."
    ),
    "sites_note_left_out_one": "un site n’y figure pas, faute d’assez de {answers}",
    "sites_note_left_out_n": "{count} sites n’y figurent pas, faute d’assez de {answers}",
    "sites_note_value": (
        "période retenue : {waves}. La place d’un site est la moyenne de ses écarts à la "
        "moyenne d’ensemble, sur les vagues où il a reçu des réponses."
    ),
    "sites_note_outside": (
        "un site sort de l’ordinaire s’il s’écarte de la moyenne plus que le hasard et les "
        "différences habituelles entre sites ne l’expliquent ; les autres ne sont pas égaux pour "
        "autant."
    ),
    "sites_note_test": (
        "le test est celui de Cochran, où p est la probabilité d’écarts au moins aussi grands "
        "entre des sites qui seraient tous égaux{family}."
    ),
    "sites_note_family": ", et tient compte des {count} types de site comparés ensemble",
    "sign_ns": "ns",
    "note_ns": "ns = écarts que le hasard suffit à expliquer",
    "legend_ordinary": "limites de l’ordinaire",
    "header_site_kind": "Type de site",
    "header_waves": "Vagues",
    "header_reliability": "Fiabilité",
}
