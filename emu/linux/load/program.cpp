#include "emu/linux/load/program.h"

#include <utility>

#include "emu/fp/fp.h"

namespace m2sim::emu {

void enter_program(Process& process, Task& task, LoadedProgram loaded) {
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
  write_fpcr(cpu, 0);
  write_fpsr(cpu, 0);
  cpu.tpidr_el0 = 0;
  cpu.pstate = kSsbsBit;
  cpu.exclusive_address = UINT64_MAX;
  space.program = std::make_shared<const LoadedProgram>(std::move(loaded));
}

}  // namespace m2sim::emu
