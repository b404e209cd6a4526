// SPDX-License-Identifier: Apache-2.0
#include "examples/district/folder.hpp"

#include <fstream>

#include "examples/district/elements.hpp"

namespace kari::district {

namespace {

// A Bundle on its way to the disk, entry by entry, under its name once it is whole.
class BundleFile {
public:
    explicit BundleFile(std::filesystem::path path)
        : path_(std::move(path)),
          part_(path_.string() + ".part"),
          out_(part_, std::ios::binary | std::ios::trunc) {
        out_ << R"({"resourceType":"Bundle","meta":)" << meta()
             << R"(,"type":"transaction","entry":[)";
    }

    void add(const Resource& resource) {
        out_ << (count_++ == 0 ? "\n" : ",\n");
        const std::string url = std::string(resource.type) + '/' + resource.id;
        out_ << object({{"fullUrl", quote("urn:uuid:" + resource.id)},
                        {"resource", resource.json},
                        {"request", object({{"method", quote("PUT")}, {"url", quote(url)}})}});
    }
    // Whether all of it stands on the disk.
    bool close() {
        out_ << "\n]}\n";
        out_.close();
        std::error_code failed;
        if (out_) std::filesystem::rename(part_, path_, failed);
        return out_ && !failed;
    }
    unsigned count() const { return count_; }

private:
    std::filesystem::path path_;
    std::filesystem::path part_;
    std::ofstream out_;
    unsigned count_ = 0;
};

std::string numbered(unsigned number) {
    std::string digits = std::to_string(number + 1);
    digits.insert(0, digits.size() < 5 ? 5 - digits.size() : 0, '0');
    return "citizen-" + digits + ".json";
}

}  // namespace

std::string write_folder(const District& district, const std::filesystem::path& folder) {
    const auto bundles = folder / "bundles";
    std::error_code failed;
    std::filesystem::create_directories(bundles, failed);
    if (failed) return "cannot make " + bundles.string() + ": " + failed.message();

    BundleFile directory(bundles / "000-directory.json");
    district.tell_directory([&](const Resource& resource) { directory.add(resource); });
    if (!directory.close()) return "cannot write into " + bundles.string();

    const Options& options = district.options();
    std::ofstream roster(folder / "district.json", std::ios::binary | std::ios::trunc);
    roster << R"({"label":)" << quote(k_label) << R"(,"synthetic":true,"seed":)" << options.seed
           << R"(,"day":)" << quote(text_of(options.day)) << R"(,"units":)" << district.units()
           << R"(,"citizens":[)";
    for (unsigned i = 0; i < options.citizens; ++i) {
        const std::string name = numbered(i);
        BundleFile file(bundles / name);
        std::string patient;
        district.tell_citizen(i, [&](const Resource& resource) {
            if (resource.type == "Patient") patient = resource.id;
            file.add(resource);
        });
        if (!file.close()) return "cannot write into " + bundles.string();
        roster << (i == 0 ? "\n" : ",\n")
               << object({{"file", quote(name)},
                          {"patient", quote(patient)},
                          {"unit", std::to_string(i / k_unit_size + 1)},
                          {"resources", std::to_string(file.count())}});
    }
    roster << "\n]}\n";
    roster.close();
    return roster ? std::string() : "cannot write into " + folder.string();
}

}  // namespace kari::district
