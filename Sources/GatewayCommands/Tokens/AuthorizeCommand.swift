import AdapterKit
import ArgumentParser
import Foundation
import GatewayAPI
import GatewayCore

/// `gatehouse authorize`.
struct AuthorizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize",
        abstract: "Acquire a license that lives on tokens, by a code that is typed at the authorization server.",
        discussion: """
            Shows the steps, the user code and where to type it, then waits until that is done, or the code ends. Whoever \
            interrupts it loses nothing: `--complete` goes on. The halves apart, as the product's page has them: `--begin` \
            (Next) shows the code and comes back at once, `--complete` (Complete Authorization) asks once whether it was \
            typed. A code that is shown already is shown again; `--new` asks for another. With --begin, --quiet prints the code alone.

            Exit codes: 0 the license is acquired (with --begin: the code is shown), 1 refused, 3 the server could not be \
            reached, 4 with --complete: the code is not typed yet.
            """)

    @Argument(help: "The installation's ID.")
    var id: String

    @Flag(help: "Show the code, and do not wait.")
    var begin = false

    @Flag(help: "Ask once whether the code was typed.")
    var complete = false

    @Flag(name: .customLong("new"), help: "Give up the code that is shown, and ask for another.")
    var anew = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        if begin, complete { throw ValidationError("Give --begin or --complete; without either both are done.") }
        if complete, anew { throw ValidationError("--new asks for a code: leave --complete away.") }
    }

    func run() async throws {
        let view = try await options.withGateway { gateway, caller in
            var view: AuthorizationView
            if complete {
                view = try await gateway.perform(CompleteAuthorization(installation: id), by: caller)
            } else {
                view = try await gateway.perform(BeginAuthorization(installation: id, anew: anew), by: caller)
            }
            guard !begin, !complete else { return view }
            show(view)
            let countdown = Countdown(quiet: options.quiet)
            defer { countdown.finish() }
            while let notice = view.notice, let next = view.askAgain {
                do {
                    try await countdown.wait(until: next, of: notice)
                } catch {
                    throw CallError(
                        .cancelled,
                        "Interrupted: the code \(notice.code) of \(id) is good until \(notice.expires), and nothing is lost. "
                            + "`gatehouse authorize \(id)` goes on.")
                }
                view = try await gateway.perform(CompleteAuthorization(installation: id), by: caller)
            }
            return view
        }
        try tell(view)
    }

    /// Shows what a person is to do, while it is waited for.
    private func show(_ view: AuthorizationView) {
        guard let notice = view.notice else { return }
        // Standard output is for what came of it.
        if options.json || options.quiet { return Console.errorText("\(notice.link) \(notice.code)") }
        for line in Self.lines(notice) { Console.print(line) }
    }

    private func tell(_ view: AuthorizationView) throws {
        if let result = view.result {
            if options.json { try Console.json(view) }
            guard !options.json else {
                if result.outcome.isFailure { throw ExitCode(result.outcome == .unreachable ? 3 : 1) }
                return
            }
            return try StepResult.show(result, options)
        }
        if options.json {
            try Console.json(view)
        } else if let notice = view.notice {
            if complete {
                if !options.quiet {
                    let next = view.askAgain.map { " The server is asked again from \($0) on." } ?? ""
                    Console.print("\(id): the code \(notice.code) is not typed yet, at \(notice.link).\(next)")
                }
            } else if options.quiet {
                Console.print(notice.code)
            } else {
                for line in Self.lines(notice) { Console.print(line) }
                Console.print("Then: gatehouse authorize \(id) --complete")
            }
        }
        if complete { throw ExitCode(4) }
    }

    /// The steps, the code and the address, each where it is found at once.
    static func lines(_ notice: Notice) -> [String] {
        var lines = LabeledLines()
        lines.add("User code", notice.code)
        lines.add("Type it at", notice.link)
        if let link = notice.completeLink { lines.add("or open", link) }
        lines.add("Until", "\(notice.expires)")
        let width = Console.width
        return [notice.title] + LabeledLines.wrap(notice.text, width ?? 100) + [""]
            + lines.text(width: width) + [""]
    }

    /// What is left of a code's life, counted down on standard error where that is a terminal.
    private struct Countdown {
        let quiet: Bool

        /// Waits until it is time to ask again.
        func wait(until next: Instant, of notice: Notice) async throws {
            while true {
                let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
                let left = next.milliseconds - now.milliseconds
                guard left > 0 else { return }
                if !quiet, Console.errorIsTerminal {
                    let seconds = max(0, (notice.expires.milliseconds - now.milliseconds) / 1000)
                    let shown = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
                    Console.errorBytes(
                        "\r\u{1B}[KWaiting for \(notice.code) to be typed: \(shown) left, asked again in \((left + 999) / 1000) s"
                    )
                }
                try await Task.sleep(for: .milliseconds(min(left, 1000)))
            }
        }

        func finish() {
            if !quiet, Console.errorIsTerminal { Console.errorBytes("\r\u{1B}[K") }
        }
    }
}

/// `gatehouse deauthorize`.
struct DeauthorizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deauthorize",
        abstract: "Give a license back that lives on tokens, so that it can be acquired again.",
        discussion: """
            Its tokens are revoked at the authorization server and removed here, and the installation is not licensed until \
            `gatehouse authorize` has acquired a license again. A license past its renewal is renewed in that way. Where the \
            server is gone for good, --only-here removes it here alone.
            """)

    @Argument(help: "The installation's ID.")
    var id: String

    @Flag(help: "Do not tell the authorization server.")
    var onlyHere = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let result = try await options.withGateway { gateway, caller in
            try await gateway.perform(Deauthorize(installation: id, onlyHere: onlyHere), by: caller)
        }
        try StepResult.show(result, options)
    }
}
