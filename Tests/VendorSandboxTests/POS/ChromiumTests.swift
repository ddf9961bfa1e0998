import Foundation
import Testing
import VendorSandbox

@Suite("POS: the pages in a browser", .enabled(if: Chromium.path != nil, "chromium is not there"))
struct ChromiumTests {
    /// Where pictures of the pages go; nowhere where it is not set.
    private static let pictures = ProcessInfo.processInfo.environment["GATEHOUSE_PICTURES"]

    @Test("A device is authorized by keyboard alone, at the width of a desk and of a phone", arguments: [1_100, 360])
    func keyboard(_ width: Int) async throws {
        let path = try #require(Chromium.path)
        let book = POSBooks.two
        try await RunningSandbox.with(book) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            let (url, folder) = (sandbox.ready.url, sandbox.folder)
            let seen = try await blocking {
                var person = try Person(Chromium(path, in: folder, width: width), "\(width)")
                try person.authorize(url + "/pos/device?user_code=\(begun.userCode)", begun.userCode)
                return person.seen
            }
            #expect(seen.map(\.title) == Self.titles)
            for page in seen {
                #expect(page.overflow <= 0, "\(page.title) is wider than the window")
                #expect(page.isFocusSeen, "\(page.title) does not show where the keyboard is")
                if let pictures = Self.pictures {
                    try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
                    try page.picture.write(to: URL(fileURLWithPath: "\(pictures)/\(page.name).png"))
                }
            }
            #expect(seen.last?.complaints == [])
            try await #expect(client.poll(begun).status == 200)
        }
    }

    private static let titles = [
        "Log in", "Error: Log in", "Choose the organization", "Authorize Device", "Error: Authorize Device",
        "Authorize Front Street \"East\"?", "Device authorized", "Devices",
        "Remove the license of Front Street \"East\"?", "Devices",
    ].map { $0 + " (POS stand-in)" }
}

/// Somebody who has a keyboard and no mouse.
private struct Person {
    struct Page: Sendable {
        let name: String
        let title: String
        /// How many pixels the page is wider than the window.
        let overflow: Int
        /// Whether the place of the keyboard is shown; at the heading it need not be.
        let isFocusSeen: Bool
        let picture: Data
        let complaints: [String]
    }

    private let browser: Chromium
    private let name: String
    private(set) var seen: [Page] = []

    init(_ browser: Chromium, _ name: String) {
        self.browser = browser
        self.name = name
    }

    mutating func authorize(_ link: String, _ code: String) throws {
        try browser.open(link)
        try look()
        try browser.type("mara")
        try browser.tab()
        try browser.type("wrong")
        try browser.enter()
        try look()
        // The login is there still, and the keyboard at it.
        try browser.tab()
        try browser.type(POSBooks.login.password)
        try browser.enter()
        try look()
        try browser.tab()
        try browser.enter()
        try look()
        try browser.type("F")
        try browser.tab()
        try browser.selectAll()
        try browser.type("bbbb bbbb")
        try browser.enter()
        try look()
        // The keyboard is at the code that was wrong.
        try browser.selectAll()
        try browser.type(code.lowercased())
        try browser.enter()
        try look()
        try browser.tab()
        try browser.enter()
        try look()
        try browser.tab()
        try browser.enter()
        try look()
        try browser.tab()
        try browser.enter()
        try look()
        try browser.tab(2)
        try browser.enter()
        try look()
    }

    private mutating func look() throws {
        let focus = "getComputedStyle(document.activeElement).outlineStyle"
        let place: String = try browser.value("document.activeElement.tagName")
        seen.append(
            Page(
                name: "\(name)-\(seen.count + 1)", title: try browser.value("document.title"),
                overflow: try browser.value("document.documentElement.scrollWidth - innerWidth"),
                isFocusSeen: try place == "H1" || browser.value(focus) == "solid",
                picture: try browser.picture(), complaints: browser.complaints))
    }
}
