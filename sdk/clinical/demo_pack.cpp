// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::clinical {
namespace {

// Made for demonstration and tests. Nobody has approved it. NOT FOR CLINICAL USE.
constexpr std::string_view k_demo_pack = R"json({
  "format": "kari-pack-1",
  "id": "kari-demo",
  "version": "2026-02",
  "label": "DEMO - not for clinical use",
  "cross_allergies": [
    {"id": "penicillins", "allergy": ["J01C"], "same": ["J01C"],
     "possible": ["J01D"], "apart": ["J01F", "J01M", "J01A"]},
    {"id": "cephalosporins", "allergy": ["J01DB", "J01DC", "J01DD", "J01DE", "J01DI"],
     "same": ["J01DB", "J01DC", "J01DD", "J01DE", "J01DI"],
     "possible": ["J01C", "J01DH"], "apart": []},
    {"id": "sulfonamides", "allergy": ["J01EB", "J01EC", "J01ED", "J01EE"],
     "same": ["J01EB", "J01EC", "J01ED", "J01EE"],
     "possible": ["A07EC01", "S01AB"], "apart": ["J01EA01", "C03"]},
    {"id": "nsaids", "allergy": ["M01A", "N02BA", "B01AC06"],
     "same": ["M01A", "N02BA", "B01AC06", "M02AA", "S01BC", "N02AJ07"],
     "possible": ["M01AH"], "apart": ["N02BE01"]},
    {"id": "opioids-natural", "allergy": ["N02AA"], "same": ["N02AA"],
     "possible": ["N02A", "R05DA"], "apart": []},
    {"id": "opioids-phenylpiperidine", "allergy": ["N02AB"], "same": ["N02AB"],
     "possible": ["N02A", "R05DA"], "apart": []},
    {"id": "opioids-oripavine", "allergy": ["N02AE"], "same": ["N02AE"],
     "possible": ["N02A", "R05DA"], "apart": []},
    {"id": "opioids-combined", "allergy": ["N02AJ"], "same": ["N02AJ"],
     "possible": ["N02A", "R05DA"], "apart": []},
    {"id": "opioids-other", "allergy": ["N02AX"], "same": ["N02AX"],
     "possible": ["N02A", "R05DA"], "apart": []},
    {"id": "ace-inhibitors", "allergy": ["C09A", "C09B"], "same": ["C09A", "C09B", "C09DX04"],
     "possible": ["C09C", "C09D"], "apart": []},
    {"id": "heparins", "allergy": ["B01AB"], "same": ["B01AB"], "possible": [],
     "apart": ["B01AF", "B01AE"]},
    {"id": "aromatic-anticonvulsants",
     "allergy": ["N03AB02", "N03AF01", "N03AF02", "N03AF04", "N03AX09", "N03AA02"], "same": [],
     "possible": ["N03AB02", "N03AF01", "N03AF02", "N03AF04", "N03AX09", "N03AA02"],
     "apart": ["N03AG01", "N03AX14"]},
    {"id": "macrolides", "allergy": ["J01FA"], "same": ["J01FA"], "possible": [], "apart": []},
    {"id": "quinolones", "allergy": ["J01M"], "same": ["J01M"], "possible": [], "apart": []},
    {"id": "tetracyclines", "allergy": ["J01A"], "same": ["J01A"], "possible": [], "apart": []},
    {"id": "aminoglycosides", "allergy": ["J01G"], "same": ["J01G"], "possible": [], "apart": []},
    {"id": "local-anaesthetic-esters", "allergy": ["N01BA"], "same": ["N01BA"], "possible": [],
     "apart": ["N01BB"]},
    {"id": "statins", "allergy": ["C10AA"], "same": [], "possible": ["C10AA"], "apart": []}
  ],
  "critical": ["N04B", "A10A", "N03A", "B01A", "J01", "N02A", "H02AB", "N07AA", "L04A",
               "J05AR", "J05AE", "C01AA05"],
  "vaccine_interval_days": 21,
  "patches": {
    "drugs": [{"atc": "N02AE01", "hours": 168}, {"atc": "N02AB03", "hours": 72},
              {"atc": "N06DA03", "hours": 24}, {"atc": "N04BC09", "hours": 24},
              {"atc": "C01DA02", "hours": 14}],
    "else_hours": 168, "change_minutes": 60, "counts_times": 3
  },
  "holds": [
    {"id": "insulin-low-glucose", "drugs": ["A10A"], "codes": ["15074-8"],
     "unit": "mmol/L", "below": "4.0", "within_minutes": 120},
    {"id": "slow-pulse", "drugs": ["C07", "C01AA05", "C08D"], "codes": ["8867-4"],
     "unit": "/min", "below": "50", "within_minutes": 240},
    {"id": "low-blood-pressure", "drugs": ["C02", "C07", "C08", "C09"], "codes": ["8480-6"],
     "unit": "mm[Hg]", "below": "90", "within_minutes": 240}
  ]
})json";

}  // namespace

const KnowledgePack& demo_pack() {
    static const KnowledgePack pack = [] {
        auto read = read_pack(k_demo_pack);
        if (!read) throw std::logic_error("the compiled-in pack: " + read.error().what);
        return std::move(*read);
    }();
    return pack;
}

}  // namespace kari::clinical
