// SPDX-License-Identifier: Apache-2.0
import CKari

/// Where a tablet lives. Its keys are in the key store of this platform, on Linux files, which are
/// for development and for disks that are encrypted; or in one of the app's.
public struct Place: Sendable {
    /// Of the database.
    public var directory: String
    /// Of the key store; its parent exists. Left out: ``directory`` with `.keys` at its end.
    public var keys: String
    /// Left out: warnings and errors go to standard error.
    public var logFile: String
    /// IANA, until the unit's is known. Left out: the machine's.
    public var zone: String
    /// Of the sentences in views.
    public var language: Language
    /// Instead of the platform's; ``keys`` is then not used.
    public var keyStore: (any KeyStore)?

    /// Says where; the rest is left out.
    public init(
        directory: String,
        keys: String = "",
        logFile: String = "",
        zone: String = "",
        language: Language = .nb,
        keyStore: (any KeyStore)? = nil
    ) {
        self.directory = directory
        self.keys = keys
        self.logFile = logFile
        self.zone = zone
        self.language = language
        self.keyStore = keyStore
    }

    func lent(_ lent: Lent) -> kari_device_options {
        var to = kari_device_options()
        to.struct_size = MemoryLayout<kari_device_options>.stride
        to.directory = lent.text(directory)
        to.keys = lent.text(keys)
        to.log_file = lent.text(logFile)
        to.zone = lent.text(zone)
        to.language = language.rawValue
        to.key_store = lent.maybe(keyStore) { kari_key_store(retaining: $0) }
        return to
    }
}

/// How a machine becomes a tablet of a unit. A PIN is a `String`: keep it no longer than the call.
public struct Enrolment: Sendable, Unlogged {
    /// Where it is to live.
    public var place: Place
    /// "https://host:port".
    public var server: String
    /// One-time; carries the server's pin.
    public var code: String
    /// The first nurse; the unit's directory lists them.
    public var person: PersonId
    /// 4 to 64 characters.
    public var pin: String
    /// May be left out.
    public var deviceName: String
    /// Cost of trying PINs, in KiB; 0: 64 MiB and 3 rounds, about 0.3 s.
    public var pinMemoryKib: Int
    /// Rounds; 0: as above.
    public var pinIterations: Int

    /// Says how; the rest is left out.
    public init(
        place: Place,
        server: String,
        code: String,
        person: PersonId,
        pin: String,
        deviceName: String = "",
        pinMemoryKib: Int = 0,
        pinIterations: Int = 0
    ) {
        self.place = place
        self.server = server
        self.code = code
        self.person = person
        self.pin = pin
        self.deviceName = deviceName
        self.pinMemoryKib = pinMemoryKib
        self.pinIterations = pinIterations
    }

    func lent(_ lent: Lent) -> kari_enrol_options {
        var to = kari_enrol_options()
        to.struct_size = MemoryLayout<kari_enrol_options>.stride
        to.device = lent.one(place.lent(lent))
        to.server = lent.text(server)
        to.code = lent.text(code)
        to.device_name = lent.text(deviceName)
        to.person = person.c
        to.pin = lent.text(pin)
        to.pin_memory_kib = UInt32(clamping: pinMemoryKib)
        to.pin_iterations = UInt32(clamping: pinIterations)
        return to
    }
}
