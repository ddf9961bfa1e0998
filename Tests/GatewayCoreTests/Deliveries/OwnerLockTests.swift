import Foundation
import Testing

@testable import GatewayCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Owner locks")
struct OwnerLockTests {
    @Test("An owner lives until it gives its lock back, and leaves no file")
    func lives() throws {
        try DeliveryFixture.run { fixture in
            let folder = fixture.path("owners")
            var lock: OwnerLock? = try OwnerLock(folder: folder)
            let id = try #require(lock?.id)
            #expect(fixture.names("owners") == [id])
            #expect(try OwnerLock.isAlive(id, folder: folder))
            let other = try OwnerLock(folder: folder)
            #expect(other.id != id)
            lock = nil
            #expect(try !OwnerLock.isAlive(id, folder: folder))
            #expect(try OwnerLock.isAlive(other.id, folder: folder))
            #expect(fixture.names("owners") == [other.id])
        }
    }

    @Test("An owner that was never there is dead, and no file is made for it")
    func missing() throws {
        try DeliveryFixture.run { fixture in
            let id = UUID().uuidString.lowercased()
            let isAlive = try OwnerLock.isAlive(id, folder: fixture.path("owners"))
            #expect(!isAlive)
            #expect(fixture.names("") == [])
        }
    }

    @Test("What is no owner's ID is refused", arguments: ["", "..", "../x", "owners/f"])
    func invalid(_ id: String) throws {
        try DeliveryFixture.run { fixture in
            #expect(deliveryError { _ = try OwnerLock.isAlive(id, folder: fixture.root) }?.code == .io)
        }
    }

    @Test("An owner that can't be asked is not taken for dead")
    func unknown() throws {
        try DeliveryFixture.run { fixture in
            let id = UUID().uuidString.lowercased()
            try fixture.link(id, to: "/dev/null")
            #expect(deliveryError { _ = try OwnerLock.isAlive(id, folder: fixture.root) } != nil)
            #expect(fixture.names("") == [id])
        }
    }

    @Test("A process that holds the lock lives; killed, it is dead and its file removed", .enabled(if: Self.hasFlock))
    func killed() throws {
        try DeliveryFixture.run { fixture in
            let id = UUID().uuidString.lowercased()
            let holder = Process()
            holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
            // It becomes `cat`, with the lock: once that answers, the lock is held.
            holder.arguments = ["--no-fork", fixture.path(id), "cat"]
            let (input, output) = (Pipe(), Pipe())
            holder.standardInput = input
            holder.standardOutput = output
            try holder.run()
            try input.fileHandleForWriting.write(contentsOf: Data("x".utf8))
            #expect(try output.fileHandleForReading.read(upToCount: 1) == Data("x".utf8))

            #expect(try OwnerLock.isAlive(id, folder: fixture.root))
            try OwnerLock.removeDead(folder: fixture.root)
            #expect(fixture.names("") == [id])
            kill(holder.processIdentifier, SIGKILL)
            holder.waitUntilExit()
            #expect(try !OwnerLock.isAlive(id, folder: fixture.root))
            #expect(fixture.names("") == [])
            #expect(try !OwnerLock.isAlive(id, folder: fixture.root))
        }
    }

    @Test("The files of dead owners are removed, those of living ones and of others stay")
    func removesDead() throws {
        try DeliveryFixture.run { fixture in
            let lock = try OwnerLock(folder: fixture.root)
            try fixture.write(UUID().uuidString.lowercased(), "")
            try fixture.write("notes.txt", "")
            try OwnerLock.removeDead(folder: fixture.root)
            #expect(fixture.names("") == [lock.id, "notes.txt"].sorted())
            try OwnerLock.removeDead(folder: fixture.path("missing"))
        }
    }

    #if os(Linux)
        @Test("A child process does not inherit the lock")
        func notInherited() throws {
            try DeliveryFixture.run { fixture in
                let lock = try OwnerLock(folder: fixture.root)
                var child: pid_t = 0
                var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
                defer { for argument in arguments { free(argument) } }
                #expect(posix_spawn(&child, "/bin/sleep", nil, nil, &arguments, environ) == 0)
                defer {
                    kill(child, SIGKILL)
                    waitpid(child, nil, 0)
                }
                func held(by process: String) throws -> Bool {
                    let folder = "/proc/\(process)/fd"
                    return try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
                        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder + "/" + name)
                        return target == fixture.path(lock.id)
                    }
                }
                // The call comes back once the child runs its own program.
                let (own, inherited) = try (held(by: "self"), held(by: "\(child)"))
                #expect(own)
                #expect(!inherited)
            }
        }
    #endif

    @Test("Of many that ask after a dead owner at once none fails, and the living are never taken for dead")
    func races() async throws {
        let temporary = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        let folder = temporary + "/gatehouse-owners-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let living = try OwnerLock(folder: folder)
        for _ in 1...50 {
            let dead = UUID().uuidString.lowercased()
            try Data().write(to: URL(fileURLWithPath: folder + "/" + dead))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...4 {
                    group.addTask {
                        // A probe may briefly find another's probe in its way: then it is taken for alive.
                        _ = try OwnerLock.isAlive(dead, folder: folder)
                        #expect(try OwnerLock.isAlive(living.id, folder: folder))
                        let own = try OwnerLock(folder: folder)
                        try OwnerLock.removeDead(folder: folder)
                        #expect(try OwnerLock.isAlive(own.id, folder: folder))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try !OwnerLock.isAlive(dead, folder: folder))
            #expect(!FileManager.default.fileExists(atPath: folder + "/" + dead))
        }
    }

    private static let hasFlock = FileManager.default.isExecutableFile(atPath: "/usr/bin/flock")
}
