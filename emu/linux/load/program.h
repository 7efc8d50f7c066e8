// A loaded program becomes what a process runs.
#pragma once

#include "emu/linux/load/program_load.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

// `loaded` lies in process.space. The thread's registers are as Linux leaves them for the first
// instruction; the process takes its break, its stack's bounds and its name from it.
void enter_program(Process& process, Task& task, LoadedProgram loaded);

}  // namespace m2sim::emu
