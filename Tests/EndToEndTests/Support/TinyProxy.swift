import Foundation
import Testing

/// The real tinyproxy, on a port of its own, which lets nobody through without user name and password.
struct TinyProxy: Sendable {
    let port: Int
    private let logFile: String

    /// What it has written down so far.
    var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

    static func start(in estate: Estate, user: String, password: String) async throws -> TinyProxy {
        let log = estate.folder + "/proxy.log"
        // It takes no port 0: one that was free just now may be taken, then another is tried.
        for _ in 1...10 {
            let port = Int.random(in: 20_000...32_000)
            let file = try estate.write(
                """
                Port \(port)
                Listen 127.0.0.1
                LogFile "\(log)"
                LogLevel Connect
                MaxClients 20
                BasicAuth \(user) \(password)

                """, to: "proxy.conf")
            let child = try Child(
                #require(Program.found("tinyproxy")), ["-d", "-c", file], environment: ["PATH": "/usr/bin:/bin"],
                folder: estate.folder, limit: .seconds(120))
            estate.atEnd {
                child.signal(SIGKILL)
                _ = try? await child.finished()
            }
            while !child.hasEnded {
                if answers(port) { return TinyProxy(port: port, logFile: log) }
                await Task.yield()
            }
        }
        throw Trouble("tinyproxy did not start")
    }

    private static func answers(_ port: Int) -> Bool {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
