#include "emu/fault.h"

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

}  // namespace m2sim::emu
