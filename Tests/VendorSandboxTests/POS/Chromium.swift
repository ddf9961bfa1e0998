import Foundation

/// A headless Chromium that is led through its debugging pipe: messages of JSON, each with a zero byte behind.
final class Chromium {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Where the machine has one; nil where it has none.
    static let path = Tool.found("chromium")

    private let process = Process()
    private let input: FileHandle
    private let output: FileHandle
    private var received: [UInt8] = []
    private var events: [[String: Any]] = []
    private var session: String?
    private var number = 0

    /// - Parameters:
    ///   - path: The program.
    ///   - folder: Takes its profile and its two pipes.
    ///   - width: Of the window, in CSS pixels.
    init(_ path: String, in folder: Folder, width: Int) throws {
        let pipes = try ["in", "out"].map { name in
            let pipe = "\(folder.path)/\(width).\(name)"
            guard mkfifo(pipe, 0o600) == 0 else { throw Failure(description: "mkfifo: \(errno)") }
            return pipe
        }
        // Opened for both ways, none of them waits for the other end.
        let ends = pipes.map { Glibc.open($0, O_RDWR | O_CLOEXEC) }
        input = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        output = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", #"in=$1 out=$2; shift 2; exec "$@" 3<"$in" 4>"$out""#, "sh", pipes[0], pipes[1], path,
            "--headless=new",
            "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe",
            "--user-data-dir=\(folder.path)/\(width).profile", "about:blank",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let target = try call("Target.createTarget", ["url": "about:blank"])["targetId"] as? String ?? ""
        session = try call("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"] as? String
        for domain in ["Page", "Runtime", "Log"] { try call("\(domain).enable") }
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500])
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// What it found wrong with the pages, such as something that their policy forbids.
    var complaints: [String] {
        events.filter { $0["method"] as? String == "Log.entryAdded" }.compactMap { event in
            let entry = (event["params"] as? [String: Any])?["entry"] as? [String: Any]
            return entry?["text"] as? String
        }.filter { !$0.contains("favicon") && !$0.contains("status of 422") }
    }

    // MARK: A person's doings

    func open(_ url: String) throws { try waitingForPage { try call("Page.navigate", ["url": url]) } }

    func type(_ text: String) throws {
        for character in text { try call("Input.dispatchKeyEvent", ["type": "char", "text": String(character)]) }
    }

    func tab(_ times: Int = 1) throws {
        for _ in 0..<times { try press("Tab", 9) }
    }

    /// Presses Enter, which leads to another page.
    func enter() throws { try waitingForPage { try press("Enter", 13, text: "\r") } }

    /// Marks all of the field, so that what is typed next takes its place.
    func selectAll() throws { try press("a", 65, modifiers: 2, commands: ["selectAll"]) }

    /// The value of an expression.
    func value<Value>(_ expression: String, as type: Value.Type = Value.self) throws -> Value {
        let result = try call("Runtime.evaluate", ["expression": expression, "returnByValue": true])["result"]
        guard let value = (result as? [String: Any])?["value"] as? Value else {
            throw Failure(description: "\(expression): \(result ?? "nothing")")
        }
        return value
    }

    /// The page as it looks, in full length.
    func picture() throws -> Data {
        let taken = try call("Page.captureScreenshot", ["format": "png", "captureBeyondViewport": true])
        return (taken["data"] as? String).flatMap { Data(base64Encoded: $0) } ?? Data()
    }

    // MARK: The pipe

    private func press(
        _ key: String, _ code: Int, text: String? = nil, modifiers: Int = 0, commands: [String] = []
    ) throws {
        var event: [String: Any] = [
            "type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": modifiers,
            "commands": commands,
        ]
        event["text"] = text
        try call("Input.dispatchKeyEvent", event)
        event["type"] = "keyUp"
        event["text"] = nil
        event["commands"] = nil
        try call("Input.dispatchKeyEvent", event)
    }

    private func waitingForPage(_ act: () throws -> Void) throws {
        events.removeAll { $0["method"] as? String == "Page.loadEventFired" }
        try act()
        while !events.contains(where: { $0["method"] as? String == "Page.loadEventFired" }) {
            events.append(try receive())
        }
        // The keyboard is put where the page wants it with the first picture that is drawn of it.
        let drawn = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
        try call("Runtime.evaluate", ["expression": drawn, "awaitPromise": true])
    }

    @discardableResult
    private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        number += 1
        var message: [String: Any] = ["id": number, "method": method, "params": parameters]
        message["sessionId"] = session
        try input.write(contentsOf: JSONSerialization.data(withJSONObject: message) + [0])
        while true {
            let answer = try receive()
            guard answer["id"] as? Int == number else {
                events.append(answer)
                continue
            }
            guard let result = answer["result"] as? [String: Any] else {
                throw Failure(description: "\(method): \(answer)")
            }
            return result
        }
    }

    /// The next message, for which it waits a minute at most.
    private func receive() throws -> [String: Any] {
        while true {
            if let end = received.firstIndex(of: 0) {
                let message = try JSONSerialization.jsonObject(with: Data(received[..<end]))
                received.removeSubrange(...end)
                return message as? [String: Any] ?? [:]
            }
            var ready = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 60_000) == 1 else { throw Failure(description: "the browser says nothing") }
            received += output.availableData
        }
    }
}
