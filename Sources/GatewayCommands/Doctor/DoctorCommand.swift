import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look at everything that Gatehouse relies on, and say what to do.",
        discussion: """
            It changes nothing, and works on a damaged store too. Exit codes: 0 where nothing is wrong (there may be \
            warnings), 1 where something is.
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let caretaker = try options.caretaker()
        let report = try await options.watching { show in
            try await caretaker.perform(Examine(), by: GlobalOptions.caller(), progress: show)
        }
        if options.json {
            try Console.json(report)
        } else {
            for finding in report.findings where finding.state != .ok || !options.quiet { Self.show(finding) }
        }
        if report.hasProblems { throw ExitCode(1) }
    }

    private static func show(_ finding: DoctorReport.Finding) {
        let place = finding.place.map { " (\($0))" } ?? ""
        let state =
            Console.hasColor
            ? "\u{1B}[\(finding.state.style.rawValue)m\(finding.state.rawValue)\u{1B}[0m" : finding.state.rawValue
        Console.print("\(state): \(finding.check.rawValue): \(finding.found)\(place)")
        if let advice = finding.advice { Console.print("    \(advice)") }
    }
}

extension DoctorReport.State {
    /// How it looks where there is color.
    fileprivate var style: Table.Style {
        switch self {
        case .ok: .good
        case .warning: .warning
        case .problem: .bad
        }
    }
}
