"""Monthly figures of those who manage the services: from the table of a workbook or CSV, as it is
kept by hand, to figures by indicator, month and place.

`mapping` says what a manifest tells of a table; `workbook` and `sheets` give its cells as text,
`months` and `cells` say what a text is, `rows` and `series` what a table holds, `reconciliation`
whether its totals add up, `gathered` what several deliveries say together.
"""
