// Running a guest's signal handler: the frame Linux puts on the stack, and the way back.
#pragma once

#include <cstdint>

#include "emu/cpu_state.h"
#include "emu/kernel.h"

namespace m2sim::emu {

// Why a signal was raised, as far as siginfo_t tells the handler.
struct SignalInfo {
  int signal = 0;
  int code = 0;               // SI_USER, SEGV_MAPERR, ...
  std::uint64_t address = 0;  // faults: the address touched
};

// Maps the page with `mov x8, #139; svc #0` that handlers return to. Linux keeps it in its vDSO, which
// this process does not have.
void map_sigreturn(Kernel& kernel);

// Makes a signal pending, or ends the process, or ignores it, as its action says.
void raise_signal(Kernel& kernel, const SignalInfo& info);

// Enters the handler of a pending signal that is not blocked, if there is one. Call it when no system
// call is in progress and cpu.pc is the next instruction.
void deliver_signals(Kernel& kernel, CpuState& cpu);

// rt_sigreturn: takes the state back from the frame at sp. False: there is no readable frame.
bool restore_from_frame(Kernel& kernel, CpuState& cpu);

}  // namespace m2sim::emu
