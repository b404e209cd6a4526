// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/coding.hpp"

#include <algorithm>

#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::clinical {
namespace {

bool is_atc_system(std::string_view system) {
    return system == k_atc || system == k_atc_volven;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

}  // namespace

std::string_view code_in(const v1::CodeableConcept& concept_, std::string_view system) {
    for (const auto& coding : concept_.coding()) {
        if (coding.system() == system && !coding.code().empty()) return coding.code();
    }
    return {};
}

std::vector<std::string> atc_codes(const v1::CodeableConcept& concept_) {
    std::vector<std::string> codes;
    for (const auto& coding : concept_.coding()) {
        if (!is_atc_system(coding.system())) continue;
        std::string code = upper(coding.code());
        if (is_atc(code)) codes.push_back(std::move(code));
    }
    std::sort(codes.begin(), codes.end());
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    return codes;
}

std::string shown(const v1::CodeableConcept& concept_) {
    if (!concept_.text().empty()) return concept_.text();
    for (const auto& coding : concept_.coding()) {
        if (!coding.display().empty()) return coding.display();
    }
    for (const auto& coding : concept_.coding()) {
        if (!coding.code().empty()) return coding.code();
    }
    return {};
}

std::string folded(std::string_view text) {
    std::string out;
    bool space = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == ' ' || (byte >= '\t' && byte <= '\r')) {
            space = !out.empty();
            continue;
        }
        if (space) out.push_back(' ');
        space = false;
        if (byte >= 'A' && byte <= 'Z') {
            out.push_back(static_cast<char>(byte - 'A' + 'a'));
        } else if (byte == 0xC3 && i + 1 < text.size()) {
            // Latin-1 capitals in UTF-8, among them AE, O with stroke and A with ring.
            auto next = static_cast<unsigned char>(text[++i]);
            if (next >= 0x80 && next <= 0x9E && next != 0x97) {
                next = static_cast<unsigned char>(next + 0x20);
            }
            out.push_back(static_cast<char>(byte));
            out.push_back(static_cast<char>(next));
        } else {
            out.push_back(static_cast<char>(byte));
        }
    }
    return out;
}

bool share_coding(const v1::CodeableConcept& a, const v1::CodeableConcept& b) {
    for (const auto& left : a.coding()) {
        if (left.system().empty() || left.code().empty()) continue;
        for (const auto& right : b.coding()) {
            if (left.system() == right.system() && left.code() == right.code()) return true;
        }
    }
    return false;
}

}  // namespace kari::clinical
