import MarkedCSV
import MarkedText

/// What a file says: its rows, and everything that is wrong with it.
struct Reading {
    var rows: [[String]] = []
    /// Where each cell stands.
    var places: [[String]] = []
    var problems: [String] = []
    var omitted = 0
    var remarks: [String] = []
    var encoding: CSVEncoding?
    var separator: Character?
    var isCutOff = false
}

func read(_ bytes: some Sequence<UInt8>) -> Reading {
    var reading = Reading()
    var reader: CSVReader
    do throws(DiagnosticsError) {
        reader = try CSVReader(Array(bytes), file: "f.csv")
    } catch {
        reading.problems = error.diagnostics.map(\.description)
        return reading
    }
    reading.remarks = reader.remarks.map(\.description)
    (reading.encoding, reading.separator) = (reader.encoding, reader.separator)
    var row = CSVRow()
    var diagnostics = Diagnostics()
    while reader.next(&row, &diagnostics) {
        reading.rows.append((0..<row.count).map { row.text($0) })
        reading.places.append(
            (0..<row.count).map {
                let mark = reader.mark($0, of: row)
                return "\(mark.start)-\(mark.end)"
            })
        reading.isCutOff = row.isCutOff
    }
    reading.problems = diagnostics.all.map(\.description)
    reading.omitted = diagnostics.omitted
    return reading
}

func read(_ text: String) -> Reading { read(text.utf8) }
