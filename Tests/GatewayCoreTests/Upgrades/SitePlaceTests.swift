import Testing

@testable import GatewayCore

@Suite("Places of a site")
struct SitePlaceTests {
    static let places: [(text: String, host: String?, folder: String)] = [
        ("/srv/sage", nil, "/srv/sage"), ("ts1:/srv/sage", "ts1", "/srv/sage"), ("TS 1:/a b", "TS 1", "/a b"),
        ("ts1.example.com:/a:b", "ts1.example.com", "/a:b"), ("/a:/b", nil, "/a:/b"), (":/a", nil, ":/a"),
        ("ts1:a", nil, "ts1:a"), ("ts1:", nil, "ts1:"), ("", nil, ""), ("[fe80::1]:/srv", "[fe80::1]", "/srv"),
        ("fe80::1:/srv", "fe80::1", "/srv"), ("ts1:/", "ts1", "/"),
    ]

    @Test(
        "A host stands before a colon and an absolute folder, IPv6 included; everything else is a folder",
        arguments: places)
    func parsed(text: String, host: String?, folder: String) {
        let place = SitePlace(text)
        #expect(place.host == host && place.folder == folder, "\(place)")
    }
}
