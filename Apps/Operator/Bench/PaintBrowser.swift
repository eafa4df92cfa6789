import Foundation

/// Chromium, driven by Playwright through `Config/browser/paint.py`.
struct PaintBrowser: Sendable {
    let python: String
    let script: String

    struct Visit: Decodable, Sendable {
        /// Largest Contentful Paint in milliseconds.
        let paintMs: Double
        /// What came over the network, photos aside.
        let bytes: Int
    }

    /// - Throws: ``OperatorProblem`` that names what is missing.
    static func find(python: String?) throws -> PaintBrowser {
        let script = "Config/browser/paint.py"
        let manager = FileManager.default
        guard manager.fileExists(atPath: script) else {
            throw OperatorProblem("Run it in the checkout: there is no \(script) here.")
        }
        let folders = (try? manager.contentsOfDirectory(atPath: ".guildhall")) ?? []
        let made = folders.filter { $0.hasPrefix("browser-") }.sorted().last
            .map { ".guildhall/\($0)/bin/python" }
        guard let found = python ?? made, manager.isExecutableFile(atPath: found) else {
            throw OperatorProblem(
                "No Python with Playwright is here to drive Chromium: Config/test installs one "
                    + "into .guildhall; or name one with --python, or leave the browser out with "
                    + "--without-browser.")
        }
        guard manager.isExecutableFile(atPath: "/usr/bin/chromium") else {
            throw OperatorProblem(
                "Chromium is not installed (apt-get install -y chromium); leave it out with "
                    + "--without-browser.")
        }
        return PaintBrowser(python: found, script: script)
    }

    func visit(_ url: String, times: Int) async throws -> [Visit] {
        let text = try await BenchTool.run(
            python, [script, url, "\(times)"], package: "chromium python3-venv")
        return try text.split(separator: "\n").map { line in
            try JSONDecoder().decode(Visit.self, from: Data(line.utf8))
        }
    }
}
