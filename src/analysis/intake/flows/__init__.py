"""Counts of devices that listen all the time: from the exports of their tools to one count per
series, month and product.

`mapping` says what a manifest tells of a file; `formats` what a format is, and what it can tell;
`counting` turns its rows into months; `gathered` what several deliveries say together.
"""
