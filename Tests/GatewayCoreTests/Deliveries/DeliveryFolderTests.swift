import Foundation
import Testing

@testable import GatewayCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Looking at destinations, and whether they can be written")
struct DeliveryFolderTests {
    @Test("A file's contents and state are read, and nothing where there is none")
    func inspects() throws {
        try DeliveryFixture.run { fixture in
            #expect(try fixture.state("f") == nil)
            try fixture.write("f", "text", mode: 0o640)
            let state = try #require(try fixture.state("f"))
            #expect(state.sha256 == deliveryHash("text"))
            #expect(state.size == 4)
            #expect(state.attributes.mode == 0o640)
            #expect(state.attributes.owner == geteuid())
            #expect(fixture.names("") == ["f"])
        }
    }

    @Test("A symbolic link is refused and named at every level below the root", arguments: 0...2)
    func links(_ level: Int) throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("real/a/b")
            try fixture.write("real/a/b/f", "secret")
            let names = ["a", "a/b", "a/b/f"]
            if level > 0 { try fixture.makeFolder(level == 1 ? "a" : "a/b") }
            try fixture.link(names[level], to: fixture.path("real/" + names[level]))
            let destination = try fixture.destination("a/b/f")
            let acts: [() throws -> Void] = [
                { _ = try Deliveries.inspect(destination) }, { try Deliveries.checkWritable(destination, bytes: 1) },
                { _ = try fixture.plan("a/b/f", "new", adopt: true) },
            ]
            for act in acts {
                let error = deliveryError(act)
                #expect(error?.code == .symbolicLink)
                #expect(error?.path == fixture.path(names[level]))
            }
            #expect(fixture.read("real/a/b/f") == "secret")
            #expect(!fixture.names("real/a/b").contains(House.name))
        }
    }

    @Test("A folder is the same one, opened by the kernel at once or walked to, and a link is refused either way")
    func walked() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("a/b/c")
            try fixture.link("a/way", to: fixture.path("a/b"))
            let there = try fixture.destination("a/b/c/f")
            let folders = try [true, false].map {
                try DeliveryFolder(of: there, walks: $0).descriptor.status()
            }
            #expect(folders[0].inode == folders[1].inode && folders[0].device == folders[1].device)
            let linked = try fixture.destination("a/way/c/f")
            for walks in [true, false] {
                let error = deliveryError { _ = try DeliveryFolder(of: linked, walks: walks) }
                #expect(error?.code == .symbolicLink && error?.path == fixture.path("a/way"))
            }
        }
    }

    @Test("A root may itself be a symbolic link")
    func linkedRoot() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("real")
            try fixture.link("root", to: fixture.path("real"))
            let destination = try Destination.resolve(path: fixture.path("root/f"), roots: [fixture.path("root")])
            try Deliveries.checkWritable(destination, bytes: 1)
            #expect(fixture.names("real") == [House.name])
        }
    }

    @Test("A link in the place of Gatehouse's own folder is refused")
    func linkedHouse() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("elsewhere")
            try fixture.link(House.name, to: fixture.path("elsewhere"))
            let error = deliveryError { try Deliveries.checkWritable(fixture.destination("f"), bytes: 1) }
            #expect(error?.code == .symbolicLink)
            #expect(error?.path == fixture.path(House.name))
            #expect(deliveryError { try fixture.deliver("f", "new") }?.code == .symbolicLink)
            #expect(fixture.names("elsewhere") == [])
        }
    }

    @Test("A missing folder is told and never made")
    func missingFolder() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("a")
            try fixture.write("file", "")
            for (path, missing) in [("a/b/f", "a/b"), ("x/y/f", "x"), ("file/f", "file")] {
                let error = deliveryError {
                    try Deliveries.checkWritable(fixture.destination(path), bytes: 1)
                }
                #expect(error?.code == .missingFolder)
                #expect(error?.path == fixture.path(missing))
                #expect(deliveryError { _ = try fixture.state(path) }?.code == .missingFolder)
            }
            #expect(fixture.names("") == ["a", "file"])
        }
    }

    @Test("A root that vanishes is told")
    func vanishedRoot() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("root")
            let destination = try Destination.resolve(path: fixture.path("root/f"), roots: [fixture.path("root")])
            try fixture.remove("root")
            let error = deliveryError { _ = try Deliveries.inspect(destination) }
            #expect(error?.code == .missingFolder)
            #expect(error?.path == fixture.path("root"))
        }
    }

    @Test("What is no regular file is refused, and a pipe is not waited on")
    func notARegularFile() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("folder")
            #expect(mkfifo(fixture.path("pipe"), 0o600) == 0)
            for name in ["folder", "pipe"] {
                for act in [
                    { _ = try fixture.state(name) },
                    { try Deliveries.checkWritable(fixture.destination(name), bytes: 1) },
                    { _ = try fixture.plan(name, "new", adopt: true) },
                ] as [() throws -> Void] {
                    let error = deliveryError(act)
                    #expect(error?.code == .notARegularFile)
                    #expect(error?.path == fixture.path(name))
                }
            }
        }
    }

    @Test("A file larger than any license is not read to its end")
    func bounded() throws {
        try DeliveryFixture.run { fixture in
            try fixture.write("f", "")
            #expect(truncate(fixture.path("f"), off_t(FileState.largest) + 1) == 0)
            #expect(deliveryError { _ = try fixture.state("f") }?.code == .io)
        }
    }

    @Test("A destination that can be written passes, and the probe leaves only Gatehouse's empty folder")
    func writable() throws {
        try DeliveryFixture.run { fixture in
            try fixture.write("f", "old")
            try Deliveries.checkWritable(fixture.destination("f"), bytes: 2048)
            #expect(fixture.names("") == [House.name, "f"])
            #expect(fixture.names(House.name) == [])
            #expect(try permissions(fixture.path(House.name)) == 0o700)
        }
    }

    @Test("Gatehouse's own folder is closed to others again")
    func closesHouse() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder(House.name)
            #expect(chmod(fixture.path(House.name), 0o777) == 0)
            try Deliveries.checkWritable(fixture.destination("f"), bytes: 1)
            #expect(try permissions(fixture.path(House.name)) == 0o700)
        }
    }

    @Test("A stranger's folder in the place of Gatehouse's is refused", .enabled(if: geteuid() == 0))
    func strangersHouse() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder(House.name)
            #expect(chown(fixture.path(House.name), 65534, 65534) == 0)
            let error = deliveryError { try Deliveries.checkWritable(fixture.destination("f"), bytes: 1) }
            #expect(error?.code == .notWritable)
            #expect(error?.message.contains("belongs to user number 65534") == true)
        }
    }

    @Test("A file in the place of Gatehouse's folder is told")
    func fileForHouse() throws {
        try DeliveryFixture.run { fixture in
            try fixture.write(House.name, "")
            let error = deliveryError { try Deliveries.checkWritable(fixture.destination("f"), bytes: 1) }
            #expect(error?.code == .notWritable)
            #expect(error?.path == fixture.path(House.name))
        }
    }

    #if os(Linux)
        @Test("A folder where nobody may write is told with the permission that is needed")
        func notWritable() throws {
            let destination = try Destination(root: "/sys", components: ["license.xml"])
            let error = deliveryError { try Deliveries.checkWritable(destination, bytes: 1) }
            #expect(error?.code == .notWritable)
            #expect(error?.message.contains("(number \(geteuid()))") == true || error?.errno == EROFS)
        }
    #endif

    @Test("A folder that is closed to this user is told", .enabled(if: geteuid() != 0))
    func noPermission() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("closed")
            #expect(chmod(fixture.path("closed"), 0o555) == 0)
            let error = deliveryError { try Deliveries.checkWritable(fixture.destination("closed/f"), bytes: 1) }
            #expect(error?.code == .notWritable)
            #expect(error?.errno == EACCES)
            #expect(error?.path == fixture.path("closed"))
        }
    }

    @Test("Too little space is told with how much there is and how much is needed")
    func noSpace() throws {
        try DeliveryFixture.run { fixture in
            let error = deliveryError { try Deliveries.checkWritable(fixture.destination("f"), bytes: .max - 1) }
            #expect(error?.code == .noSpace)
            #expect(error?.message.contains("bytes free") == true)
            #expect(fixture.names("") == [])
        }
    }

    @Test("A read-only filesystem is told as such", .enabled(if: TinyFilesystem.isAvailable))
    func readOnly() throws {
        try DeliveryFixture.run { fixture in
            try TinyFilesystem.run(fixture, "tiny") {
                try #require(TinyFilesystem.makeReadOnly(fixture.path("tiny")))
                let error = deliveryError { try Deliveries.checkWritable(fixture.destination("tiny/f"), bytes: 1) }
                #expect(error?.code == .notWritable)
                #expect(error?.errno == EROFS)
                #expect(error?.message.contains("mount the filesystem for writing") == true)
            }
        }
    }

    @Test(
        "The system's failures are told by what can be done about them",
        arguments: [
            (EACCES, DeliveryError.Code.notWritable), (EPERM, .notWritable), (EROFS, .notWritable),
            (ENOSPC, .noSpace), (EDQUOT, .noSpace), (ELOOP, .symbolicLink), (ENOENT, .missingFolder),
            (EIO, .io), (EXDEV, .io), (ESTALE, .io),
        ])
    func systemErrors(_ number: Int32, _ code: DeliveryError.Code) {
        let error = DeliveryError.system(SystemFailure(number: number), "/srv/\u{202E}f", "can't be written")
        #expect(error.code == code)
        #expect(error.errno == number)
        #expect(error.message.hasPrefix("\"/srv/\\u{202E}f\" can't be written: "))
        #expect(error.message.contains("; "))
    }

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}
