// SPDX-License-Identifier: Apache-2.0
import CKari
import Foundation

/// What went wrong. ``code`` says which error it is; ``sentence(_:)`` and ``whatToDo(_:)`` are for
/// whoever holds the tablet; ``what`` is for logs, in English and without patient data.
///
/// A refusal is part of a nurse's day (a reason is asked for, a PIN is wrong, a sign-in ended):
///
/// ```swift
/// do {
///     try await tablet.give(dose)
/// } catch let error where error.code == .reasonRequired {
///     // ask why, and call again with an override for each of error.rules
/// }
/// ```
public struct KariError: Error, Sendable, CustomStringConvertible {
    /// The stable number; -1 and below are of this language alone.
    public let number: Int32
    /// The stable name, also the rule by which its sentences are found: `wrong_pin`.
    public let name: String
    /// Who can do something about it.
    public let advice: Advice
    /// What failed where, in English.
    public let what: String
    let sentences: [Language: (happened: String, next: String)]

    /// Which error it is.
    public var code: Code { Code(rawValue: number) ?? .unknown }

    /// What happened.
    public func sentence(_ language: Language) -> String { sentences[language]?.happened ?? what }

    /// What to do next.
    public func whatToDo(_ language: Language) -> String { sentences[language]?.next ?? "" }

    /// Of ``Code/reasonRequired``, the rules that want an override; none where it is no rule's.
    public var rules: [String] {
        guard code == .reasonRequired else { return [] }
        return what.components(separatedBy: ", ")
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.contains("/") && !$0.contains(" ") }
    }

    /// Its name and ``what``: for logs.
    public var description: String { "\(name): \(what)" }
}

extension KariError: LocalizedError {
    /// What happened, in bokmål where the app speaks Norwegian, else in English.
    public var errorDescription: String? { sentence(Self.spoken) }

    /// What to do next, likewise.
    public var recoverySuggestion: String? { whatToDo(Self.spoken) }

    private static var spoken: Language {
        let code = Locale.current.identifier.prefix(2)
        return ["nb", "nn", "no"].contains(String(code)) ? .nb : .en
    }
}

extension KariError {
    /// What an error object holds, of a call that answered `status`.
    init(_ status: kari_status, _ error: OpaquePointer?, closed: Bool) {
        let gone = closed && status == Code.invalidArgument.rawValue
        number = gone ? Code.closed.rawValue : status
        name = gone ? "closed" : String(cString: kari_status_name(status))
        advice = Advice(of: kari_status_advice(status))
        what = gone ? "the tablet was closed" : String(kari_error_what(error))
        var told: [Language: (happened: String, next: String)] = [:]
        for language in Language.allCases {
            told[language] = (
                String(kari_error_sentence(error, language.rawValue)),
                String(kari_error_what_to_do(error, language.rawValue))
            )
        }
        sentences = told
    }
}
