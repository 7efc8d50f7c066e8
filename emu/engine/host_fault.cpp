#include "emu/engine/host_fault.h"

#include <ucontext.h>

#include <csignal>
#include <cstdlib>

#include "emu/engine/guest_access.h"

namespace m2sim::emu {
namespace {

thread_local FaultCatcher* active = nullptr;

// Whoever handled faults before: a sanitizer, a profiler, or nobody.
struct sigaction earlier_segv {};
struct sigaction earlier_bus {};

// Not the guest's: our own mistake, or that of a library. Without an earlier handler, returning repeats the
// access, which now ends the process with the usual report.
void pass_on(int signal_number, siginfo_t* info, void* context) {
  const struct sigaction& earlier = signal_number == SIGBUS ? earlier_bus : earlier_segv;
  if ((earlier.sa_flags & SA_SIGINFO) != 0) return earlier.sa_sigaction(signal_number, info, context);
  if (earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN)
    return earlier.sa_handler(signal_number);
  std::signal(signal_number, SIG_DFL);
}

void on_fault(int signal_number, siginfo_t* info, void* context_pointer) {
  FaultCatcher* catcher = active;
  if (catcher == nullptr) return pass_on(signal_number, info, context_pointer);
  const auto* at = static_cast<const std::byte*>(info->si_addr);
  const std::byte* base = catcher->memory.base();
  if (at < base || at >= base + catcher->memory.limit() + kMemoryGuard)
    return pass_on(signal_number, info, context_pointer);
  // Behind the end of a file there may be zeros to come.
  if (signal_number == SIGBUS && catcher->memory.fill_tail(static_cast<std::uint64_t>(at - base))) return;
  CpuState& cpu = catcher->cpu;
  const auto* context = static_cast<const ucontext_t*>(context_pointer);
  const auto offset = static_cast<std::uint64_t>(at - base);
  catcher->fault.guest_address = offset >= catcher->memory.limit() ? cpu.wild_address : offset;
#if defined(__x86_64__)
  const auto& registers = context->uc_mcontext.gregs;
  constexpr greg_t kWriteAccess = 2;  // of the page-fault error code
  catcher->fault.is_write = (registers[REG_ERR] & kWriteAccess) != 0;
#else
  // Without the kernel's word: what may be read must have been written.
  catcher->fault.is_write = catcher->memory.allows(offset, 1, kProtRead);
#endif
#if M2SIM_PINNED_ACCESS
  cpu.exit_uop = reinterpret_cast<const Uop*>(registers[REG_RDI]) - 1;
  cpu.budget = registers[REG_RDX];
  cpu.log = reinterpret_cast<std::uint64_t*>(registers[REG_RCX]);
#endif
  catcher->fault.is_bus_error = signal_number == SIGBUS;
  cpu.exit = Exit::kFault;
  siglongjmp(catcher->resume, 1);
}

void install_once() {
  static const bool installed = [] {
    struct sigaction action {};
    action.sa_sigaction = on_fault;
    // NODEFER: the handler leaves by a jump that does not restore the mask, which is cheaper.
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGSEGV, &action, &earlier_segv) == 0 && sigaction(SIGBUS, &action, &earlier_bus) == 0;
  }();
  static_cast<void>(installed);
}

}  // namespace

FaultCatcher::FaultCatcher(const Memory& guest_memory, CpuState& guest_cpu)
    : memory(guest_memory), cpu(guest_cpu), previous_(active) {
  install_once();
  active = this;
}

FaultCatcher::~FaultCatcher() { active = previous_; }

}  // namespace m2sim::emu
