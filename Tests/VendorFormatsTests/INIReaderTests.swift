import AdapterKit
import Testing
import VendorFormats

@Suite("Bounded INI")
struct INIReaderTests {
    typealias Document = BoundedINI.Document
    typealias Entry = BoundedINI.Entry
    typealias Section = BoundedINI.Section

    @Test("A good file becomes its sections, with keys, values and lines")
    func reads() throws {
        let text = """
            ; who
            # and what

              [RegInfo]\u{20}
            Company = Caf\u{E9} & "Sons"; Ltd. = 1
            Serial=1047926
            PK1=

            [License]
            Users\t=\t12\t
            """
        let document = try BoundedINI.read(text.utf8)
        #expect(
            document
                == Document(sections: [
                    Section(
                        name: "RegInfo",
                        entries: [
                            Entry(key: "Company", value: "Caf\u{E9} & \"Sons\"; Ltd. = 1", line: 5),
                            Entry(key: "Serial", value: "1047926", line: 6), Entry(key: "PK1", value: "", line: 7),
                        ], line: 4),
                    Section(name: "License", entries: [Entry(key: "Users", value: "12", line: 10)], line: 9),
                ]))
        #expect(document.section("REGINFO")?.value("serial") == "1047926")
        #expect(document.section("RegInfo")?.value("PK1") == nil && document.section("Reg") == nil)
    }

    @Test(
        "Lines end with LF or CR LF, the last one too or not; a byte order mark may stand before the first",
        arguments: ["[A]\nB=1\n", "[A]\r\nB=1\r\n", "[A]\r\nB=1", "\u{FEFF}[A]\nB=1", "[A]\n\n\nB=1\n\n"])
    func ends(_ text: String) throws {
        let document = try BoundedINI.read(text.utf8)
        #expect(document.sections.map(\.name) == ["A"] && document.section("a")?.value("b") == "1")
    }

    @Test("A file without anything in it is one of no sections", arguments: ["", "\n", "; x", "\u{FEFF}", " \t\r\n"])
    func empty(_ text: String) throws {
        #expect(try BoundedINI.read(text.utf8) == Document(sections: []))
    }

    static let longName = String(repeating: "a", count: 65)

    @Test(
        "What readers would understand differently, and what is no INI, is refused with its line",
        arguments: [
            ("A=1", 1, "before the first section"), ("[A]\nB", 2, "neither a section nor a key"),
            ("[A]\n=1", 2, "no key's name"), ("[A]\n\"B\"=1", 2, "no key's name"),
            ("[A]\nB =1\n B=2", 3, "after line 2"),
            ("[A]\nB=1\nb=2", 3, "after line 2"), ("[A]\n[B]\n[a]", 3, "after line 1"),
            ("[A", 1, "does not end with ]"),
            ("[A] ; x", 1, "does not end with ]"), ("[]", 1, "no name of a section"),
            ("[A]]", 1, "no name of a section"),
            ("[A  B]", 1, "no name of a section"), ("[\(longName)]", 1, "no name of a section"),
            ("[A]\n\(longName)=1", 2, "no key's name"), ("[A]\nCaf\u{E9}=1", 2, "no key's name"),
            ("[A]\nB=1\rC=2\n", 2, "control character"), ("[A]\rB=1\r", 1, "control character"),
            ("[A]\nB=1\r", 2, "control character"), ("[A]\nB=\u{0}", 2, "control character"),
            ("[A]\nB=x\u{1B}[31m", 2, "control character"), ("[A]\nB=\u{7F}", 2, "control character"),
            ("[A]\nB=\u{85}", 2, "control character"), ("; \u{8}", 1, "control character"),
            ("[A]\nB=1\t2", 2, "a tab stands within"),
            ("[A]\nB=1\\\n2", 3, "neither a section nor a key"), ("{\"A\": 1}", 1, "neither a section nor a key"),
            ("<?xml version=\"1.0\"?>", 1, "no key's name"), ("\u{0}[A]", 1, "UTF-16 or no text"),
        ])
    func refuses(_ text: String, _ line: Int, _ why: String) {
        expect([UInt8](text.utf8), line, why)
    }

    @Test("Another encoding than UTF-8 is told as such")
    func encodings() {
        expect([0xFF, 0xFE, 0x5B, 0], 1, "UTF-16")
        expect([0xFE, 0xFF, 0, 0x5B], 1, "UTF-16")
        expect([0x5B, 0, 0x41, 0], 1, "UTF-16")
        expect(Array("[A]\nB=1\nC=Soci".utf8) + [0xE9, 0x74, 0xE9, 10], 3, "not UTF-8")
        expect(Array("[A]\nB=".utf8) + [0xC0, 0xAF], 2, "not UTF-8")
        expect(Array("[A]\nB=".utf8) + [0xED, 0xA0, 0x80, 10], 2, "not UTF-8")
        expect(Array("[A]\nB=".utf8) + [0xC3], 2, "not UTF-8")
    }

    @Test("Nothing has more than the limits, and everything has as much")
    func limits() throws {
        let limits = BoundedINI.Limits(bytes: 60, lines: 5, line: 12, sections: 2, entries: 3)
        _ = try BoundedINI.read("[A]\nB=1234567890\r\nC=1\n[D]\nE=".utf8, limits: limits)
        for (text, why) in [
            ("[A]\nB=12345678901", "Line 2 of the INI file is wrong: it is longer than 12 bytes."),
            ("\n\n\n\n\n\n", "Line 6 of the INI file is wrong: there are more than 5 lines."),
            ("[A]\n[B]\n[C]", "Line 3 of the INI file is wrong: there are more than 2 sections."),
            ("[A]\nB=\nC=\nD=\nE=", "Line 5 of the INI file is wrong: there are more than 3 keys."),
            (String(repeating: "a", count: 61), "The INI file has 61 bytes; at most 60 are allowed."),
        ] {
            let error = #expect(throws: AdapterError.self) { try BoundedINI.read(text.utf8, limits: limits) }
            #expect(error?.message == why)
        }
    }

    @Test("A file of the greatest size costs little, whatever it is made of")
    func cost() {
        let size = BoundedINI.Limits().bytes
        for unit in ["[", "]", "=", "\n", ";\n", "[A]\n", "a=\n", " ", "\t", "\u{20AC}", "\r\n"] {
            let text = String(repeating: unit, count: size / unit.utf8.count)
            let start = ContinuousClock.now
            _ = try? BoundedINI.read(text.utf8)
            #expect(ContinuousClock.now - start < .seconds(1), "\(unit.debugDescription)")
        }
    }

    @Test("No message repeats what stands in the file: it may be a key")
    func discreet() {
        for text in [
            "[A]\nSECRET7=1\nsecret7=2", "[SECRET7", "SECRET7=1", "SECRET7", "[A]\nSECRET7\tSECRET7=1",
            "[A]\nB=SECRET7\u{1}",
            "[SECRET7]\n[SECRET7]",
        ] {
            let error = #expect(throws: AdapterError.self) { try BoundedINI.read(text.utf8) }
            #expect(error?.message.lowercased().contains("secret7") == false)
        }
    }

    @Test("A section or key that must be there is named where it is not")
    func missing() throws {
        let document = try BoundedINI.read("\n[A]\nB=\n".utf8)
        let section = #expect(throws: AdapterError.self) { try document.required("RegInfo") }
        #expect(section?.message == "The INI file has no section [RegInfo].")
        let key = #expect(throws: AdapterError.self) { try document.required("a").required("B") }
        #expect(key?.message == "The section [A] on line 2 of the INI file has no B.")
    }

    private func expect(_ bytes: [UInt8], _ line: Int, _ why: String) {
        let error = #expect(throws: AdapterError.self) { try BoundedINI.read(bytes) }
        #expect(error?.code == .malformed)
        #expect(error?.message.hasPrefix("Line \(line) of the INI file is wrong: ") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
    }
}
