/// VAT by country and day: country, valid from, standard rate, then reduced rates from the highest,
/// source (of `taxSources`). A newer row of a country replaces the older ones from its day on.
///
/// Where the collection of the member states' rates leaves the day open ("always"), the row says
/// 2020-01-01, the first day that this table answers for; no day here is from anywhere else than
/// its row's source. What changed after the day of a source is not in it: compare before live use.
/// Super-reduced and parking rates are left out: nothing of ours is sold under them.
let europeanRates = """
    AT 2016-01-01 20 13 10 vat-rates
    BE 2020-01-01 21 12 6 vat-rates
    BG 2020-01-01 20 9 vat-rates
    CY 2020-01-01 19 9 5 vat-rates
    CZ 2020-01-01 21 15 10 vat-rates
    CZ 2024-01-01 21 12 vat-rates
    DE 2020-01-01 19 7 vat-rates
    DE 2020-07-01 16 5 vat-rates
    DE 2021-01-01 19 7 vat-rates
    DK 2020-01-01 25 vat-rates
    EE 2020-01-01 20 9 vat-rates
    EE 2024-01-01 22 9 5 vat-rates
    EE 2025-01-01 22 13 9 vat-rates
    EE 2025-07-01 24 13 9 vat-rates
    ES 2020-01-01 21 10 vat-rates
    FI 2020-01-01 24 14 10 vat-rates
    FI 2024-09-01 25.5 14 10 vat-rates
    FI 2026-01-01 25.5 13.5 10 vero-2026
    FR 2014-01-01 20 10 5.5 vat-rates
    GB 2011-01-04 20 5 vat-rates
    GR 2016-01-01 23 13.5 6 vat-rates
    GR 2016-06-01 24 13 6 vat-rates
    HR 2020-01-01 25 13 5 vat-rates
    HU 2020-01-01 27 18 5 vat-rates
    IE 2020-01-01 23 13.5 9 vat-rates
    IE 2020-09-01 21 13.5 9 vat-rates
    IE 2021-03-01 23 13.5 9 vat-rates
    IT 2020-01-01 22 10 5 vat-rates
    LT 2020-01-01 21 9 5 vat-rates
    LT 2026-01-01 21 12 5 lt-xv-287
    LU 2016-01-01 17 8 vat-rates
    LU 2023-01-01 16 7 vat-rates
    LU 2024-01-01 17 8 vat-rates
    LV 2020-01-01 21 12 5 vat-rates
    MT 2020-01-01 18 7 5 vat-rates
    NL 2012-10-01 21 6 vat-rates
    NL 2019-01-01 21 9 vat-rates
    PL 2020-01-01 23 8 5 vat-rates
    PT 2020-01-01 23 13 6 vat-rates
    RO 2016-01-01 20 9 5 vat-rates
    RO 2017-01-01 19 9 5 vat-rates
    RO 2025-08-01 21 11 vat-rates
    SE 2020-01-01 25 12 6 vat-rates
    SI 2020-01-01 22 9.5 5 vat-rates
    SK 2011-01-01 20 10 vat-rates
    SK 2025-01-01 23 19 5 vat-rates
    """

/// Parts of those countries where other rates hold, or the country's VAT does not apply (0):
/// country, valid from, starts of the postal codes, rates as above with `/` between, source, name.
///
/// The collection knows the standard rates of territories only, and the Azores' not since their
/// last change. In Jungholz and Mittelberg only Austria's standard rate is another one (UStG 1994,
/// § 10), so the reduced ones are the country's; where France has two, its islands in the Caribbean
/// and Réunion have one (CGI, article 296).
let europeanTerritories = """
    AT 2016-01-01 6691 19/13/10 vat-rates Jungholz
    AT 2016-01-01 6991,6992,6993 19/13/10 vat-rates Mittelberg
    DE 2020-01-01 27498 0 vat-rates Heligoland
    DE 2020-01-01 78266 0 vat-rates Büsingen am Hochrhein
    ES 2020-01-01 35,38 0 vat-rates Canary Islands
    ES 2020-01-01 51 0 vat-rates Ceuta
    ES 2020-01-01 52 0 vat-rates Melilla
    FR 2014-01-01 971 8.5/2.1 cgi-296 Guadeloupe
    FR 2014-01-01 972 8.5/2.1 cgi-296 Martinique
    FR 2014-01-01 973 0 vat-rates French Guiana
    FR 2014-01-01 974 8.5/2.1 cgi-296 Réunion
    FR 2014-01-01 976 0 vat-rates Mayotte
    GR 2016-01-01 63086 0 vat-rates Mount Athos
    IT 2020-01-01 22061 0 vat-rates Campione d'Italia
    IT 2020-01-01 23041 0 vat-rates Livigno
    PT 2020-01-01 90,91,92,93,94 22/12/5 pt-14-a-2012 Madeira
    PT 2024-10-01 90,91,92,93,94 22/12/4 pt-regions Madeira
    PT 2020-01-01 95,96,97,98,99 18/9/4 pt-63-a-2015 Azores
    PT 2021-07-01 95,96,97,98,99 16/9/4 pt-regions Azores
    """
