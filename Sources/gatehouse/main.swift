import Foundation
import GatewayCommands
import GatewayCore

do {
    let registry = try BuiltInAdapters.registry()
    let code = await Wiring.$registry.withValue(registry) {
        await GatehouseCommandLine.run(Array(CommandLine.arguments.dropFirst()))
    }
    exit(code)
} catch {
    FileHandle.standardError.write(Data("gatehouse: error: \(error.message)\n".utf8))
    exit(1)
}
