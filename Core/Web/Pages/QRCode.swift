import CQRencode

/// A QR code (ISO/IEC 18004) as an SVG picture that stands in a page.
public enum QRCode {
    /// The specification leaves four modules of white around a code.
    private static let border: Int32 = 4

    /// `<svg>…</svg>`; nil for an empty text, and for one that no code holds.
    /// - Parameter label: what a screen reader says.
    public static func svg(_ text: String, label: String) -> String? {
        let bytes = Array(text.utf8)
        // Level M restores 15 %, which payment codes ask for (EPC069-12, section 4).
        guard !bytes.isEmpty,
            let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M)
        else { return nil }
        defer { QRcode_free(code) }
        let width = code.pointee.width
        guard let modules = code.pointee.data else { return nil }
        var path = ""
        for row in 0..<width {
            var column: Int32 = 0
            while column < width {
                let first = column
                // The lowest bit of a module is its colour.
                while column < width, modules[Int(row * width + column)] & 1 == 1 { column += 1 }
                if column > first {
                    path +=
                        "M\(first + border) \(row + border)h\(column - first)v1h-\(column - first)z"
                } else {
                    column += 1
                }
            }
        }
        let side = width + 2 * border
        return """
            <svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 \(side) \(side)" \
            role="img" aria-label="\(EscapedHTML.escape(label))" shape-rendering="crispEdges">\
            <rect width="\(side)" height="\(side)" fill="#fff"/>\
            <path d="\(path)" fill="#000"/></svg>
            """
    }
}
