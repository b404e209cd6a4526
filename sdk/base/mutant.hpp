// SPDX-License-Identifier: Apache-2.0
#pragma once

// Faults that are built in on purpose, to show that the simulator's checks would see them
// (docs/testing.md, mutants.def). Code asks KARI_MUTATED(name) where the fault would be made. Only
// a build with KARI_MUTANTS has them; in every other the answer is the word `false`, and what ships
// is what it would be without.
#ifdef KARI_MUTANTS

namespace kari::base {

enum class Mutant {
    none,
#define KARI_MUTANT(name, breaks) name,
#include "sdk/base/mutants.def"
#undef KARI_MUTANT
};

// The one that is on. Set while nothing else runs.
inline Mutant the_mutant = Mutant::none;

}  // namespace kari::base

#define KARI_MUTATED(name) (::kari::base::the_mutant == ::kari::base::Mutant::name)

#else

#define KARI_MUTATED(name) false

#endif
