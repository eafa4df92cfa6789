/// VAT by country and day: country, valid from, standard rate, then reduced rates from the
/// highest. A newer row of a country replaces the older ones from its day on.
///
/// Source of every row: the member states' rates as collected in ibericode/vat-rates (MIT),
/// version 4, as of August 2025. Where the collection leaves the day open ("always"), the row says
/// 2020-01-01, the first day that this table answers for; no day here is from anywhere else.
/// What changed after August 2025 is not in it: compare before live use (Finland's and
/// Lithuania's reduced rates were announced to change in January 2026).
/// Super-reduced and parking rates are left out: nothing of ours is sold under them.
let europeanRates = """
    AT 2016-01-01 20 13 10
    BE 2020-01-01 21 12 6
    BG 2020-01-01 20 9
    CY 2020-01-01 19 9 5
    CZ 2020-01-01 21 15 10
    CZ 2024-01-01 21 12
    DE 2020-01-01 19 7
    DE 2020-07-01 16 5
    DE 2021-01-01 19 7
    DK 2020-01-01 25
    EE 2020-01-01 20 9
    EE 2024-01-01 22 9 5
    EE 2025-01-01 22 13 9
    EE 2025-07-01 24 13 9
    ES 2020-01-01 21 10
    FI 2020-01-01 24 14 10
    FI 2024-09-01 25.5 14 10
    FR 2014-01-01 20 10 5.5
    GB 2011-01-04 20 5
    GR 2016-01-01 23 13.5 6
    GR 2016-06-01 24 13 6
    HR 2020-01-01 25 13 5
    HU 2020-01-01 27 18 5
    IE 2020-01-01 23 13.5 9
    IE 2020-09-01 21 13.5 9
    IE 2021-03-01 23 13.5 9
    IT 2020-01-01 22 10 5
    LT 2020-01-01 21 9 5
    LU 2016-01-01 17 8
    LU 2023-01-01 16 7
    LU 2024-01-01 17 8
    LV 2020-01-01 21 12 5
    MT 2020-01-01 18 7 5
    NL 2012-10-01 21 6
    NL 2019-01-01 21 9
    PL 2020-01-01 23 8 5
    PT 2020-01-01 23 13 6
    RO 2016-01-01 20 9 5
    RO 2017-01-01 19 9 5
    RO 2025-08-01 21 11
    SE 2020-01-01 25 12 6
    SI 2020-01-01 22 9.5 5
    SK 2011-01-01 20 10
    SK 2025-01-01 23 19 5
    """

/// Parts of those countries where another standard rate holds, or the country's VAT does not
/// apply (0): country, start of the postal code, rate, name. Same source.
let europeanTerritories = """
    AT 6691 19 Jungholz
    AT 6991 19 Mittelberg
    AT 6992 19 Mittelberg
    AT 6993 19 Mittelberg
    DE 27498 0 Heligoland
    DE 78266 0 Büsingen am Hochrhein
    ES 35 0 Canary Islands
    ES 38 0 Canary Islands
    ES 51 0 Ceuta
    ES 52 0 Melilla
    FR 971 8.5 Guadeloupe
    FR 972 8.5 Martinique
    FR 973 0 French Guiana
    FR 974 8.5 Réunion
    FR 976 0 Mayotte
    GR 63086 0 Mount Athos
    IT 22061 0 Campione d'Italia
    IT 23041 0 Livigno
    PT 90 22 Madeira
    PT 91 22 Madeira
    PT 92 22 Madeira
    PT 93 22 Madeira
    PT 94 22 Madeira
    PT 95 18 Azores
    PT 96 18 Azores
    PT 97 18 Azores
    PT 98 18 Azores
    PT 99 18 Azores
    """
