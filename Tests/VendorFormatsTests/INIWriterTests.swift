import AdapterKit
import Testing
import VendorFormats

@Suite("Writing INI")
struct INIWriterTests {
    @Test("What is written is read as the same")
    func writes() throws {
        var writer = BoundedINI.Writer()
        writer.section("RegInfo")
        writer.comment("Whose it is")
        writer.entry("Company", "Caf\u{E9} & [Sons]; = \"x\"")
        writer.entry("PK1", "")
        writer.section("License")
        writer.entry("Users", "12")
        let bytes = try writer.document()
        let text =
            "[RegInfo]\r\n; Whose it is\r\nCompany=Caf\u{E9} & [Sons]; = \"x\"\r\nPK1=\r\n\r\n[License]\r\nUsers=12\r\n"
        #expect(String(decoding: bytes, as: UTF8.self) == text)
        let document = try BoundedINI.read(bytes)
        #expect(document.section("RegInfo")?.value("Company") == "Caf\u{E9} & [Sons]; = \"x\"")
        #expect(document.section("License")?.value("Users") == "12")
    }

    @Test("What would be read as something else is refused whole, without its value")
    func refuses() {
        let wrong: [(inout BoundedINI.Writer) -> Void] = [
            { $0.entry("B", "SECRET7\r\n[C]") }, { $0.entry("B", " SECRET7") }, { $0.entry("B", "SECRET7 ") },
            { $0.entry("B", "\u{85}SECRET7") }, { $0.entry("B=C", "SECRET7") }, { $0.entry("", "SECRET7") },
            {
                $0.entry("b", "1"); $0.entry("B", "SECRET7")
            }, { $0.section("a") }, { $0.section("[") },
            { $0.comment("SECRET7\n[C]") },
        ]
        for (index, write) in wrong.enumerated() {
            var writer = BoundedINI.Writer()
            writer.section("A")
            write(&writer)
            let error = #expect(throws: AdapterError.self, "\(index)") { try writer.document() }
            #expect(error?.code == .malformed && error?.message.contains("SECRET7") == false)
        }
        var writer = BoundedINI.Writer()
        writer.entry("A", "1")
        #expect(throws: AdapterError.self) { try writer.document() }
    }
}
