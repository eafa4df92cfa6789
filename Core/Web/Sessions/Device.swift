/// What somebody uses, in a few words, so that they know it again: `Firefox on Linux`. No more than
/// that is kept of what browsers say of themselves.
enum Device {
    static func words(_ userAgent: String) -> String {
        let browser = first(
            of: userAgent,
            [
                ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
                ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
                ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
            ])
        let system = first(
            of: userAgent,
            [
                ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"),
                ("Windows", "Windows"), ("Mac OS X", "a Mac"), ("CrOS", "ChromeOS"),
                ("Linux", "Linux"),
            ])
        return switch (browser, system) {
        case (let browser?, let system?): "\(browser) on \(system)"
        case (let one?, nil), (nil, let one?): one
        case (nil, nil): "A program or an unusual browser"
        }
    }

    private static func first(of text: String, _ signs: [(String, String)]) -> String? {
        signs.first { text.contains($0.0) }?.1
    }
}
