import MarkedCSV
import MarkedText
import Testing

@Suite("What rows and cells a file has")
struct ReaderTests {
    @Test(
        "Cells are the texts between separators, in quotes or not",
        arguments: [
            ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
            ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
            ("a,b\n,\n\n1,", [["a", "b"], ["", ""], [""], ["1", ""]]),
            ("a,b\n\"1\",\"2\"\n", [["a", "b"], ["1", "2"]]),
            ("a,b\n\"x, y\",\"say \"\"no\"\"\"\n", [["a", "b"], ["x, y", "say \"no\""]]),
            ("a,b\n\"one\r\ntwo\rthree\nfour\",2\r\n", [["a", "b"], ["one\ntwo\nthree\nfour", "2"]]),
            ("a,b\n\"\",\n", [["a", "b"], ["", ""]]),
            ("a,b\n=\"00123\",\"=\"\"0;1\"\"\"\n", [["a", "b"], ["=\"00123\"", "=\"0;1\""]]),
            ("a,b\n x ,\ty\n", [["a", "b"], [" x ", "\ty"]]),
            ("", []), ("a", [["a"]]), ("\n", [[""]]), ("é,ß\n日本,🙂\n", [["é", "ß"], ["日本", "🙂"]]),
        ])
    func cells(_ row: (text: String, rows: [[String]])) {
        let reading = read(row.text)
        #expect(reading.rows == row.rows)
        #expect(reading.problems.isEmpty && reading.remarks.isEmpty)
    }

    @Test("Each cell knows its place, counted in characters and lines, also behind a cell of several lines")
    func places() {
        let reading = read("é,b\r\n\"x\r\ny\",\"z\"\r\n日,last\n")
        #expect(
            reading.places == [
                ["1:1-1:2", "1:3-1:4"], ["2:1-3:3", "3:4-3:7"], ["4:1-4:2", "4:3-4:7"],
            ])
    }

    @Test(
        "The separator is what the first line has most of outside quotes, or says",
        arguments: [
            ("a;b;c\n1;2;3,5\n", ";", ["1", "2", "3,5"]), ("a\tb\n1,1\t2\n", "\t", ["1,1", "2"]),
            ("\"a;x\";b;c,d\n1;2;3\n", ";", ["1", "2", "3"]), ("a\n1\n", ",", ["1"]),
            ("sep=;\r\na,b;c\r\n1,1;2\r\n", ";", ["1,1", "2"]), ("sep=|\na|b\n1|2\n", "|", ["1", "2"]),
            ("sep=\t\na\tb\n1\t2\n", "\t", ["1", "2"]),
        ] as [(String, Character, [String])])
    func separators(_ row: (text: String, separator: Character, last: [String])) {
        let reading = read(row.text)
        #expect(reading.separator == row.separator && reading.rows.last == row.last && reading.rows.count == 2)
    }

    @Test("Behind a line that says the separator, the lines are those of the file")
    func separatorLine() {
        #expect(read("sep=;\r\na;b\r\n").places == [["2:1-2:2", "2:3-2:4"]])
    }

    @Test("Whether the last line has an end is known")
    func ends() {
        #expect(read("a,b\n1").isCutOff && !read("a,b\n1\n").isCutOff && !read("a,b\n1\r").isCutOff)
    }
}

@Suite("How a file's characters are made out")
struct EncodingTests {
    private static let text = "name;town\r\nCafé Süd;Köln 🙂\r\n"
    private static let rows = [["name", "town"], ["Café Süd", "Köln 🙂"]]

    private static func utf16(_ text: String, littleEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            return littleEndian ? bytes : bytes.reversed()
        }
    }

    @Test("UTF-8 is read with a byte order mark and without")
    func utf8() {
        for mark in [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]] {
            let reading = read(mark + Array(Self.text.utf8))
            #expect(reading.rows == Self.rows && reading.encoding == .utf8 && reading.remarks.isEmpty)
            #expect(reading.places.first?.first == "1:1-1:5")
        }
    }

    @Test("UTF-16 is read behind its byte order mark, in both orders of bytes")
    func utf16() {
        let little = read([0xFF, 0xFE] + Self.utf16(Self.text, littleEndian: true))
        #expect(little.rows == Self.rows && little.encoding == .utf16LittleEndian)
        let big = read([0xFE, 0xFF] + Self.utf16(Self.text, littleEndian: false))
        #expect(big.rows == Self.rows && big.encoding == .utf16BigEndian)
    }

    @Test("What is not UTF-8 is read as Windows-1252, and that is told with the first such place")
    func windows() {
        let reading = read(
            Array("name;price\nCaf".utf8) + [0xE9, 0x20, 0x93, 0x94] + Array(";5 ".utf8) + [0x80, 0x0A])
        #expect(reading.rows == [["name", "price"], ["Café “”", "5 €"]] && reading.encoding == .windows1252)
        #expect(reading.problems.isEmpty && reading.remarks.count == 1)
        #expect(
            reading.remarks.first?.hasPrefix("f.csv:2:4: warning: not UTF-8: the file is read as Windows-1252") == true)
        #expect(reading.places.last == ["2:1-2:8", "2:9-2:12"])
    }

    @Test(
        "What can't be made out is refused at its place",
        arguments: [
            (Array("é,b\n".utf8) + [0xE9], "2:1: error: not valid UTF-8, although the character at 1:1 is"),
            ([0xEF, 0xBB, 0xBF] + Array("a,b\n1".utf8) + [0xE9], "2:2: error: not valid UTF-8, which the file's"),
            (Array("a,b\n".utf8) + [0xE9, 0x81], "2:2: error: neither UTF-8 nor Windows-1252: the byte 0x81"),
            ([0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00, 0x00, 0xD8, 0x61, 0x00], "2:1: error: not valid UTF-16: half"),
            ([0xFF, 0xFE, 0x61, 0x00, 0x62], "1:2: error: not valid UTF-16: the file ends within"),
            ([0x50, 0x4B, 0x03, 0x04, 0x14], "1:1: error: this is no CSV but a workbook"),
        ] as [([UInt8], String)])
    func refused(_ row: (bytes: [UInt8], told: String)) {
        let reading = read(row.bytes)
        #expect(reading.rows.isEmpty && reading.problems.count == 1)
        #expect(reading.problems.first?.hasPrefix("f.csv:" + row.told) == true, "\(reading.problems)")
    }
}

@Suite("What a file gets wrong")
struct MistakeTests {
    @Test(
        "A row with a mistake is told at its place and left out, and the rows behind it are read",
        arguments: [
            ("a,b\n5\" pipe,2\nx,y\n", "2:2: error: a quote inside a cell that is not in quotes"),
            ("a,b\n1,\"2\" x\nx,y\n", "2:6: error: text behind the quote that closes a cell"),
            ("a,b\n1,\"2\"\"\" \nx,y\n", "2:8: error: text behind the quote that closes a cell"),
            ("a,b\n1,\u{7}\nx,y\n", "2:3: error: control character 0x07"),
            ("a,b\n1,\"2\u{0}\"\nx,y\n", "2:5: error: NUL character: this is no text"),
            ("a,b\n\"1\n2\",3\u{7F}\nx,y\n", "3:5: error: control character 0x7F"),
        ])
    func mistakes(_ row: (text: String, told: String)) {
        let reading = read(row.text)
        #expect(reading.rows == [["a", "b"], ["x", "y"]])
        #expect(reading.problems.count == 1)
        #expect(reading.problems.first?.hasPrefix("f.csv:" + row.told) == true, "\(reading.problems)")
    }

    @Test("A quote that is never closed is told where it opens, and nothing behind it is believed")
    func open() {
        let reading = read("a,b\n1,2\n3,\"4\n5,6\n7,8\n")
        #expect(reading.rows == [["a", "b"], ["1", "2"]])
        #expect(
            reading.problems.map { String($0.prefix(55)) } == [
                "f.csv:3:3: error: the quote that opens here is never cl"
            ])
    }

    @Test("A problem is shown with its line and a caret below its place")
    func shown() throws {
        var reader = try CSVReader(Array("a,b\nfür,5\" x\n".utf8), file: "f.csv")
        var (row, diagnostics) = (CSVRow(), Diagnostics())
        while reader.next(&row, &diagnostics) {}
        #expect(
            diagnostics.all.first?.shown.hasPrefix(
                """
                f.csv:2:6: error: a quote inside a cell that is not in quotes
                    für,5" x
                         ^
                """) == true, "\(diagnostics.all.first?.shown ?? "")")
    }
}

@Suite("Writing")
struct WriterTests {
    @Test(
        "What was written is read again as it was", arguments: CSVWriter.Separator.allCases)
    func roundTrip(_ separator: CSVWriter.Separator) {
        let rows = [
            ["customer", "notes", "more"], ["a;b,c\td", "say \"no\"", ""], ["one\ntwo", "=\"001\"", "'"],
            ["\"", "é 🙂", " x "], ["", "", ""],
        ]
        var writer = CSVWriter(separator: separator)
        for row in rows {
            for cell in row { writer.cell(cell) }
            writer.endRow()
        }
        let reading = read(writer.bytes)
        #expect(reading.rows == rows && reading.problems.isEmpty && reading.encoding == .utf8)
        #expect(writer.bytes.starts(with: [0xEF, 0xBB, 0xBF]) && writer.bytes.suffix(2) == [13, 10])
    }
}
