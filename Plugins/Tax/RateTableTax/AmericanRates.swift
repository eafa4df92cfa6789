/// Sales tax at the state's own base rate: state, valid from, rate. County, city and district rates
/// are not in it, which is why a live market takes a tax provider that knows addresses.
///
/// Source of every row: the states' revenue departments, by the public tables of 2025 and 2026.
/// CA, UT and VA contain the local part that is the same in the whole state. Where the last change
/// was before 2020 the row says 2020-01-01, the first day that this table answers for.
/// AK, DE, MT, NH and OR have no state sales tax.
let americanRates = """
    AK 2020-01-01 0
    AL 2020-01-01 4
    AR 2020-01-01 6.5
    AZ 2020-01-01 5.6
    CA 2020-01-01 7.25
    CO 2020-01-01 2.9
    CT 2020-01-01 6.35
    DC 2020-01-01 6
    DE 2020-01-01 0
    FL 2020-01-01 6
    GA 2020-01-01 4
    HI 2020-01-01 4
    IA 2008-07-01 6
    ID 2020-01-01 6
    IL 2020-01-01 6.25
    IN 2020-01-01 7
    KS 2020-01-01 6.5
    KY 2020-01-01 6
    LA 2025-01-01 5
    MA 2020-01-01 6.25
    MD 2020-01-01 6
    ME 2020-01-01 5.5
    MI 2020-01-01 6
    MN 2020-01-01 6.875
    MO 2020-01-01 4.225
    MS 2020-01-01 7
    MT 2020-01-01 0
    NC 2020-01-01 4.75
    ND 2020-01-01 5
    NE 2020-01-01 5.5
    NH 2020-01-01 0
    NJ 2020-01-01 6.625
    NM 2023-07-01 4.875
    NV 2020-01-01 6.85
    NY 2020-01-01 4
    OH 2020-01-01 5.75
    OK 2020-01-01 4.5
    OR 2020-01-01 0
    PA 2020-01-01 6
    RI 2020-01-01 7
    SC 2020-01-01 6
    SD 2023-07-01 4.2
    TN 2020-01-01 7
    TX 2020-01-01 6.25
    UT 2020-01-01 6.1
    VA 2020-01-01 5.3
    VT 2020-01-01 6
    WA 2020-01-01 6.5
    WI 2020-01-01 5
    WV 2020-01-01 6
    WY 2020-01-01 4
    """
