import CoreMetrics
import Logging

/// Sets up logs and metrics of this process; called once, before anything logs.
enum Observing {
    static let metrics = PrometheusMetrics()

    static func begin(_ settings: Settings, process: String) {
        let level = settings.running.logLevel
        switch settings.running.logFormat {
        case .json:
            LoggingSystem.bootstrap { label in
                JSONLogHandler(logLevel: level, process: process, label: label)
            }
        case .text:
            LoggingSystem.bootstrap { label in TextLogHandler(logLevel: level, label: label) }
        }
        MetricsSystem.bootstrap(metrics)
    }
}
