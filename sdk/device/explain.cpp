// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <vector>

#include <kari/device.hpp>

#include "sdk/clinical/catalogue.hpp"

namespace kari {

namespace {

struct ErrorText {
    ErrorCode code;
    std::string_view nb;
    std::string_view en;
};

// What happened, in a few words. What to do about it stands in the clinical catalogue.
constexpr std::array k_said{
    ErrorText{ErrorCode::invalid_argument, "Noe mangler eller passer ikke i det som ble oppgitt.",
              "Something is missing or does not fit in what was given."},
    ErrorText{ErrorCode::not_found, "Det finnes ikke her.", "It is not here."},
    ErrorText{ErrorCode::already_exists, "Det finnes fra før.", "It exists already."},
    ErrorText{ErrorCode::malformed, "Det kan ikke leses.", "It cannot be read."},
    ErrorText{ErrorCode::too_large, "Det er for stort.", "It is too large."},
    ErrorText{ErrorCode::too_many, "Det er for mange.", "There are too many."},
    ErrorText{ErrorCode::too_deep, "Det er for dypt nøstet.", "It is nested too deep."},
    ErrorText{ErrorCode::cancelled, "Avbrutt.", "Cancelled."},
    ErrorText{ErrorCode::internal, "En feil i programmet.", "A defect in the program."},
    ErrorText{ErrorCode::storage_full, "Nettbrettet er fullt. Ingenting ble lagret av dette.",
              "The tablet is full. Nothing of this was saved."},
    ErrorText{ErrorCode::storage_failed, "Lagringen svarer ikke.", "The storage does not answer."},
    ErrorText{ErrorCode::storage_corrupt, "Databasen er skadet.", "The database is damaged."},
    ErrorText{ErrorCode::storage_truncated, "Databasen er avkortet.", "The database is cut short."},
    ErrorText{ErrorCode::wrong_key, "Nøkkelen passer ikke til databasen.",
              "The key does not fit the database."},
    ErrorText{ErrorCode::not_encrypted, "Databasen er ikke kryptert, og brukes ikke.",
              "The database is not encrypted, and is not used."},
    ErrorText{ErrorCode::schema_too_new, "Databasen er fra en nyere versjon.",
              "The database is of a newer version."},
    ErrorText{ErrorCode::storage_missing, "Databasen er borte fra nettbrettet.",
              "The database is gone from the tablet."},
    ErrorText{ErrorCode::in_use, "Det er i bruk.", "It is in use."},
    ErrorText{ErrorCode::locked, "Nettbrettet er låst.", "The tablet is locked."},
    ErrorText{ErrorCode::wrong_pin, "Feil PIN.", "Wrong PIN."},
    ErrorText{ErrorCode::pin_delayed, "For mange feil PIN. Det må ventes.",
              "Too many wrong PINs. There is a wait."},
    ErrorText{ErrorCode::wiped, "Nøkkelen er slettet etter for mange feil PIN.",
              "The key was destroyed after too many wrong PINs."},
    ErrorText{ErrorCode::not_enrolled, "Nettbrettet er ikke tatt i bruk.",
              "The tablet is not enrolled."},
    ErrorText{ErrorCode::lease_ended, "Nettbrettet har vært for lenge uten kontakt med serveren.",
              "The tablet has been too long without the server."},
    ErrorText{ErrorCode::key_store_failed, "Nøkkellageret svarer ikke.",
              "The key store does not answer."},
    ErrorText{ErrorCode::key_store_missing, "Nettbrettets nøkler er borte.",
              "The tablet's keys are gone."},
    ErrorText{ErrorCode::offline, "Ingen forbindelse med serveren.",
              "No connection to the server."},
    ErrorText{ErrorCode::timed_out, "Serveren svarte ikke i tide.",
              "The server did not answer in time."},
    ErrorText{ErrorCode::server_busy, "Serveren er opptatt.", "The server is busy."},
    ErrorText{ErrorCode::server_untrusted, "Dette er ikke serveren som nettbrettet kjenner.",
              "This is not the server that the tablet knows."},
    ErrorText{ErrorCode::device_unknown, "Serveren kjenner ikke nettbrettet.",
              "The server does not know the tablet."},
    ErrorText{ErrorCode::device_revoked, "Nettbrettet er sperret.", "The tablet is revoked."},
    ErrorText{ErrorCode::device_expired, "Nettbrettets bevis er utløpt.",
              "The tablet's certificate has expired."},
    ErrorText{ErrorCode::code_refused, "Engangskoden gjelder ikke.",
              "The one-time code is not valid."},
    ErrorText{ErrorCode::protocol_unsupported, "Serveren og nettbrettet forstår ikke hverandre.",
              "The server and the tablet do not understand each other."},
    ErrorText{ErrorCode::quota_exceeded, "Kvoten er brukt opp.", "The quota is used up."},
    ErrorText{ErrorCode::signature_invalid, "En signatur stemmer ikke.",
              "A signature is not right."},
    ErrorText{ErrorCode::chain_broken, "Loggen henger ikke sammen.",
              "The log does not hold together."},
    ErrorText{ErrorCode::origin_forged, "En endring gir seg ut for å være serverens.",
              "A change claims to be the server's."},
    ErrorText{ErrorCode::fork_detected, "Loggen har delt seg.", "The log has forked."},
    ErrorText{ErrorCode::not_permitted, "Det er ikke tillatt.", "It is not permitted."},
    ErrorText{ErrorCode::receipt_invalid, "En kvittering gjelder ikke.", "A receipt is not valid."},
    ErrorText{ErrorCode::view_outdated, "Det som ble vist, er ikke her lenger.",
              "What was shown is not here any more."},
    ErrorText{ErrorCode::resource_incomplete, "Noe av dette er ikke her, så det kan ikke endres.",
              "Part of this is not here, so it takes no edit."},
    ErrorText{ErrorCode::resource_unreadable,
              "Dette er endret på en måte som denne versjonen ikke leser.",
              "This was changed in a way that this version cannot read."},
    ErrorText{ErrorCode::reason_required, "Det trengs en begrunnelse.", "A reason is needed."},
    ErrorText{ErrorCode::value_out_of_range, "Verdien er utenfor det som er mulig.",
              "The value is outside what is possible."},
    ErrorText{ErrorCode::unit_unknown, "Enheten er ukjent.", "The unit is unknown."},
    ErrorText{ErrorCode::time_in_future, "Tidspunktet er frem i tid.",
              "The time is in the future."},
    ErrorText{ErrorCode::order_not_active, "Ordinasjonen er ikke aktiv.",
              "The order is not active."},
    ErrorText{ErrorCode::signed_text_is_final, "Signert tekst endres ikke.",
              "Signed text is not altered."},
    ErrorText{ErrorCode::not_the_author, "Bare den som skrev det, kan endre det.",
              "Only its author can alter it."},
    ErrorText{ErrorCode::confirmation_required, "Det må bekreftes.", "It needs a second look."},
    ErrorText{ErrorCode::resource_kept_whole, "Dette kan leses her, men ikke endres.",
              "This can be read here, and takes no edit."},
};

// An error may name rules of the catalogue before its first ": ", with ", " between them. What
// they say is then nearer to the matter than what the error's number says.
std::vector<const clinical::Sentences*> rules_in(std::string_view what,
                                                 clinical::Language language) {
    std::string_view names = what.substr(0, what.find(": "));
    std::vector<const clinical::Sentences*> out;
    while (!names.empty()) {
        const auto comma = names.find(", ");
        const std::string_view name = names.substr(0, comma);
        const auto* said =
            name.find('/') == std::string_view::npos ? nullptr : sentences(name, language);
        if (said == nullptr) return {};
        out.push_back(said);
        names = comma == std::string_view::npos ? "" : names.substr(comma + 2);
    }
    return out;
}

bool asks_the_author(ErrorCode code) {
    return code == ErrorCode::reason_required || code == ErrorCode::confirmation_required;
}

}  // namespace

Explanation explain(const Error& error, Language language) {
    Explanation out;
    for (const ErrorText& said : k_said) {
        if (said.code != error.code) continue;
        out.sentence = language == Language::nb ? said.nb : said.en;
    }
    if (out.sentence.empty()) out.sentence = name(error.code);
    const auto spoken =
        language == Language::nb ? clinical::Language::bokmaal : clinical::Language::english;
    const std::string general(clinical::what_to_do(error.code, spoken));
    const auto rules = rules_in(error.what, spoken);
    if (rules.empty()) {
        out.what_to_do = general;
        return out;
    }
    if (!asks_the_author(error.code)) out.sentence.clear();
    const bool asked = error.what.starts_with("entry/") || !asks_the_author(error.code);
    for (const clinical::Sentences* rule : rules) {
        out.sentence += (out.sentence.empty() ? "" : " ") + std::string(rule->title) + ". " +
                        std::string(rule->meaning);
        out.what_to_do += (out.what_to_do.empty() ? "" : " ") + std::string(rule->next);
    }
    // What a finding says to do is not yet what to do with this entry.
    if (!asked) out.what_to_do += " " + general;
    return out;
}

}  // namespace kari
