// SPDX-License-Identifier: Apache-2.0
#include "pack/commands.hpp"

#include <chrono>
#include <ostream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "pack/files.hpp"
#include "pack/signing.hpp"
#include "pack/source.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/signed_pack.hpp"
#include "sdk/crypto/signature.hpp"

namespace kari::pack {
namespace {

constexpr int k_failed = 1;
constexpr int k_usage = 2;

struct Words {
    std::string from, to, key;
};

struct Streams {
    Entropy& entropy;
    std::ostream& out;
};

// A tablet would take no other pack until that day has come, so it takes this one not at all. Asked
// of what is signed: compiling is the same whatever the machine's clock says.
Result<void> dated_soundly(std::string_view envelope) {
    const auto read = clinical::read_envelope(envelope);
    if (!read) return tl::unexpected(read.error());
    const auto pack = clinical::read_pack(read->pack());
    if (!pack) return tl::unexpected(pack.error());
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    if (!clinical::is_to_come(*pack, Instant{now.count()})) return {};
    return fail(ErrorCode::value_out_of_range, "pack/to-come: date: " + base::to_text(pack->date));
}

Result<void> compile_command(const Words& words, Streams&) {
    const auto bytes = compile(words.from);
    if (!bytes) return tl::unexpected(bytes.error());
    return replace_file(words.to, *bytes);
}

Result<void> key_command(const Words& words, Streams& streams) {
    const auto text = make_key(words.to, streams.entropy);
    if (!text) return tl::unexpected(text.error());
    streams.out << *text << "\n";
    return {};
}

Result<void> sign_command(const Words& words, Streams& streams) {
    const auto bytes = read_file(words.from, clinical::k_signed_pack_bytes_max);
    if (!bytes) return tl::unexpected(bytes.error());
    if (auto sound = dated_soundly(*bytes); !sound) return sound;
    const auto signed_bytes = sign_pack(*bytes, words.key, streams.entropy);
    if (!signed_bytes) return tl::unexpected(signed_bytes.error());
    return replace_file(words.to.empty() ? words.from : words.to, *signed_bytes);
}

// How many entries each list has.
void show_lists(const v1::Pack& pack, std::ostream& out) {
    const auto* fields = v1::Pack::descriptor();
    for (int i = 0; i < fields->field_count(); ++i) {
        const auto* field = fields->field(i);
        if (!field->is_repeated()) continue;
        out << fmt::format("{:<16} {}\n", field->name(),
                           pack.GetReflection()->FieldSize(pack, field));
    }
}

Result<std::string> signer_of(const v1::SignedPack& envelope, std::string_view bytes,
                              const std::string& key_file) {
    if (envelope.signature().empty())
        return std::string("nobody: no server and no tablet takes it");
    const std::string who = base::to_hex(envelope.key()).substr(0, 16);
    if (key_file.empty()) return who + " (not checked: name the key with --key)";
    const auto text = read_file(key_file, clinical::k_signed_pack_bytes_max);
    if (!text) return tl::unexpected(text.error());
    const auto point = read_public_key(*text);
    if (!point) return tl::unexpected(point.error());
    if (const auto opened = clinical::open_pack(bytes, {*point}, crypto::verify); !opened) {
        return tl::unexpected(opened.error());
    }
    return who + " (checked)";
}

Result<void> show_command(const Words& words, Streams& streams) {
    const auto bytes = read_file(words.from, clinical::k_signed_pack_bytes_max);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto envelope = clinical::read_envelope(*bytes);
    if (!envelope) return tl::unexpected(envelope.error());
    const auto pack = clinical::read_pack(envelope->pack());
    if (!pack) return tl::unexpected(pack.error());
    const auto signer = signer_of(*envelope, *bytes, words.key);
    if (!signer) return tl::unexpected(signer.error());
    streams.out << fmt::format("{:<16} {}\n{:<16} {}\n{:<16} {}\n{:<16} {}\n", "label", pack->label,
                               "pack", pack->name(), "date", base::to_text(pack->date), "signed by",
                               *signer);
    v1::Pack said;
    said.ParseFromString(envelope->pack());
    show_lists(said, streams.out);
    return {};
}

// The one table of commands: what each is called, says of itself, takes and does.
struct Command {
    const char* name;
    const char* what;
    void (*options)(CLI::App&, Words&);
    Result<void> (*run)(const Words&, Streams&);
};
constexpr Command k_commands[] = {
    {"compile",
     "Make a pack, not yet signed, of a folder of readable files: pack.json, and LIST.csv for each "
     "list that is a table. What is wrong is named by file and line.",
     [](CLI::App& sub, Words& words) {
         sub.add_option("folder", words.from, "the folder")->required();
         sub.add_option("-o,--output", words.to, "the file to make")->required();
     },
     compile_command},
    {"key",
     "Make a key that packs are signed with. FILE is for its owner alone: keep it apart from every "
     "server. What is printed, and stands in FILE.pub, is what servers are told to trust.",
     [](CLI::App& sub, Words& words) {
         sub.add_option("-o,--output", words.to, "the file to make; never over one that is there")
             ->required();
     },
     key_command},
    {"sign", "Sign a pack.",
     [](CLI::App& sub, Words& words) {
         sub.add_option("file", words.from, "the pack")->required();
         sub.add_option("--key", words.key, "a file that `kari-pack key` made")->required();
         sub.add_option("-o,--output", words.to, "the file to make; the pack's own if not named");
     },
     sign_command},
    {"show", "Show what a pack calls itself, its date, how much is in it and who signed it.",
     [](CLI::App& sub, Words& words) {
         sub.add_option("file", words.from, "the pack")->required();
         sub.add_option("--key", words.key, "a FILE.pub: refuse what that key did not sign");
     },
     show_command},
};

// For somebody who makes packs: the sentence that a tablet would say, and where in the pack.
std::string explained(const Error& error) {
    const auto rule = error.what.substr(0, error.what.find(": "));
    const auto* said = clinical::sentences(rule, clinical::Language::english);
    if (said == nullptr) return error.what;
    return std::string(said->title) + error.what.substr(rule.size());
}

}  // namespace

int run(const std::vector<std::string>& arguments, Entropy& entropy, std::ostream& out,
        std::ostream& err) {
    CLI::App app("kari-pack: knowledge packs from readable sources, and their signatures",
                 "kari-pack");
    app.require_subcommand(1);
    Words words;
    Streams streams{entropy, out};
    Result<void> result;
    for (const Command& command : k_commands) {
        CLI::App* sub = app.add_subcommand(command.name, command.what);
        command.options(*sub, words);
        sub->callback([&, run = command.run] { result = run(words, streams); });
    }
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, out, err) == 0 ? 0 : k_usage;
    }
    if (result) return 0;
    err << "kari-pack: " << explained(result.error()) << "\n";
    return k_failed;
}

}  // namespace kari::pack
