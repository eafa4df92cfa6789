import Vocabulary

/// A catalogue that a shop has looked at, kept as it was sent, so that importing it is one click.
public struct KeptImport: Sendable {
    let file: [UInt8]
    let options: ImportOptions

    /// Time enough to read what would happen, and to ask somebody.
    static let lifetime = Duration.seconds(3600)
    /// The largest file with its pictures: as much as the form brings.
    public static let bytesMax = 60 << 20
    /// Of all shops together; who comes when there is no room left chooses the file once more.
    static let allBytesMax = 2 << 30

    /// File and pictures.
    var byteCount: Int { options.pictures.values.reduce(file.count) { $0 + $1.count } }
}

/// What importing a file would do, and what the market keeps of it.
public struct ImportPreview: Sendable {
    public let report: ImportReport
    /// Nil when there is nothing to import, or no room.
    public let kept: ID<KeptImport>?
}
