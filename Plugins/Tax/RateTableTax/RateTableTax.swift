import ProviderKit
import Vocabulary

/// VAT of the European Union and the United Kingdom by the customer's country, and sales tax of
/// the United States at the state's base rate, from dated tables in this folder. Needs no account
/// and no network. What it leaves out stands in its README.
public struct RateTableTax: TaxProvider {
    static let states = ConfigurationField(
        "usStates", label: "US states where the platform collects",
        help: "Codes with commas between, such as CA, NY. Empty means all of them.")

    public static let descriptor = ModuleDescriptor(
        kind: .tax, key: "rate-table-tax", name: "Rate-table tax", version: "1.0",
        summary: "EU and UK VAT and US state sales tax from dated tables.", fields: [states])

    private let states: Set<String>

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        let codes = (settings.text(Self.states) ?? "").split { $0 == "," || $0 == " " }
            .map { $0.uppercased() }
        for code in codes where !RateTable.america.jurisdictions.contains(code) {
            throw .misconfigured(message: "\(code) is not a state of the United States.")
        }
        states = Set(codes)
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    public func calculate(
        _ request: TaxRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [TaxLine] {
        let day = Self.day(request.suppliedAt)
        var lines: [TaxLine] = []
        for line in request.lines {
            let rule = rule(for: line, to: request.destination, on: day)
            do throws(MoneyError) {
                lines.append(try rule.applied(to: line))
            } catch {
                throw .invalidRequest(
                    code: "amount.too-large", message: "Line \(line.id) is too large to tax.")
            }
        }
        return lines
    }

    private func rule(for line: TaxableLine, to address: Address, on day: String) -> TaxRule {
        switch address.country {
        case "US": american(to: address, on: day)
        default: european(line, to: address, on: day)
        }
    }

    private func european(_ line: TaxableLine, to address: Address, on day: String) -> TaxRule {
        let country = address.country
        guard let row = RateTable.europe.row(country, on: day) else {
            return .notSubject(country, source: "not in the table")
        }
        // A seller abroad has no registration there: the platform is the deemed supplier
        // (Directive 2006/112/EC, article 14a; in the United Kingdom likewise).
        let isForeign =
            country == "GB"
            ? line.originCountry != "GB"
            : line.originCountry == "GB"
                || !RateTable.europe.jurisdictions.contains(line.originCountry)
        let remitter: TaxRemitter = isForeign ? .platform : .seller
        if line.taxCode == "exempt" {
            return TaxRule(
                jurisdiction: country, label: "Exempt from VAT", rate: PartsPerMillion(0),
                treatment: .exempt, remitter: remitter,
                source: "\(row.source): \(country) from \(row.validFrom)")
        }
        let territory = RateTable.europe.territory(country, postcode: address.postalCode, on: day)
        let held = territory?.row ?? row
        let place = territory.map { "\($0.name), \(country)" } ?? country
        guard held.standard.value > 0 else {
            return .notSubject(country, source: "\(place), outside its VAT: \(held.source)")
        }
        let reduced = held.reduced(line.taxCode)
        let rate = reduced ?? held.standard
        return TaxRule(
            jurisdiction: country, label: "VAT \(rate.percentText)", rate: rate,
            treatment: reduced == nil ? .standard : .reduced, remitter: remitter,
            source: "\(held.source): \(place) from \(held.validFrom)")
    }

    private func american(to address: Address, on day: String) -> TaxRule {
        let region = (address.region ?? "").uppercased()
        let state = region.hasPrefix("US-") ? String(region.dropFirst(3)) : region
        guard let row = RateTable.america.row(state, on: day) else {
            return .notSubject("US", source: "the state is not in the table")
        }
        let jurisdiction = "US-\(state)"
        guard states.isEmpty || states.contains(state) else {
            return .notSubject(jurisdiction, source: "the platform does not collect there")
        }
        guard row.standard.value > 0 else {
            return .notSubject(jurisdiction, source: "no state sales tax: \(row.source)")
        }
        // Every state with a sales tax makes the marketplace its collector.
        return TaxRule(
            jurisdiction: jurisdiction, label: "Sales tax \(row.standard.percentText)",
            rate: row.standard, treatment: .standard, remitter: .platform,
            source: "\(row.source): the base rate of \(state)")
    }

    private static func day(_ instant: Instant) -> String { String(instant.description.prefix(10)) }
}

/// What is due on a line, before its amount is looked at.
private struct TaxRule {
    let jurisdiction: String
    let label: String
    let rate: PartsPerMillion
    let treatment: TaxTreatment
    let remitter: TaxRemitter
    let source: String

    static func notSubject(_ jurisdiction: String, source: String) -> TaxRule {
        TaxRule(
            jurisdiction: jurisdiction.isEmpty ? "none" : jurisdiction, label: "No tax",
            rate: PartsPerMillion(0), treatment: .notSubject, remitter: .seller, source: source)
    }

    /// Rounded once, half away from zero, to the minor unit.
    func applied(to line: TaxableLine) throws(MoneyError) -> TaxLine {
        let tax = line.includesTax ? try rate.included(in: line.amount) : try rate.of(line.amount)
        return TaxLine(
            lineID: line.id, jurisdiction: jurisdiction, label: label, rate: rate,
            base: line.includesTax ? try line.amount.subtracting(tax) : line.amount, amount: tax,
            isIncluded: line.includesTax, treatment: treatment, remitter: remitter, source: source)
    }
}

@_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
@_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
    exportModule(RateTableTax.self)
}
