"""French phrases on who listens to the users of which product."""

LISTENING: dict[str, str] = {
    "family_feedback": "remontée d’information",
    "family_consultation": "consultation",
    "family_mobilisation": "mobilisation",
    "family_sign_feedback": "R",
    "family_sign_consultation": "C",
    "family_sign_mobilisation": "M",
    "listening_head_none": "À chaque moment de l’usage, un dispositif est déclaré",
    "listening_head_one": "Un moment d’usage sur {total} n’est écouté par aucun dispositif",
    "listening_head_n": "{count} moments d’usage sur {total} ne sont écoutés par aucun dispositif",
    "thin_one": (
        "À un moment d’usage, un dispositif au moins est déclaré, mais presque rien n’en est "
        "parvenu à l’observatoire depuis un an."
    ),
    "thin_n": (
        "À {count} moments d’usage, un dispositif au moins est déclaré, mais presque rien n’en est "
        "parvenu à l’observatoire depuis un an."
    ),
    "caption_listening": "Qui écoute, par produit et par moment, {department}, {wave}",
    "caption_listening_all": "Qui écoute, par produit et par moment, {wave}",
    "cell_thin": "({sign})",
    "cell_piled_up": "{sign}+",
    "cell_silent": "–",
    "note_listening": (
        "R = remontée d’information, C = consultation, M = mobilisation. – = aucun dispositif. "
        "Case vide = moment qui n’est pas un usage du produit. Une lettre = quelque chose en est "
        "parvenu depuis un an"
    ),
    "note_thin": (
        "une lettre entre parenthèses = un dispositif est déclaré, mais presque rien n’en est "
        "parvenu à l’observatoire depuis un an"
    ),
    "note_piled_up": (
        "une lettre suivie de + = plusieurs dispositifs de cette famille pour le même public"
    ),
    "unreached_head_none": "Chaque public déclaré est entendu par un dispositif",
    "unreached_head_one": (
        "Un public sur {total} n’est entendu par aucun dispositif dont les résultats nous "
        "parviennent"
    ),
    "unreached_head_n": (
        "{count} publics sur {total} ne sont entendus par aucun dispositif dont les résultats nous "
        "parviennent"
    ),
    "caption_unreached": "Publics dont rien ne nous parvient, {wave}",
    "column_audiences": "Publics",
    "note_unreached": (
        "un public compte une fois par produit. Un comptage ne fait entendre personne en "
        "particulier. Un dispositif dont presque rien n’est parvenu depuis un an ne compte pas"
    ),
    "collisions_head_none": "Personne n’est sollicité deux fois en moins de {days} jours",
    "collisions_head_one": "Un public est sollicité par deux dispositifs en moins de {days} jours",
    "collisions_head_n": (
        "Un même public est sollicité par deux dispositifs en moins de {days} jours, dans "
        "{count} cas"
    ),
    "caption_collisions": "Sollicitations trop rapprochées, {wave}",
    "column_device_first": "Un dispositif",
    "column_device_second": "Un autre",
    "column_audience": "Public",
    "column_days_between": "Jours entre les deux",
    "column_nearest": "Périodes les plus proches",
    "nearest_periods": "{first}, puis {last}",
    "note_collisions": (
        "0 = les deux sollicitent en même temps. Deux dispositifs comptent une fois par produit et "
        "par public, ce qui ne dit pas que les personnes sont les mêmes. Calendrier déclaré par "
        "les équipes"
    ),
    "poolings_head_one": "Deux dispositifs pourraient n’en faire qu’un",
    "poolings_head_n": "{count} paires de dispositifs pourraient être réunies",
    "caption_poolings": "Dispositifs qui pourraient n’en faire qu’un, {wave}",
    "column_products": "Produits en commun",
    "column_requests_spared": "Sollicitations évitées par an",
    "column_cost_spared": "Coût évité par an (en euros)",
    "note_poolings": (
        "même famille, même public, produits en commun, au moins la moitié des questions en commun "
        "et deux outils. Ce qui serait évité est compté au plus bas, soit les sollicitations "
        "de celui qui en fait le moins, et le coût du moins cher"
    ),
    "product_page": "page du produit {product}",
    "fact_department": "Département",
    "column_about": "De qui",
    "column_bounds": "Intervalle",
    "caption_overall": "{indicator}, {named}, {wave}",
    "finding_range": (
        "{indicator}, chez les {people} : de {low} ({lowest}) à {high} ({highest}), sur "
        "{count} {units}"
    ),
    "devices_head": "Ce que chaque dispositif peut dire, et ce qu’il ne peut pas",
    "devices_of_head": "Comment ses usagers sont écoutés",
    "devices_unread_one": "Les résultats d’un dispositif ne sont pas lus ici : {devices}.",
    "devices_unread_n": "Les résultats de {count} dispositifs ne sont pas lus ici : {devices}.",
    "caption_devices": "Dispositifs d’écoute",
    "column_device": "Dispositif",
    "column_device_family": "Famille d’écoute",
    "column_owner": "Tenu par",
    "column_says": "Ce qu’il dit",
    "column_cannot": "Ce qu’il ne peut pas dire",
    "note_devices": (
        "les comptages, les enquêtes et ce que des personnes ont dit en atelier ne se mesurent pas "
        "de la même façon. Leurs chiffres ne sont ni additionnés ni comparés"
    ),
}
