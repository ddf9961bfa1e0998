import Foundation

@testable import GatewayCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A fresh folder that stands for a delivery root, gone with everything in it when the test ends.
struct DeliveryFixture {
    let root: String

    /// Runs a test in a fresh root. Its path holds no symbolic link.
    static func run<Result>(_ body: (DeliveryFixture) throws -> Result) throws -> Result {
        let temporary = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        let root = temporary + "/gatehouse-deliveries-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: root) }
        return try body(DeliveryFixture(root: root))
    }

    func path(_ relative: String) -> String { root + "/" + relative }

    func destination(_ relative: String) throws -> Destination {
        try Destination.resolve(path: path(relative), roots: [root])
    }

    func makeFolder(_ relative: String) throws {
        try FileManager.default.createDirectory(atPath: path(relative), withIntermediateDirectories: true)
    }

    func link(_ relative: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(relative), withDestinationPath: target)
    }

    func write(_ relative: String, _ text: String, mode: Int = 0o644) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(relative)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(relative))
    }

    /// A file's text; nil where there is none.
    func read(_ relative: String) -> String? {
        FileManager.default.contents(atPath: path(relative)).map { String(decoding: $0, as: UTF8.self) }
    }

    func remove(_ relative: String) throws {
        try FileManager.default.removeItem(atPath: path(relative))
    }

    /// The names in a folder, sorted; none where there is no folder.
    func names(_ relative: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(relative))) ?? []).sorted()
    }

    func state(_ relative: String) throws -> FileState? {
        try Deliveries.inspect(destination(relative))
    }

    /// Plans the delivery of one text.
    func plan(
        _ relative: String, _ text: String, recorded: String? = nil, adopt: Bool = false, operation: String = "op-1"
    ) throws -> DeliveryPlan {
        let file = try WantedFile(
            destination: destination(relative), contents: Array(text.utf8), recorded: recorded.map(deliveryHash))
        return try Deliveries.plan(operation: operation, [file], adopt: adopt)
    }

    /// Plans and completes the delivery of one text.
    func deliver(
        _ relative: String, _ text: String, recorded: String? = nil, adopt: Bool = false, operation: String = "op-1"
    ) throws {
        let plan = try plan(relative, text, recorded: recorded, adopt: adopt, operation: operation)
        try Deliveries.complete(plan, contents: [Array(text.utf8)])
    }
}

func deliveryHash(_ text: String) -> String { FileState.sha256(Array(text.utf8)) }

/// The error of a call that must fail.
func deliveryError(_ body: () throws -> Void) -> DeliveryError? {
    do {
        try body()
        return nil
    } catch {
        return error as? DeliveryError
    }
}

/// A filesystem of 64 kB in memory, where the machine lets us mount one.
enum TinyFilesystem {
    static let isAvailable: Bool =
        (try? DeliveryFixture.run { fixture in
            try fixture.makeFolder("tiny")
            guard mountTiny(fixture.path("tiny")) else { return false }
            unmount(fixture.path("tiny"))
            return true
        }) ?? false

    static func run(_ fixture: DeliveryFixture, _ relative: String, _ body: () throws -> Void) throws {
        try fixture.makeFolder(relative)
        guard mountTiny(fixture.path(relative)) else { throw POSIXError(.EPERM) }
        defer { unmount(fixture.path(relative)) }
        try body()
    }

    #if os(Linux)
        static func makeReadOnly(_ path: String) -> Bool {
            mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), "size=64k") == 0
        }

        private static func mountTiny(_ path: String) -> Bool {
            mount("tmpfs", path, "tmpfs", 0, "size=64k") == 0
        }

        private static func unmount(_ path: String) {
            umount2(path, Int32(MNT_DETACH))
        }
    #else
        static func makeReadOnly(_ path: String) -> Bool { false }
        private static func mountTiny(_ path: String) -> Bool { false }
        private static func unmount(_ path: String) {}
    #endif
}
