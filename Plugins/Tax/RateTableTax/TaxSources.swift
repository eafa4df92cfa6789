/// Where the rows of the tables are from: the word that they name, and the public table or law with
/// the day of which it tells. A row whose word is not here is no row.
let taxSources = """
    states-2025 Tax Foundation, State and Local Sales Tax Rates, 2025 (as of 2025-01-01)
    vat-rates ibericode/vat-rates 4 (as of 2025-08-12)
    vero-2026 Finnish Tax Administration, reduced VAT rate of 14 % (as of 2025-12-18)
    lt-xv-287 Lithuania, law XV-287 on article 19 of the VAT law (from 2026-01-01)
    cgi-296 France, Code général des impôts, article 296 (as of 2012-01-01)
    pt-14-a-2012 Portugal, law 14-A/2012 on Madeira's VAT rates (from 2012-04-01)
    pt-63-a-2015 Portugal, law 63-A/2015 on the Azores' VAT rates (from 2015-07-01)
    pt-regions Portugal, Ofício Circulado 25045/2024 on the regions' VAT rates (as of 2024-12-06)
    """
