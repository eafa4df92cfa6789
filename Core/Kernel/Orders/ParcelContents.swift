extension OrderDetail {
    /// What was in a parcel, such as `2 × Bowl (blue), 1 × Cup`, in the order's own order.
    public func contents(of parcel: Shipment) -> String {
        let packed = Dictionary(parcel.lines.map { ($0.line, $0.quantity) }) { $0 + $1 }
        return lines.compactMap { line in
            guard let quantity = packed[line.id], quantity > 0 else { return nil }
            let options = line.optionsText.isEmpty ? "" : " (\(line.optionsText))"
            return "\(quantity) × \(line.title)\(options)"
        }.joined(separator: ", ")
    }
}
