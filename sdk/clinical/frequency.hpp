// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kari/v1/care.pb.h"

namespace kari::clinical {

// How often a timing comes round, for comparing two measures. Unspecified when it does not say, or
// says it in a way that cannot be compared: then nobody's timing is taken to be the more intensive.
v1::MeasureFrequency frequency_of(const v1::Timing& timing);

// Whether frequency and period say no more than "on each of these times, every day (or every named
// weekday)". times: how many times of the day are stated.
bool adds_nothing_to_times(const v1::TimingRepeat& repeat, int times);

}  // namespace kari::clinical
