#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the server calls itself in every answer's `Server` header and in every line that it reports.
let serverName = "Gatehouse-Sandbox (stand-in, not a vendor)"

/// Writes a text and a line feed to standard error, in one piece where the system allows it.
@Sendable func writeToStandardError(_ text: String) {
    var rest = Array((text + "\n").utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        // Nobody reads standard error any more: there is nowhere left to say so.
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
