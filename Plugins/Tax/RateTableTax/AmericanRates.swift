/// Sales tax at the state's own base rate: state, valid from, rate, source (of `taxSources`).
/// County, city and district rates are not in it, which is why a live market takes a tax provider
/// that knows addresses.
///
/// The source tells what each rate is on its day and not when it changed last, so every row holds
/// from that day, and the table answers for none before it. Compare with the state's revenue
/// department before live use.
/// CA, UT and VA contain the local part that is the same in the whole state.
/// AK, DE, MT, NH and OR have no state sales tax.
let americanRates = """
    AK 2025-01-01 0 states-2025
    AL 2025-01-01 4 states-2025
    AR 2025-01-01 6.5 states-2025
    AZ 2025-01-01 5.6 states-2025
    CA 2025-01-01 7.25 states-2025
    CO 2025-01-01 2.9 states-2025
    CT 2025-01-01 6.35 states-2025
    DC 2025-01-01 6 states-2025
    DE 2025-01-01 0 states-2025
    FL 2025-01-01 6 states-2025
    GA 2025-01-01 4 states-2025
    HI 2025-01-01 4 states-2025
    IA 2025-01-01 6 states-2025
    ID 2025-01-01 6 states-2025
    IL 2025-01-01 6.25 states-2025
    IN 2025-01-01 7 states-2025
    KS 2025-01-01 6.5 states-2025
    KY 2025-01-01 6 states-2025
    LA 2025-01-01 5 states-2025
    MA 2025-01-01 6.25 states-2025
    MD 2025-01-01 6 states-2025
    ME 2025-01-01 5.5 states-2025
    MI 2025-01-01 6 states-2025
    MN 2025-01-01 6.875 states-2025
    MO 2025-01-01 4.225 states-2025
    MS 2025-01-01 7 states-2025
    MT 2025-01-01 0 states-2025
    NC 2025-01-01 4.75 states-2025
    ND 2025-01-01 5 states-2025
    NE 2025-01-01 5.5 states-2025
    NH 2025-01-01 0 states-2025
    NJ 2025-01-01 6.625 states-2025
    NM 2025-01-01 4.875 states-2025
    NV 2025-01-01 6.85 states-2025
    NY 2025-01-01 4 states-2025
    OH 2025-01-01 5.75 states-2025
    OK 2025-01-01 4.5 states-2025
    OR 2025-01-01 0 states-2025
    PA 2025-01-01 6 states-2025
    RI 2025-01-01 7 states-2025
    SC 2025-01-01 6 states-2025
    SD 2025-01-01 4.2 states-2025
    TN 2025-01-01 7 states-2025
    TX 2025-01-01 6.25 states-2025
    UT 2025-01-01 6.1 states-2025
    VA 2025-01-01 5.3 states-2025
    VT 2025-01-01 6 states-2025
    WA 2025-01-01 6.5 states-2025
    WI 2025-01-01 5 states-2025
    WV 2025-01-01 6 states-2025
    WY 2025-01-01 4 states-2025
    """
