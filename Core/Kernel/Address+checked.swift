import Vocabulary

extension Address {
    /// The address with every line cleaned and bounded.
    /// - Throws: ``InputRefusal`` that names the part at fault below `field`.
    public func checked(field: String) throws(InputRefusal) -> Address {
        let lines = lines.filter { !InputText.trimmed($0).isEmpty }
        guard (1...3).contains(lines.count) else {
            throw InputRefusal(
                lines.isEmpty ? .missing : .wrong("An address has at most three lines."),
                field: "\(field).lines")
        }
        var cleanLines: [String] = []
        for line in lines {
            cleanLines.append(
                try InputText.line(line, field: "\(field).lines", lengths: 1...120))
        }
        let country = InputText.trimmed(country).uppercased()
        guard country.utf8.count == 2, country.utf8.allSatisfy({ (65...90).contains($0) }) else {
            throw InputRefusal(
                .wrong("The country is a code of two letters, such as DE."),
                field: "\(field).country")
        }
        return Address(
            name: try InputText.line(name, field: "\(field).name", lengths: 1...120),
            lines: cleanLines,
            city: try InputText.line(city, field: "\(field).city", lengths: 1...80),
            region: try InputText.optionalLine(region, field: "\(field).region", lengthMax: 40),
            postalCode: try InputText.optionalLine(
                postalCode, field: "\(field).postalCode", lengthMax: 16),
            country: country,
            phone: try InputText.optionalLine(phone, field: "\(field).phone", lengthMax: 40))
    }
}
