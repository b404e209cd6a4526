// SPDX-License-Identifier: Apache-2.0
#include "pack/source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "pack/files.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::pack {
namespace {

tl::unexpected<Error> wrong(std::string_view file, const SourceError& error) {
    return fail(ErrorCode::malformed, fmt::format("{}:{}: {}", file, error.line, error.what));
}

// The lists that tables of the folder fill, ascending, so that the same folder gives the same pack.
Result<std::vector<std::string>> tables_in(const std::filesystem::path& folder) {
    std::vector<std::string> lists;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (entry.path().extension() != ".csv") continue;
        const auto list = entry.path().stem().string();
        if (!is_table(list)) {
            return fail(ErrorCode::malformed,
                        fmt::format("{}.csv:1: a pack has no table \"{}\"", list, list));
        }
        lists.push_back(list);
    }
    if (failed) return fail(ErrorCode::not_found, folder.string() + " is no folder to read");
    std::sort(lists.begin(), lists.end());
    return lists;
}

// What a reader of the pack says of a part of it, said of the line that the part comes from.
Error of_source(const Error& error, const Places& places) {
    const auto rule = error.what.find(": ");
    if (rule == std::string::npos) return error;
    const std::string said = error.what.substr(rule + 2);
    const std::string part = said.substr(0, said.find(": "));
    return {error.code, places.of(part) + ": " + said};
}

}  // namespace

Result<v1::Pack> read_json_source(std::string_view text, const std::vector<std::string>& tables,
                                  Places& places) {
    const auto tree = read_json(text);
    if (!tree) return wrong("pack.json", tree.error());
    v1::Pack pack;
    if (const auto error = fill_from_json(pack, *tree, tables, places)) {
        return wrong("pack.json", *error);
    }
    return pack;
}

Result<std::string> compile(const std::filesystem::path& folder) {
    const auto tables = tables_in(folder);
    if (!tables) return tl::unexpected(tables.error());
    const auto text = read_file(folder / "pack.json", clinical::k_pack_bytes_max);
    if (!text) return tl::unexpected(text.error());
    Places places;
    auto pack = read_json_source(*text, *tables, places);
    if (!pack) return tl::unexpected(pack.error());
    for (const auto& list : *tables) {
        const auto file = list + ".csv";
        const auto table = read_file(folder / file, clinical::k_pack_bytes_max);
        if (!table) return tl::unexpected(table.error());
        if (const auto error = fill_from_table(*pack, list, *table, file, places)) {
            return wrong(file, *error);
        }
    }
    if (const auto read = clinical::read_pack(*pack); !read) {
        return tl::unexpected(of_source(read.error(), places));
    }
    v1::SignedPack envelope;
    envelope.set_pack(pack->SerializeAsString());
    return envelope.SerializeAsString();
}

}  // namespace kari::pack
