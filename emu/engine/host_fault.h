// Turns the host's SIGSEGV inside guest memory into a value. One emulator runs at a time in a thread;
// the handler is process-wide and passes on whatever is not the guest's to the one that was there before.
#pragma once

#include <csetjmp>
#include <cstdint>

#include "emu/cpu/cpu_state.h"
#include "emu/memory/memory.h"

namespace m2sim::emu {

struct HostFault {
  std::uint64_t guest_address = 0;
  bool is_write = false;
  bool is_bus_error = false;  // beyond the end of a mapped file
};

// While it lives, a fault at a host address inside `memory` stores uop, budget and log to `cpu`, fills
// `fault` and jumps to `resume`.
class FaultCatcher {
 public:
  FaultCatcher(const Memory& memory, CpuState& cpu);
  ~FaultCatcher();
  FaultCatcher(const FaultCatcher&) = delete;
  FaultCatcher& operator=(const FaultCatcher&) = delete;

  const Memory& memory;
  CpuState& cpu;
  sigjmp_buf resume;
  HostFault fault;

 private:
  FaultCatcher* previous_;
};

}  // namespace m2sim::emu
