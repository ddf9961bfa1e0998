import CCurl

/// Sets options on an easy handle and remembers the first that libcurl refused, since a safety option that did
/// not take must stop the request.
struct EasyOptions {
    let handle: UnsafeMutableRawPointer
    private(set) var refused: (option: CURLoption, result: CURLcode)?

    init(_ handle: UnsafeMutableRawPointer) {
        self.handle = handle
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        note(option, gatehouse_setopt_long(handle, option, value))
    }

    mutating func set(_ option: CURLoption, large value: Int) {
        note(option, gatehouse_setopt_large(handle, option, curl_off_t(value)))
    }

    /// libcurl copies the text.
    mutating func set(_ option: CURLoption, _ value: String?) {
        note(option, gatehouse_setopt_string(handle, option, value))
    }

    /// libcurl keeps the pointer.
    mutating func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) {
        note(option, gatehouse_setopt_pointer(handle, option, value))
    }

    mutating func set(_ option: CURLoption, callback: @escaping gatehouse_data_callback) {
        note(option, gatehouse_setopt_data_callback(handle, option, callback))
    }

    mutating func note(_ option: CURLoption, _ result: CURLcode) {
        if result != CURLE_OK, refused == nil { refused = (option, result) }
    }
}
