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

}  // namespace m2sim::emu
