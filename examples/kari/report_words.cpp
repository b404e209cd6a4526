// SPDX-License-Identifier: Apache-2.0
//
// What was written, what a sync did, logs and checks: the answers that are no chart.
#include <fmt/format.h>

#include "examples/kari/phrases.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

std::string count(const json::object& answer, std::string_view key) {
    return std::to_string(number(answer, key));
}

std::string written(const json::object& answer, const Words& w) {
    std::string out = w("Lagret på nettbrettet.\n", "Saved on the tablet.\n");
    for (const json::value& one : list(answer, "raised"))
        out += finding_words(one.as_object(), w);
    out += "  " + w("endring: ", "change:  ") + text(answer, "change") + "\n";
    for (const json::value& one : list(answer, "also")) {
        out += "  " + w("  og:    ", "  and:   ") +
               (one.is_string() ? std::string(one.get_string()) : "") + "\n";
    }
    out += "  " + w("journal: ", "record:  ") + text(answer, "record") + "\n";
    return out + "  token:   " + text(answer, "token") + "\n";
}

std::string warnings(const json::object& answer, const Words& w) {
    std::string out;
    for (const json::value& one : list(answer, "warnings")) {
        const json::object& warning = one.as_object();
        out += wrapped(
            fmt::format("[S{}] {}", number(warning, "severity"), text(warning, "sentence")), 5);
        out += wrapped("     -> " + text(warning, "action"), 8);
        out += "     " +
               (flag(warning, "needs_reason")
                    ? w("for å gi likevel: ", "to give all the same: ") + "--overrides \"" +
                          text(warning, "rule") + "=" + w("hvorfor", "why") + "\""
                    : w("til orientering", "for information")) +
               "\n";
    }
    return out.empty() ? w("Ingen varsler.\n", "No warnings.\n") : out;
}

std::string synced(const json::object& answer, const Words& w) {
    std::string out = flag(answer, "complete")
                          ? w("Synkronisert.\n", "Synced.\n")
                          : wrapped(w("Synkronisert, men noe gjenstår. Se under, og prøv igjen.",
                                      "Synced, but something is left. See below, and try again."),
                                    2);
    std::vector<Row> told{{w("sendt", "sent"), count(answer, "sent")},
                          {w("mottatt", "received"), count(answer, "received")}};
    const auto unless_none = [&](std::string_view key, std::string nb, std::string en) {
        if (number(answer, key) > 0) told.push_back({w(nb, en), count(answer, key)});
    };
    unless_none("findings_new", "nye funn", "new findings");
    unless_none("returned", "gitt tilbake til serveren", "given back to the server");
    unless_none("quarantined", "satt til side av serveren", "set aside by the server");
    unless_none("records_hidden", "journaler skjult", "records hidden");
    unless_none("records_purged", "journaler slettet her", "records removed from here");
    out += rows(told);
    if (flag(answer, "new_epoch")) {
        out +=
            wrapped(w("! Serveren er satt tilbake fra en kopi. Det den manglet, er gitt tilbake.",
                      "! The server was restored from a backup. What it lacked was given back."),
                    2);
    }
    if (flag(answer, "server_recovering")) {
        out += wrapped(w("! Serveren gjenopprettes. Ingenting blir skjult eller slettet her nå.",
                         "! The server is recovering. Nothing is hidden or removed here now."),
                       2);
    }
    for (const json::value& one : list(answer, "problems")) {
        out += "  ! " + (one.is_string() ? std::string(one.get_string()) : "") + "\n";
    }
    return out;
}

std::string status(const json::object& answer, const Words& w) {
    const json::value* last = answer.if_contains("last_complete_ms");
    const bool ever = last != nullptr && last->is_number();
    std::vector<Row> told{
        {w("ikke sendt", "not sent"), count(answer, "unsent")},
        {w("sendt, ikke sikret", "sent, not secured"), count(answer, "unsecured")},
        {w("innsyn ikke sendt", "access entries not sent"), count(answer, "access_unsent")},
        {w("sist synkronisert", "last synced"),
         ever ? w.when_ms(number(answer, "last_complete_ms")) : w("aldri", "never")}};
    if (const std::int64_t off = number(answer, "server_minus_wall_ms");
        off > 5'000 || off < -5'000) {
        told.push_back(
            {w("nettbrettets klokke", "the tablet's clock"),
             w.lasting(off) + (off > 0 ? w(" for sen", " slow") : w(" for tidlig", " fast"))});
    }
    std::string out = rows(told);
    if (flag(answer, "server_recovering")) {
        out += w("  Serveren gjenopprettes.\n", "  The server is recovering.\n");
    }
    for (const json::value& one : list(answer, "quarantined")) {
        const json::object& item = one.as_object();
        out += wrapped(fmt::format("  ! {}: {} {}", text(item, "change").substr(0, 16),
                                   text(item, "reason"), text(item, "advice")),
                       4);
    }
    return out;
}

std::string access_log(const json::object& answer, const Words& w) {
    std::string out;
    for (const json::value& one : list(answer, "entries")) {
        const json::object& line = one.as_object();
        std::string said = w.when(text(line, "recorded")) + "  " + text(line, "person_name") +
                           "  " + w.term(text(line, "purpose"));
        if (const auto listed = list(line, "listed").size(); listed > 0) {
            said += fmt::format(" ({} {})", listed, w("journaler", "records"));
        }
        if (const std::string why = text(line, "reason"); !why.empty()) said += ": " + why;
        if (!flag(line, "acknowledged")) said += w(" [ikke sendt]", " [not sent]");
        out += wrapped("  " + said, 4);
    }
    return out.empty() ? w("Ingen oppslag.\n", "No entries.\n") : out;
}

std::string people(const json::array& all, const Words& w) {
    std::string out;
    for (const json::value& one : all) {
        const json::object& person = one.as_object();
        out += fmt::format("  {}  {}  {}\n", text(person, "person"), text(person, "role"),
                           text(person, "name"));
    }
    return out.empty() ? w("Ingen.\n", "Nobody.\n") : out;
}

std::string verified(const json::object& answer, const Words& w) {
    std::string out = flag(answer, "sound")
                          ? w("Alt stemmer.\n", "Everything is sound.\n")
                          : wrapped(w("! Noe stemmer ikke. Ingenting er slettet. Meld fra til "
                                      "driftsansvarlig.",
                                      "! Something is not right. Nothing was deleted. Tell the "
                                      "operator."),
                                    2);
    out += rows({{w("journaler", "records"), count(answer, "records")},
                 {w("endringer", "changes"), count(answer, "changes")},
                 {w("strømmer", "streams"), count(answer, "streams")},
                 {w("segl", "seals"), count(answer, "seals")},
                 {w("innsyn", "access entries"), count(answer, "access_entries")}});
    for (const json::value& one : list(answer, "problems")) {
        out += "  ! " + (one.is_string() ? std::string(one.get_string()) : "") + "\n";
    }
    return out;
}

std::string log(const json::object& answer, const Words& w) {
    std::string out = fmt::format("{:>8}  {}\n", w("plass", "position"), w("endring", "change"));
    for (const json::value& one : list(answer, "log")) {
        const json::object& line = one.as_object();
        const std::int64_t position = number(line, "position");
        out += fmt::format("{:>8}  {}{}\n", position == 0 ? "-" : std::to_string(position),
                           text(line, "id"),
                           line.at("body").is_null() ? w("  uten innhold", "  no body") : "");
    }
    return out + w("(bytene: --json)\n", "(the bytes: --json)\n");
}

std::string draft(const json::object& answer, const Words& w) {
    const json::object& note = part(answer, "draft");
    if (note.empty()) return w("Ingen kladd.\n", "No draft.\n");
    const std::string title = text(note, "title");
    return (title.empty() ? "" : title + "\n\n") + wrapped(text(note, "text"), 0);
}

std::string salvaged(const json::object& answer, const Words& w) {
    std::string out =
        wrapped(w("Satt til side. Ingenting er slettet.", "Set aside. Nothing was deleted."), 2);
    std::vector<Row> told{{w("årsak", "because of"), text(answer, "trouble")}};
    for (const json::value& one : list(answer, "set_aside")) {
        told.push_back({w("fil", "file"), one.is_string() ? std::string(one.get_string()) : ""});
    }
    const json::value* lost = answer.if_contains("unsent_lost");
    if (flag(answer, "readable")) {
        told.push_back(
            {w("egne endringer lest", "own changes read"), count(answer, "changes_read")});
        told.push_back({w("av dem ikke sendt", "of these not sent"), count(answer, "unsent_read")});
        told.push_back({w("ikke sendt, ulesbare", "not sent, unreadable"),
                        lost != nullptr && lost->is_number() ? count(answer, "unsent_lost")
                                                             : w("ukjent", "unknown")});
    }
    out += rows(told);
    if (!flag(answer, "readable")) {
        out += wrapped(w("Databasen kunne ikke leses, så det kan ikke sies hva som ikke var sendt.",
                         "The database could not be read, so nobody can tell what was not sent."),
                       2);
    }
    for (const json::value& one : list(answer, "unsent")) {
        const json::object& change = one.as_object();
        out += fmt::format("  {}  {:<25}  {}\n", w.when(text(change, "recorded")),
                           text(change, "kind"), text(change, "record"));
    }
    return out +
           wrapped(w("-> Ta vare på filene. Registrer nettbrettet på nytt i samme mappe med en "
                     "ny kode (`kari enrol`), og før på nytt det som ikke var sendt.",
                     "-> Keep the files. Enrol the tablet anew in the same directory with a "
                     "new code (`kari enrol`), and record again what was not sent."),
                   3);
}

std::string signed_in(const json::object& answer, const Words& w) {
    std::string out =
        fmt::format("{} {}\n", w("Innlogget:", "Signed in:"), text(part(answer, "nurse"), "name"));
    out += w.age(answer);
    if (flag(answer, "was_restored")) {
        out +=
            wrapped(w("! Databasen er satt tilbake til en eldre tilstand. Synkroniser før du går "
                      "videre.",
                      "! The database was put back to an older state. Sync before you go on."),
                    2);
    }
    return out + rows({{w("ikke sendt", "not sent"), count(answer, "unsent")}});
}

std::string ids(const json::array& all) {
    std::string out;
    for (const json::value& one : all)
        out += "  " + (one.is_string() ? std::string(one.get_string()) : "") + "\n";
    return out;
}

}  // namespace

std::string report_words(std::string_view command, const json::object& answer, const Words& w) {
    if (answer.if_contains("change") != nullptr) return written(answer, w);
    if (command == "check_dose") return warnings(answer, w);
    if (command == "sync") return synced(answer, w);
    if (command == "status") return status(answer, w);
    if (command == "access") return access_log(answer, w);
    if (command == "nurses") return people(list(answer, "nurses"), w);
    if (command == "people") return people(list(answer, "people"), w);
    if (command == "verify") return verified(answer, w);
    if (command == "log") return log(answer, w);
    if (command == "held") return ids(list(answer, "records"));
    if (command == "digest") return text(answer, "digest") + "\n";
    if (command == "load_draft") return draft(answer, w);
    if (command == "salvage") return salvaged(answer, w);
    if (command == "unlock") return signed_in(answer, w);
    if (command == "enrol") {
        return w("Nettbrettet er registrert. Neste: `kari sync`.\n",
                 "The tablet is enrolled. Next: `kari sync`.\n") +
               rows({{w("enhet", "device"), text(answer, "device")},
                     {w("inkarnasjon", "incarnation"), text(answer, "incarnation")}});
    }
    return w("Utført.\n", "Done.\n");
}

}  // namespace kari::app
