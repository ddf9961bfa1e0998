/// Everything that the authorization server remembers. Its parts change only through functions that are told the time.
struct POSState: Sendable {
    var codes = DeviceCodes()
    var licenses = Licenses()
    var keys = TokenKeys()
    var sessions = Sessions()
    var tries = WrongTries()
}
