import Testing

@testable import Operator

@Suite struct `A series as Prometheus reads it` {
    /// One unescaped quote or line would spoil every series that is written with it.
    @Test(arguments: [
        #"a "quoted" word"#, #"C:\new\"#, "two\nlines", #"all of it: "\n"# + "\n\\\"", "{a=\"b\"}",
    ])
    func `has its label back as it was, whatever stands in it`(_ value: String) throws {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "odd.things", dimensions: [("what-it is", value)])
            .increment(by: 2)

        let read = try Exposition(metrics.text())

        let sample = try #require(read.samples.first)
        #expect(read.samples.count == 1)
        #expect(sample.name == "odd_things_total" && sample.value == 2)
        #expect(sample.labels == ["what_it_is": value])
    }
}
