// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/commands.hpp"

#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "sync-server/admin/backup_commands.hpp"
#include "sync-server/admin/directory_commands.hpp"
#include "sync-server/admin/record_commands.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {
namespace {

// Everything that options write into; lives as long as the parse.
struct Words {
    Options options;
    InitOptions init;
    int port = -1;
    std::string unit, name, zone, role = "SP", path, system, device, record, change, folder;
    std::string first, second, reason;
    std::vector<std::string> records;
    bool all = false;
    bool close = false;
    unsigned minutes = 60;
    bool partly = false;  // done, but not all of it
    Result<void> result;
};

// Exit codes beside 0.
constexpr int k_failed = 1;
constexpr int k_usage = 2;
constexpr int k_broken = 3;
constexpr int k_partly = 4;

using Action = std::function<Result<void>()>;

CLI::App* command(CLI::App& app, Words& words, const char* name, const char* what, Action action) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->fallthrough();  // --dir and --json may stand behind the command
    sub->callback([&words, action = std::move(action)] { words.result = action(); });
    return sub;
}

Result<void> serve_command(Words& words, const Serve& serve) {
    KARI_LET(const auto runtime, Runtime::open(words.options.directory));
    KARI_LET(const auto lock, ServeLock::take(runtime->layout));
    if (words.port >= 0) runtime->config.port = static_cast<std::uint16_t>(words.port);
    return serve(*runtime);
}

void add_set_up(CLI::App& app, Words& words, const Serve& serve) {
    auto* init_sub = command(
        app, words, "init",
        "Make a new server: keys, a development CA, a TLS certificate, a configuration file and "
        "an empty encrypted database. Prints where everything lies. Run it once.",
        [&words] { return init(words.options, words.init); });
    init_sub->add_option("--port", words.init.port, "TCP port to listen on; 0 takes any free one");
    init_sub->add_option("--address", words.init.address, "address to listen on");
    init_sub->add_option("--server-name", words.init.names,
                         "name or address in the server's certificate (may be repeated)");
    init_sub->add_flag("--stored-is-secured", words.init.stored_is_secured,
                       "for a trial without backups: tablets may let go of what is stored here");

    auto* serve_sub = command(
        app, words, "serve",
        "Answer tablets until stopped (Ctrl-C or SIGTERM; requests under way are finished). "
        "Prints one line with address and port when ready; logs JSON lines to standard error.",
        [&words, &serve] { return serve_command(words, serve); });
    serve_sub->add_option("--port", words.port, "instead of the configured port")
        ->check(CLI::Range(0, 65535));

    command(app, words, "status",
            "Show units, tablets, caseloads, how much is stored and secured, and what is in "
            "quarantine. Names nobody.",
            [&words] { return status(words.options); });
}

void add_directory(CLI::App& app, Words& words) {
    auto* unit = command(app, words, "add-unit",
                         "Add a home-care unit. Its tablets see the records that are assigned to "
                         "it. Prints the unit's id.",
                         [&words] { return add_unit(words.options, words.name, words.zone); });
    unit->add_option("--name", words.name, "as shown on the tablets")->required();
    unit->add_option("--zone", words.zone, "IANA time zone; the server's when not given");

    auto* nurse =
        command(app, words, "add-nurse",
                "Add a person who may sign in on the unit's tablets. Prints the person's id.",
                [&words] { return add_nurse(words.options, words.unit, words.name, words.role); });
    nurse->add_option("--unit", words.unit, "id of the unit")->required();
    nurse->add_option("--name", words.name, "as shown on the tablets")->required();
    nurse->add_option(
        "--role", words.role,
        "code of Volven 9060: SP nurse, LE physician, FA1 pharmacist, HF health worker");

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
        "digest of this server's key, so that the tablet talks to no other server.",
        [&words] { return invite(words.options, words.unit, words.minutes); });
    invitation->add_option("--unit", words.unit, "id of the unit")->required();
    invitation->add_option("--minutes", words.minutes, "how long the code can be used")
        ->check(CLI::Range(1U, 10'080U));

    auto* revocation = command(app, words, "revoke",
                               "Shut a lost tablet out, at once and through any restore. What it "
                               "still sends goes to quarantine.",
                               [&words] { return revoke(words.options, words.device); });
    revocation->add_option("--device", words.device, "id of the device; `status` lists them")
        ->required();
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
            words.partly = !complete;
            return {};
        });
    import_sub
        ->add_option("path", words.path,
                     "file or folder; - for standard input, if that is a file and no pipe")
        ->required();
    import_sub->add_option("--system", words.system, "name of the source system, a URI")
        ->required();

    for (const bool linked : {true, false}) {
        auto* sub =
            command(app, words, linked ? "link" : "unlink",
                    linked ? "Two records turned out to be one citizen: link them. "
                             "Nothing is moved, and it widens nobody's access."
                           : "Undo a link.",
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
                                            ? close_recovery(words.options)
                                            : Result<void>(fail(ErrorCode::invalid_argument,
                                                                "say --close to end the recovery"));
                             });
    recovery->add_flag("--close", words.close, "end it");

    command(app, words, "verify",
            "Recompute every digest and chain of both logs and check every seal. Exit code 3 when "
            "something does not hold.",
            [&words] { return verify_command(words.options); });
}

}  // namespace

int run(int argc, const char* const* argv, const Serve& serve) {
    Words words;
    CLI::App app(
        "Kari sync server: keeps one journal per citizen and brings it to the tablets of "
        "home-care units.",
        "kari-sync-server");
    app.add_option("--dir", words.options.directory, "the server's directory")
        ->capture_default_str();
    app.add_flag("--json", words.options.json, "print JSON");
    app.require_subcommand(1);
    add_set_up(app, words, serve);
    add_directory(app, words);
    add_records(app, words);
    add_keeping(app, words);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : k_usage;
    }
    if (words.result) return words.partly ? k_partly : 0;
    const Error& error = words.result.error();
    fmt::print(stderr, "kari-sync-server: {}: {}\n", name(error.code), error.what);
    return error.code == ErrorCode::chain_broken ? k_broken : k_failed;
}

}  // namespace kari::server::admin
