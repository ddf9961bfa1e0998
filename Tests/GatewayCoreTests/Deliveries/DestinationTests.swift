import Foundation
import Testing

@testable import GatewayCore

@Suite("Destinations")
struct DestinationTests {
    @Test("A path under an allowed root is taken apart at the innermost root")
    func resolves() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("customers/acme")
            let outer = try Destination.resolve(
                path: fixture.path("customers/acme/entitlements.xml"), roots: ["/elsewhere", fixture.root])
            #expect(outer.root == fixture.root)
            #expect(outer.components == ["customers", "acme", "entitlements.xml"])

            let roots = [fixture.path("customers/./acme//"), fixture.root]
            let inner = try Destination.resolve(path: outer.path, roots: roots)
            #expect(inner.root == fixture.path("customers/acme"))
            #expect(inner.path == outer.path)
            #expect(inner.folderPath == fixture.path("customers/acme"))
        }
    }

    @Test("A destination outlives the journal")
    func codes() throws {
        let destination = try Destination(root: "/", components: ["srv", "f.xml"])
        #expect(destination.path == "/srv/f.xml")
        let json = try JSONEncoder().encode(destination)
        #expect(try JSONDecoder().decode(Destination.self, from: json) == destination)
    }

    @Test(
        "A journal that was tampered with leads nowhere",
        arguments: [
            #"{"root":"/srv","components":["..","etc","passwd"]}"#, #"{"root":"/srv","components":["a/../../b"]}"#,
            #"{"root":"srv","components":["a"]}"#, #"{"root":"/srv","components":[]}"#,
        ])
    func tamperedJournal(_ json: String) {
        let error = deliveryError { _ = try JSONDecoder().decode(Destination.self, from: Data(json.utf8)) }
        #expect(error?.code == .unsafePath)
    }

    @Test(
        "A path that could lead elsewhere than it says is refused",
        arguments: [
            ("../x", "holds the name \"..\""), ("a/../x", "holds the name \"..\""), ("a/./x", "holds the name \".\""),
            ("a//x", "holds an empty name"), ("a/", "holds an empty name"), ("a\u{0}b", "control character"),
            ("a\nb", "control character"), (".gatehouse/x", "Gatehouse's own"), ("a/.gatehouse", "Gatehouse's own"),
            ("a/\u{301}/../../x", "holds the name \"..\""), ("../\u{301}x", "holds the name \"..\""),
            (String(repeating: "n", count: 201), "more than 200 bytes"),
            (String(repeating: "f", count: 256) + "/x", "more than 255 bytes"),
            (String(repeating: "d/", count: 64) + "x", "more than 64 folders deep"),
        ])
    func unsafe(_ relative: String, _ problem: String) throws {
        try DeliveryFixture.run { fixture in
            let error = deliveryError { _ = try fixture.destination(relative) }
            #expect(error?.code == .unsafePath)
            #expect(error?.message.contains(problem) == true, "\(error?.message ?? "no error")")
            // No control character reaches a terminal.
            #expect(error?.message.unicodeScalars.contains { $0.value < 32 } == false)
        }
    }

    @Test("A path that is not absolute is refused, and so is a root", arguments: ["x", "", "~/x", "C:\\Sage\\x"])
    func notAbsolute(_ path: String) {
        #expect(deliveryError { _ = try Destination.resolve(path: path, roots: ["/srv"]) }?.code == .unsafePath)
        #expect(deliveryError { _ = try Destination.resolve(path: "/srv/x", roots: [path]) }?.code == .unsafePath)
    }

    @Test("A root with \"..\" is refused, however it is spelled", arguments: ["/srv/..", "/a/../\u{301}b"])
    func rootUpwards(_ root: String) {
        #expect(deliveryError { _ = try Destination.resolve(path: "/srv/x", roots: [root]) }?.code == .unsafePath)
    }

    @Test("A path under no root is told with the roots and the option that allows another")
    func outside() throws {
        try DeliveryFixture.run { fixture in
            for path in ["/etc/passwd", fixture.root, fixture.root + "er/x"] {
                let error = deliveryError {
                    _ = try Destination.resolve(path: path, roots: [fixture.root, "/srv/other"])
                }
                #expect(error?.code == .outsideRoots)
                #expect(error?.path == path)
                for part in [path, fixture.root, "/srv/other", "--delivery-root DIR"] {
                    #expect(error?.message.contains(part) == true, "\(part)")
                }
            }
            #expect(deliveryError { _ = try Destination.resolve(path: "/x", roots: []) }?.code == .outsideRoots)
        }
    }

    @Test("Two spellings of an accented letter are two roots")
    func normalization() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("caf\u{e9}")
            let error = deliveryError {
                _ = try Destination.resolve(
                    path: fixture.path("cafe\u{301}/x"), roots: [fixture.path("caf\u{e9}")])
            }
            #expect(error?.code == .outsideRoots)
        }
    }

    @Test("A root that is missing or no folder is told once it is looked into")
    func badRoot() throws {
        try DeliveryFixture.run { fixture in
            try fixture.write("file", "")
            for name in ["missing", "file"] {
                let place = try Destination.resolve(path: fixture.path(name + "/x"), roots: [fixture.path(name)])
                let error = deliveryError { _ = try Deliveries.inspect(place) }
                #expect(error?.code == .missingFolder)
                #expect(error?.message.contains(fixture.path(name)) == true)
                #expect(error?.message.contains("--delivery-root DIR") == true)
            }
        }
    }
}
