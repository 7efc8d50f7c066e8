// Running a guest's signal handler: the frame Linux puts on the stack, and the way back.
#pragma once

#include <cstdint>

#include "emu/linux/process.h"

namespace m2sim::emu {

// Lets the thread take its pending signals: enters handlers, or ends or stops the process. cpu.pc is the
// next instruction. False: the process does not go on.
bool deliver_signals(Kernel& kernel, Task& task);

// A fault cannot be put off: if its signal is blocked or ignored the process ends. False as above.
bool deliver_fault_signal(Kernel& kernel, Task& task, const SignalInfo& info);

// Whether the signal that the thread is about to take lets a waiting system call begin again.
bool restarts_after_signal(const Task& task);

// rt_sigreturn: takes the state back from the frame at sp. False: there is no readable frame.
bool restore_from_frame(Task& task);

}  // namespace m2sim::emu
