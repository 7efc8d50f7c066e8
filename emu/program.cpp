#include "emu/program.h"

#include <utility>

namespace m2sim::emu {

void enter_program(Kernel& process, Task& task, LoadedProgram loaded) {
  AddressSpace& space = *process.space;
  space.brk_start = space.brk_end = loaded.brk_start;
  space.stack_begin = loaded.stack_begin;
  space.stack_end = loaded.stack_end;
  space.sigreturn_address = loaded.sigreturn_address;
  process.name = loaded.comm;
  process.paths.set_program(loaded.path);

  CpuState& cpu = task.cpu;
  cpu.x = {};
  cpu.x[kSpSlot] = loaded.stack_pointer;
  cpu.flags = {};
  cpu.v = {};
  cpu.pc = loaded.entry_pc;
  cpu.fpcr = 0;
  cpu.fpsr = 0;
  cpu.fp_fast = false;
  cpu.tpidr_el0 = 0;
  cpu.pstate = kSsbsBit;
  cpu.exclusive_address = UINT64_MAX;
  space.program = std::make_shared<const LoadedProgram>(std::move(loaded));
}

}  // namespace m2sim::emu
