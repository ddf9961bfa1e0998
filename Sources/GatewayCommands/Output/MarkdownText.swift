/// Text in Markdown.
enum MarkdownText {
    /// A text as a cell of a Markdown table: nothing in it ends the cell or the row, and none of it is markup.
    static func cell(_ text: String) -> String {
        var cell = ""
        for scalar in text.unicodeScalars {
            if scalar.value < 32 {
                cell += " "
            } else {
                if "\\`*_[]<>|".unicodeScalars.contains(scalar) { cell += "\\" }
                cell.unicodeScalars.append(scalar)
            }
        }
        return cell
    }
}
