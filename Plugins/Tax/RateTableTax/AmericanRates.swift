/// Sales tax at the state's own base rate: state, valid from, rate. County, city and district rates
/// are not in it, which is why a live market takes a tax provider that knows addresses.
///
/// Source of every row: public tables of state base rates of 2025 and 2026, compared with one
/// another. They tell the rate and not the day of its last change, so every row holds from
/// 2025-01-01, the first day that this table answers for. Compare with the state's revenue
/// department before live use.
/// CA, UT and VA contain the local part that is the same in the whole state.
/// AK, DE, MT, NH and OR have no state sales tax.
let americanRates = """
    AK 2025-01-01 0
    AL 2025-01-01 4
    AR 2025-01-01 6.5
    AZ 2025-01-01 5.6
    CA 2025-01-01 7.25
    CO 2025-01-01 2.9
    CT 2025-01-01 6.35
    DC 2025-01-01 6
    DE 2025-01-01 0
    FL 2025-01-01 6
    GA 2025-01-01 4
    HI 2025-01-01 4
    IA 2025-01-01 6
    ID 2025-01-01 6
    IL 2025-01-01 6.25
    IN 2025-01-01 7
    KS 2025-01-01 6.5
    KY 2025-01-01 6
    LA 2025-01-01 5
    MA 2025-01-01 6.25
    MD 2025-01-01 6
    ME 2025-01-01 5.5
    MI 2025-01-01 6
    MN 2025-01-01 6.875
    MO 2025-01-01 4.225
    MS 2025-01-01 7
    MT 2025-01-01 0
    NC 2025-01-01 4.75
    ND 2025-01-01 5
    NE 2025-01-01 5.5
    NH 2025-01-01 0
    NJ 2025-01-01 6.625
    NM 2025-01-01 4.875
    NV 2025-01-01 6.85
    NY 2025-01-01 4
    OH 2025-01-01 5.75
    OK 2025-01-01 4.5
    OR 2025-01-01 0
    PA 2025-01-01 6
    RI 2025-01-01 7
    SC 2025-01-01 6
    SD 2025-01-01 4.2
    TN 2025-01-01 7
    TX 2025-01-01 6.25
    UT 2025-01-01 6.1
    VA 2025-01-01 5.3
    VT 2025-01-01 6
    WA 2025-01-01 6.5
    WI 2025-01-01 5
    WV 2025-01-01 6
    WY 2025-01-01 4
    """
