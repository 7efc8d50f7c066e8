#include "emu/cpu/fault.h"

#include <csignal>

namespace m2sim::emu {

int signal_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kRead:
    case FaultKind::kWrite:
    case FaultKind::kFetch:
      return SIGSEGV;
    case FaultKind::kPcAlignment:
    case FaultKind::kAlignment:
    case FaultKind::kStackAlignment:
    case FaultKind::kFileEnd:
      return SIGBUS;
    case FaultKind::kUndefined:
    case FaultKind::kUnimplemented:
    case FaultKind::kPointerAuth:
      return SIGILL;
    case FaultKind::kBreakpoint:
      return SIGTRAP;
    case FaultKind::kNone:
      break;
  }
  return 0;
}

int signal_code_of(FaultKind kind, bool mapped) {
  switch (kind) {
    case FaultKind::kRead:
    case FaultKind::kWrite:
    case FaultKind::kFetch:
      return mapped ? SEGV_ACCERR : SEGV_MAPERR;
    case FaultKind::kPcAlignment:
    case FaultKind::kAlignment:
    case FaultKind::kStackAlignment:
      return BUS_ADRALN;
    case FaultKind::kFileEnd:
      return BUS_ADRERR;
    case FaultKind::kUndefined:
    case FaultKind::kUnimplemented:
      return ILL_ILLOPC;
    case FaultKind::kPointerAuth:
      return ILL_ILLOPN;
    case FaultKind::kBreakpoint:
      return TRAP_BRKPT;
    case FaultKind::kNone:
      break;
  }
  return 0;
}

std::uint64_t syndrome_of(const Fault& fault, bool mapped) {
  // Exception classes of what comes from EL0, and fault status codes of the last level of the tables.
  enum : std::uint64_t { kFetchAbort = 0x20, kPcAlignment = 0x22, kDataAbort = 0x24, kSpAlignment = 0x26 };
  enum : std::uint64_t { kNothing = 0, kTranslation = 0x07, kPermission = 0x0f, kMisaligned = 0x21 };
  constexpr std::uint64_t kLongInstruction = std::uint64_t{1} << 25U;
  const auto syndrome = [&fault](std::uint64_t exception, std::uint64_t status) {
    const std::uint64_t by_store = exception == kDataAbort && fault.write ? 1 : 0;
    return exception << 26U | kLongInstruction | by_store << 6U | status;
  };
  const std::uint64_t why = mapped ? kPermission : kTranslation;
  switch (fault.kind) {
    case FaultKind::kRead:
    case FaultKind::kWrite:
      return syndrome(kDataAbort, why);
    case FaultKind::kFetch:
      return syndrome(kFetchAbort, why);
    case FaultKind::kFileEnd:
      return syndrome(fault.address == fault.pc ? kFetchAbort : kDataAbort, kTranslation);
    case FaultKind::kAlignment:
      return syndrome(kDataAbort, kMisaligned);
    case FaultKind::kPcAlignment:
      return syndrome(kPcAlignment, kNothing);
    case FaultKind::kStackAlignment:
      return syndrome(kSpAlignment, kNothing);
    default:
      return 0;
  }
}

}  // namespace m2sim::emu
