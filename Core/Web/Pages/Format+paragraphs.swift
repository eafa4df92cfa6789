import Kernel

extension Format {
    /// Text with the line breaks of its author, as HTML.
    public static func paragraphs(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: true)
            .map { "<p>\(EscapedHTML.escape(String($0)))</p>" }.joined()
    }
}
