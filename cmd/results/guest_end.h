// How a run ended, for the user: one line and an exit status.
#pragma once

#include <string>

#include "cmd/results/manifest.h"
#include "emu/emulator.h"
#include "emu/machine.h"

namespace m2sim::cmd {

std::string signal_name(int signal);  // "SIGSEGV"

// "store to 0x10, which is not mapped, at 0x4005c8 (main+0x1c): str x0, [x1]".
std::string describe_fault(const emu::Fault& fault, emu::Machine& machine);

// Throws UserError for an instruction m2sim does not implement: that is m2sim's failure. A fault of the
// guest becomes its signal. Fills Manifest::end and status; returns the line for standard error, empty
// when the guest just exited or met its limit.
std::string settle_end(const emu::RunEnd& end, emu::Machine& machine, Manifest& manifest);

int exit_status_of(const Manifest& manifest);

}  // namespace m2sim::cmd
