"""Invented names, towns and bank codes. None belongs to anybody; none says anything about a person."""

from __future__ import annotations

GIVEN = """Alva Bren Coro Dela Emlo Fenn Garo Hela Ivo Juna Kelo Luma Mavi Nilo Orla Pell Quin Runa Silo Tova Ulo Vela
Wen Xano Yola Zeno"""

FAMILY = """Amberlow Brindlewick Castemoor Dapplegrün Elderquay Fernhöl Glimmerby Hazelthorn Inkwell Jasperley
Kettlemoß Larkspire Mürrenbeck Nettlefold Oakentide Pebblemere Quillmarsh Rushbourne Söhlenfeld
Thistledeep Umberlin Velvetree Willowmane Yarrowgate Zinnfurth"""

TRADES = """Quarrowby Tindelhaven Brackenmoor Silverwhit Copperfinch Marlowick Orchidale Pinequell Ravenstrand
Saltmeadow Tulipane Wrenholt Birchannon Cloverine Dunmarrow Everfold Foxlantern Goldenreed Harrowtide
Ivorgate Juniperly Kestrelby Lindenmarsh Mosswater Nightwillow Otterbourne Primrowe Quickthorn Rowanmere
Sandelwick Thornapple Umbrafield Vinterley Waxwing Yewstead Zephyrdale Almondine Bluebarrow Cinderby
Driftwold"""

TOWNS = ("Northford", "Eastmill", "Southlake", "Westbridge", "Midvale")

STREETS = ("Mill Lane", "Station Road", "Harbour Street", "Garden Way", "Market Square")

BANKS = {
    "camt": ("QXAADEQ1", "DE", "99999901"),
    "n26": ("QXBBDEQ2", "DE", "99999902"),
    "revolut": ("QXCCNLQ3", "NL", "QXCC"),
    "plain_debit_credit": ("QXDDDEQ4", "DE", "99999904"),
    "plain_signed": ("QXEEATQ5", "AT", "99905"),
    "other_1": ("QXFFDEQ6", "DE", "99999906"),
    "other_2": ("QXGGATQ7", "AT", "99907"),
    "other_3": ("QXHHNLQ8", "NL", "QXHH"),
}
"""BIC, country and national bank code of each invented bank; a bank on file hands out one layout."""

DIGITS = {"DE": 10, "AT": 11, "NL": 10}
"""Digits of an account number in each country's IBAN."""
