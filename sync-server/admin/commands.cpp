// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/commands.hpp"

#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "sync-server/admin/advice.hpp"
#include "sync-server/admin/backup_commands.hpp"
#include "sync-server/admin/certificate_command.hpp"
#include "sync-server/admin/directory_commands.hpp"
#include "sync-server/admin/doctor.hpp"
#include "sync-server/admin/export.hpp"
#include "sync-server/admin/findings_command.hpp"
#include "sync-server/admin/record_commands.hpp"
#include "sync-server/admin/status.hpp"
#include "sync-server/admin/upgrade_command.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {
namespace {

// Everything that options write into; lives as long as the parse.
struct Words {
    Options options;
    InitOptions init;
    int port = -1;
    std::string unit, name, zone, role = "SP", path, system, device, record, change, folder;
    std::string first, second, reason, nurse;
    std::vector<std::string> records;
    bool all = false;
    bool close = false;
    bool without_silent = false;
    bool namesake = false;
    bool undo = false;
    bool deep = false;
    unsigned minutes = 60;
    std::size_t limit = k_listed_findings;
    Result<void> result;
    int exit_code = 0;  // of the command that has codes of its own
};

// Exit codes beside 0.
constexpr int k_failed = 1;
constexpr int k_usage = 2;
constexpr int k_broken = 3;
constexpr int k_partly = 4;  // done, but not all of it

using Action = std::function<Result<void>()>;

CLI::App* command(CLI::App& app, Words& words, const char* name, const char* what, Action action) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->fallthrough();  // --dir and --json may stand behind the command
    sub->callback([&words, action = std::move(action)] { words.result = action(); });
    return sub;
}

Result<void> serve_command(Words& words, const Serve& serve) {
    KARI_LET(const auto runtime, Runtime::open(words.options.directory));
    KARI_TRY(runtime->rules);
    KARI_LET(const auto lock, ServeLock::take(runtime->layout));
    KARI_TRY(runtime->storage->check_start());
    if (words.port >= 0) runtime->config.port = static_cast<std::uint16_t>(words.port);
    return serve(*runtime);
}

void add_looking(CLI::App& app, Words& words) {
    command(app, words, "status",
            "Show how the server is: tablets and how long they have been silent, what is stored "
            "and secured, disk, backups, open findings, quarantine, certificates. Also while "
            "`serve` runs (what tablets have unsent is a minute old at most). Names nobody and "
            "writes nothing.\n"
            "Exit code: 0 all is well; 4 something should be looked at; 3 something is broken; "
            "1 the state could not be read; 2 wrong usage.",
            [&words] { return status(words.options, words.exit_code); });
    auto* findings_sub = command(
        app, words, "findings",
        "Show the open findings of all citizens: how many by unit, rule and severity, how old, and "
        "which are overdue; then the first of them by when they are due. Ids, rules and times "
        "alone; what a finding is about its unit's tablets show, and FHIR. Also while `serve` "
        "runs; writes nothing.",
        [&words] { return findings(words.options, words.unit, words.limit); });
    findings_sub->add_option("--unit", words.unit, "id of a unit: of its caseload alone");
    findings_sub->add_option("--limit", words.limit, "how many are listed; all are counted")
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{1}, k_listed_findings_max));
    auto* doctor_sub = command(
        app, words, "doctor",
        "Look at everything that can be wrong with a server: permissions, keys, certificates, "
        "clock, disk, configuration, port, schema, database, journal, backups, files left over. "
        "Each line says ok, attention or wrong, and what to do. Prints no key and nothing of a "
        "record, and changes nothing.\n"
        "Exit code: 0 all is well; 4 attention; 3 something is wrong; 2 wrong usage.",
        [&words] { return doctor(words.options, words.deep, words.exit_code); });
    doctor_sub->add_flag("--deep", words.deep,
                         "every page, digest, chain and seal too: as long as `verify` takes");
}

void add_set_up(CLI::App& app, Words& words, const Serve& serve) {
    auto* init_sub = command(
        app, words, "init",
        "Make a new server: keys, a development CA, a TLS certificate, a configuration file and "
        "an empty encrypted database. Prints where everything lies. Run it once.",
        [&words] { return init(words.options, words.init); });
    init_sub->add_option("--port", words.init.port, "TCP port to listen on; 0 takes any free one")
        ->check(CLI::Range(0, 65535));
    init_sub->add_option("--address", words.init.address, "address to listen on");
    init_sub
        ->add_option("--metrics-port", words.init.metrics_port,
                     "TCP port of 127.0.0.1 for health and metrics; 0: nowhere")
        ->check(CLI::Range(0, 65535));
    init_sub->add_option("--server-name", words.init.names,
                         "name or address in the server's certificate (may be repeated)");
    init_sub->add_flag("--stored-is-secured", words.init.stored_is_secured,
                       "for a trial without backups: tablets may let go of what is stored here");

    auto* serve_sub = command(
        app, words, "serve",
        "Answer tablets until stopped (Ctrl-C or SIGTERM; requests under way are finished). Checks "
        "the database first, every page of one up to 1 GiB, of a larger one those that every "
        "request needs; `verify` checks all. Prints one line with address and port when ready; "
        "logs JSON lines to standard error. The limits of a connection are set in the "
        "configuration file.",
        [&words, &serve] { return serve_command(words, serve); });
    serve_sub->add_option("--port", words.port, "instead of the configured port")
        ->check(CLI::Range(0, 65535));

    add_looking(app, words);
}

void add_directory(CLI::App& app, Words& words) {
    auto* unit = command(app, words, "add-unit",
                         "Add a home-care unit. Its tablets see the records that are assigned to "
                         "it. Prints the unit's id.",
                         [&words] { return add_unit(words.options, words.name, words.zone); });
    unit->add_option("--name", words.name, "as shown on the tablets")->required();
    unit->add_option("--zone", words.zone, "IANA time zone; the server's when not given");

    auto* nurse = command(
        app, words, "add-nurse",
        "Add a person who may sign in on the unit's tablets. Prints the person's id.", [&words] {
            return add_nurse(words.options, words.unit, words.name, words.role, words.namesake);
        });
    nurse->add_option("--unit", words.unit, "id of the unit")->required();
    nurse->add_option("--name", words.name, "as shown on the tablets")->required();
    nurse
        ->add_option("--role", words.role,
                     "code of Volven 9060: SP nurse, VP social educator, HF health worker, LE "
                     "physician, FA1 pharmacist and so on")
        ->capture_default_str();
    nurse->add_flag("--namesake", words.namesake,
                    "somebody else of the same name and role works there too");

    auto* leaver = command(
        app, words, "remove-nurse",
        "Take a person off the unit's list. A tablet that has synced since refuses her PIN; one "
        "that has not still takes it. What she wrote stays hers.",
        [&words] { return remove_nurse(words.options, words.unit, words.nurse, words.undo); });
    leaver->add_option("--unit", words.unit, "id of the unit")->required();
    leaver->add_option("--nurse", words.nurse, "id of the person")->required();
    leaver->add_flag("--undo", words.undo, "put her on the list again");

    for (const bool granted : {true, false}) {
        auto* sub = command(
            app, words, granted ? "assign" : "unassign",
            granted ? "Put records into a unit's caseload: its tablets get them at the next sync."
                    : "Take records out of a unit's caseload: its tablets hide them at the next "
                      "sync, and purge them once all that they wrote is secured here.",
            [&words, granted] {
                return assign(words.options, words.unit, words.records, words.all, granted);
            });
        sub->add_option("--unit", words.unit, "id of the unit")->required();
        sub->add_option("--record", words.records, "id of a record (may be repeated)");
        sub->add_flag("--all", words.all, "every citizen's record");
    }

    auto* invitation = command(
        app, words, "invite",
        "Print a one-time code with which one tablet joins a unit. The code also carries the "
        "digest of this server's key, so that the tablet talks to no other server. With --nurse: a "
        "code by which she alone signs in once on a tablet of the unit and chooses a PIN there, "
        "before she has one or when it is lost. Make sure that it is she who gets it.",
        [&words] { return invite(words.options, words.unit, words.nurse, words.minutes); });
    invitation->add_option("--unit", words.unit, "id of the unit")->required();
    invitation->add_option("--nurse", words.nurse, "id of the person that `add-nurse` printed");
    invitation->add_option("--minutes", words.minutes, "how long the code can be used")
        ->capture_default_str()
        ->check(CLI::Range(1U, 10'080U));

    auto* revocation = command(app, words, "revoke",
                               "Shut a lost tablet out, at once and through any restore. What it "
                               "still sends goes to quarantine.",
                               [&words] { return revoke(words.options, words.device); });
    revocation->add_option("--device", words.device, "id of the device; `status` lists them")
        ->required();
}

void add_exports(CLI::App& app, Words& words) {
    auto* exported = command(
        app, words, "export",
        "Write all that is stored of one citizen into a new folder that only its owner can read: "
        "the FHIR bundle, and the exact bytes of both logs with every seal and certificate, which "
        "verify without a server. Stands in the record's access log before a byte is written.",
        [&words] { return export_record(words.options, words.record, words.folder); });
    exported->add_option("--record", words.record, "id of the record")->required();
    exported->add_option("folder", words.folder, "where the new folder is made")->required();

    auto* checked = command(
        app, words, "verify-export",
        "Check such a folder by itself: every id, digest, chain, certificate and seal. Needs no "
        "server. Exit code 0: it holds. 3: something does not. 4: something that it names is not "
        "in it.",
        [&words] {
            return verify_export(words.options, words.folder, words.path, words.exit_code);
        });
    checked->add_option("folder", words.folder, "the folder that `export` made")->required();
    checked->add_option("--ca", words.path,
                        "the certificate of the authority that you trust; else the export's own "
                        "is believed");
}

void add_records(CLI::App& app, Words& words) {
    auto* import_sub = command(
        app, words, "import",
        "Read FHIR R4 resources (Bundles or NDJSON; a file, or every .json and .ndjson of a "
        "folder) and report what became of each. Run again with a newer bundle to bring changes "
        "such as a stopped order; what has not changed is not written again. After a crash or a "
        "kill run it again over the same input: it completes what is missing, and until then "
        "`assign` refuses the records that it has made.\n"
        "Exit code: 0 everything is in; 4 something was rejected or a file was skipped (the report "
        "says what and why), the rest is in; 1 the import failed or ended early; 2 wrong usage.",
        [&words]() -> Result<void> {
            KARI_LET(const bool complete, import(words.options, words.path, words.system));
            if (!complete) words.exit_code = k_partly;
            return {};
        });
    import_sub
        ->add_option("path", words.path,
                     "file or folder; - for standard input, if that is a file and no pipe")
        ->required();
    import_sub
        ->add_option("--system", words.system,
                     "name of the source system, a URI such as urn:example:hospital; always the "
                     "same for the same system")
        ->required();

    for (const bool linked : {true, false}) {
        auto* sub = command(
            app, words, linked ? "link" : "unlink",
            linked ? "Two records turned out to be one citizen: link them. "
                     "Nothing is moved, and it widens nobody's access."
                   : "Undo a link: the two records are two citizens again. Both stay whole.",
            [&words, linked] {
                return link(words.options, words.first, words.second, words.reason, linked);
            });
        sub->add_option("first", words.first, "id of a record")->required();
        sub->add_option("second", words.second, "id of the other record")->required();
        sub->add_option("--reason", words.reason, "stands in the log; name nobody");
    }

    auto* acceptance = command(
        app, words, "accept",
        "Accept a proposal made on a tablet (a changed dose, say), so that it takes effect.",
        [&words] { return accept_proposal(words.options, words.record, words.change); });
    acceptance->add_option("--record", words.record, "id of the record")->required();
    acceptance->add_option("--change", words.change, "id of the proposal")->required();

    auto* dump = command(app, words, "dump-log",
                         "Print every change and access entry with its exact bytes as JSON lines. "
                         "This is patient data: mind where it goes.",
                         [&words] { return dump_log(words.options, words.record, words.all); });
    dump->add_option("--record", words.record, "id of a record");
    dump->add_flag("--all", words.all, "all records");

    command(app, words, "state-digest",
            "Print a digest of each record's folded state. Replicas that hold the same agree.",
            [&words] { return state_digest(words.options); });
}

void add_keeping(CLI::App& app, Words& words) {
    auto* copy = command(app, words, "backup",
                         "Copy the database into a folder while the server runs, check the copy "
                         "whole, and mark all that is in it as secured. It is encrypted; the keys "
                         "are not in it.",
                         [&words] { return backup(words.options, words.folder); });
    copy->add_option("folder", words.folder, "a new folder")->required();

    command(app, words, "upgrade",
            "After installing a newer kari-sync-server: bring the database to its schema (the "
            "server must be stopped). A checked copy of the old database is kept first; the "
            "upgrade itself is done whole or not at all. A program that is older than the "
            "database refuses it.",
            [&words] { return upgrade(words.options); });

    auto* renewal = command(
        app, words, "renew-certificate",
        "Make a new certificate of the server's same key, so that no tablet notices. Takes effect "
        "when the server is started again.",
        [&words] { return renew_certificate(words.options, words.init.names); });
    renewal->add_option("--server-name", words.init.names,
                        "name or address in the certificate (may be repeated); those of the old "
                        "one when none is given");

    auto* back = command(
        app, words, "restore",
        "Put a backup in the database's place (the server must be stopped). A new epoch begins: "
        "the tablets give back what the backup lacks, and nothing is hidden or purged until you "
        "run `recover --close`.",
        [&words] { return restore(words.options, words.folder); });
    back->add_option("folder", words.folder, "the folder that `backup` made")->required();

    auto* recovery = command(app, words, "recover",
                             "With --close: end the recovery after a restore, once the tablets "
                             "have synced.",
                             [&words] {
                                 return words.close
                                            ? close_recovery(words.options, words.without_silent)
                                            : Result<void>(fail(ErrorCode::invalid_argument,
                                                                "say --close to end the recovery"));
                             });
    recovery->add_flag("--close", words.close, "end it");
    recovery->add_flag("--without-silent", words.without_silent,
                       "though a tablet has not been heard of since the restore");

    command(app, words, "verify",
            "Recompute every digest and chain of both logs (changes, and who read them) and check "
            "every seal with the certificate of whoever made it. Prints what does not hold "
            "(`broken`) and what a successor names but is not here (`gaps`), each with its rule "
            "and place. Exit code 0: all is here and holds. 3: something does not hold, or the "
            "file is damaged. 4: nothing contradicts, but there are gaps: a restore, or a tablet "
            "that has not sent all, can leave some; anything else should be looked into.",
            [&words] { return verify_command(words.options, words.exit_code); });
}

int exit_code(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_argument:
            return k_usage;
        case ErrorCode::chain_broken:
        case ErrorCode::storage_corrupt:
        case ErrorCode::storage_truncated:
            return k_broken;
        default:
            return k_failed;
    }
}

}  // namespace

int run(int argc, const char* const* argv, const Serve& serve, const LimitsPage& limits) {
    Words words;
    CLI::App app(
        "Kari sync server: keeps one journal per citizen and brings it to the tablets of "
        "home-care units.",
        "kari-sync-server");
    app.add_option("--dir", words.options.directory, "the server's directory")
        ->capture_default_str();
    app.add_flag("--json", words.options.json, "print JSON");
    app.require_subcommand(1);
    app.footer(
        "Exit code: 0 done; 1 failed; 2 an argument is wrong and nothing was tried; 3 what is "
        "stored is damaged, or something is wrong (status, doctor); 4 done, but not all is in "
        "(import) or here (verify), or something should be looked at (status, doctor). The reason "
        "is on standard error.");
    add_set_up(app, words, serve);
    add_directory(app, words);
    add_records(app, words);
    add_exports(app, words);
    add_keeping(app, words);
    command(app, words, "limits",
            "Print the limits of requests, replies and connections as a Markdown page.",
            [&]() -> Result<void> {
                fmt::print("{}", limits());
                return {};
            });
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : k_usage;
    }
    if (words.result) return words.exit_code;
    const Error& error = words.result.error();
    fmt::print(stderr, "kari-sync-server: {}: {}\n", name(error.code), error.what);
    if (const auto what = what_to_do(error.code); !what.empty()) fmt::print(stderr, "{}\n", what);
    return words.exit_code != 0 ? words.exit_code : exit_code(error.code);
}

}  // namespace kari::server::admin
