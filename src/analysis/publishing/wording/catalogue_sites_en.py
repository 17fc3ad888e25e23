"""English phrases on how sites differ."""

SITES: dict[str, str] = {
    "sites_many": "sites",
    "sites_title": "{indicator} across sites: {ranges}",
    "sites_title_chance": "{indicator}: differences between sites that chance can explain",
    "sites_range": "from {low} to {high}",
    "sites_range_of": "from {low} to {high} ({kind})",
    "sites_outside_none": "None of the {count} sites compared was found to be out of the ordinary.",
    "sites_outside_one": "One of the {count} sites is out of the ordinary.",
    "sites_outside_n": "{outside} of the {count} sites are out of the ordinary.",
    "sites_chance": (
        "The differences between the {count} {kind} are no larger than chance explains ({p}); "
        "their standard deviation is at most about {bound} (95% bound)."
    ),
    "sites_chance_alone": (
        "The differences between the {count} {kind} are no larger than chance explains ({p})."
    ),
    "sites_reading": (
        "once sampling chance is taken out, about nine {kind} in ten lie between {low} and {high}, "
        "around {mean}; the standard deviation from site to site is {deviation}, more than chance "
        "alone would give ({p})."
    ),
    "sites_p": "p = {value}",
    "sites_p_under": "p < {value}",
    "sites_alt": "A bar for each kind of site, between the bounds of nine sites in ten. {ranges}.",
    "sites_alt_range": "{kind}, from {low} to {high}",
    "sites_caption": (
        "{indicator}, the shares between which nine sites in ten lie, {field}, {wave}; {waves}"
    ),
    "sites_caption_table": "{indicator}, differences between sites, {field}, {wave}; {waves}",
    "sites_column_kind": "Kind of site",
    "sites_column_range": "Nine sites in ten between",
    "sites_column_deviation": "Standard deviation",
    "sites_column_p": "Test (p)",
    "sites_column_outside": "Out of the ordinary",
    "sites_bounds": "{low} and {high}",
    "sites_note_names": (
        "no site is named or shown. Only open sites are compared, within a kind that has at least "
        "{enough}."
    ),
    "sites_note_left_out_one": "one site with too few {answers} is left out",
    "sites_note_left_out_n": "{count} sites with too few {answers} are left out",
    "sites_note_value": (
        "period covered: {waves}. The place of a site is the mean of its differences from the "
        "overall mean, over the waves in which it received answers."
    ),
    "sites_note_outside": (
        "a site is out of the ordinary if it differs from the mean by more than chance and the "
        "usual differences between sites explain; that does not make the others equal."
    ),
    "sites_note_test": (
        "the test is Cochran’s, in which p is the probability of differences at least as large "
        "if all sites were equal{family}."
    ),
    "sites_note_family": ", and allows for the {count} kinds of site that are compared together",
    "sign_ns": "ns",
    "note_ns": "ns = differences that chance can explain",
    "legend_ordinary": "limits of the ordinary",
    "header_site_kind": "Kind of site",
    "header_waves": "Waves",
    "header_reliability": "Reliability",
}
