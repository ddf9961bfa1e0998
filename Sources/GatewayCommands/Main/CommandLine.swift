import ArgumentParser
import Dispatch
import Foundation
import GatewayAPI

/// Runs a command line to its exit code.
public enum GatehouseCommandLine {
    /// Parses and runs.
    ///
    /// - Returns: 0 done, 1 refused or failed, 2 wrong usage, 3 the vendor could not be reached, 4 the answer is no.
    public static func run(_ arguments: [String]) async -> Int32 {
        // A reader that goes away (`| head`) ends the writing, not with a signal.
        signal(SIGPIPE, SIG_IGN)
        let work = Task { await perform(arguments) }
        let signals = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if work.isCancelled { exit(130) }
                work.cancel()
            }
            source.resume()
            return source
        }
        defer { for source in signals { source.cancel() } }
        return await work.value
    }

    private static func perform(_ arguments: [String]) async -> Int32 {
        do {
            var command = try GatehouseCommand.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch let error as CallError {
            Console.error(SecretArguments(arguments).hidden(in: error.message))
            switch error.code {
            case .unreachable: return 3
            case .cancelled: return 130
            default: return 1
            }
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return report(error, of: arguments)
        }
    }

    /// Prints help, the version or what is wrong with the usage.
    private static func report(_ error: any Error, of arguments: [String]) -> Int32 {
        let message = SecretArguments(arguments).hidden(in: GatehouseCommand.fullMessage(for: error))
        switch GatehouseCommand.exitCode(for: error) {
        case .success:
            Console.print(message)
            return 0
        case .validationFailure:
            Console.errorText(message)
            return 2
        default:
            Console.errorText(message)
            return 1
        }
    }
}
