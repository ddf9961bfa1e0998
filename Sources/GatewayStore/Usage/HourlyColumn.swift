/// A number for each hour of a day in UTC, as it stands in a column: runs of hours that have one, each with the hour that
/// it begins at: `8:3,5,7 20:1`. What is missing is 0, so nights and holidays take no room.
public enum HourlyColumn {
    /// The text for a column.
    ///
    /// - Parameter hours: 24 numbers, 0 or more.
    public static func write(_ hours: [Int]) -> String {
        var text = ""
        var inRun = false
        for (hour, number) in hours.enumerated() {
            guard number > 0 else {
                inRun = false
                continue
            }
            if inRun {
                text += ","
            } else {
                if !text.isEmpty { text += " " }
                text += "\(hour):"
            }
            inRun = true
            text += String(number)
        }
        return text
    }

    /// The 24 numbers that a column says. What can't be read counts as 0.
    public static func read(_ text: String) -> [Int] {
        var hours = [Int](repeating: 0, count: 24)
        // Until it is said, it is none of the day's.
        var hour = 24
        var number = 0
        func put() { if hour < 24 { hours[hour] = number } }
        var any = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ":"):
                hour = number
                number = 0
                any = false
            case UInt8(ascii: ","):
                put()
                hour += 1
                number = 0
            case UInt8(ascii: " "):
                put()
                number = 0
            case 48...57:
                number = min(number * 10 + Int(byte - 48), 1_000_000_000)
                any = true
            default: break
            }
        }
        if any { put() }
        return hours
    }

    /// The greatest of the numbers that a column says.
    public static func peak(_ text: String) -> Int { read(text).max() ?? 0 }
}
