// SPDX-License-Identifier: Apache-2.0
//
// All commands, in the order in which help shows them. A new one is a file beside this one that
// makes a Command, and a line here; its words stand in ../labels.def.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

const std::vector<Command>& all_commands() {
    static const std::vector<Command> commands = [] {
        std::vector<Command> out;
        for (const auto& part : {
                 enrol_commands(),        sign_in_commands(),     salvage_commands(),
                 patient_commands(),      chart_commands(),       timeline_commands(),
                 explain_commands(),      due_commands(),         dose_commands(),
                 after_dose_commands(),   patch_commands(),       allowance_commands(),
                 stock_commands(),        observation_commands(), note_commands(),
                 attachment_commands(),   allergy_commands(),     order_commands(),
                 problem_commands(),      plan_commands(),        visit_commands(),
                 immunization_commands(), task_commands(),        relative_commands(),
                 consent_commands(),      message_commands(),     finding_commands(),
                 sync_commands(),         history_commands(),     follow_commands(),
                 access_commands(),       export_commands(),      proof_commands(),
                 terminal_commands(),
             }) {
            out.insert(out.end(), part.begin(), part.end());
        }
        return out;
    }();
    return commands;
}

}  // namespace kari::app
