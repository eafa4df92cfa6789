import HTTPTypes
import Hummingbird
import NIOCore
import ProviderKit

extension WebRequest {
    /// A text that anybody may keep for a while, named by its content: whoever has it already is
    /// told so in place of getting it once more (RFC 9110, section 15.4.5).
    public func keepable(
        _ text: String, type: String, cacheControl: String = "public, max-age=3600"
    ) -> Response {
        let name = "\"\(hexadecimal(sha256(Array(text.utf8)).prefix(16)))\""
        // Weak, since it may be sent compressed.
        var answered: HTTPFields = [.eTag: "W/" + name, .cacheControl: cacheControl]
        if EntityTag.matches(headers[.ifNoneMatch], name) {
            return Response(status: .notModified, headers: answered)
        }
        answered[.contentType] = type
        return Response(
            status: .ok, headers: answered, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
