public import GatewayCore

/// What `main` wires and every command takes: handed down with the task, not kept in a global.
public enum Wiring {
    /// The adapters.
    @TaskLocal public static var registry: AdapterRegistry?
    /// Time; the system's unless somebody says otherwise.
    @TaskLocal public static var surroundings: Surroundings = .system
}
