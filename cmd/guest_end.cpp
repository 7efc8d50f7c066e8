#include "cmd/guest_end.h"

#include <fmt/format.h>

#include <cstring>

#include "cmd/failure.h"
#include "insts/decode.h"
#include "insts/disasm.h"

namespace m2sim::cmd {
namespace {

std::string place(std::uint64_t pc, emu::Process& process) {
  const std::string symbol = process.symbols().describe(pc);
  const std::string address = fmt::format("{:#x}", pc);
  return symbol == address ? address : fmt::format("{} ({})", address, symbol);
}

bool is_udf(std::uint32_t word) { return insts::decode(word).op == insts::Op::kUDF; }

// The table has no row for the word, but the disassembler knows it: it is legal, and the fault is ours.
bool is_legal_elsewhere(const emu::Fault& fault) {
  return fault.kind == emu::FaultKind::kUndefined && !is_udf(fault.word) &&
         !insts::disassemble(fault.word, fault.pc).starts_with(".word");
}

std::string instruction_at(std::uint64_t pc, emu::Process& process) {
  std::uint32_t word = 0;
  if (!process.memory().read_value(pc, word)) return "";
  return ": " + insts::disassemble(word, pc);
}

std::string why_refused(std::uint64_t address, const emu::Memory& memory) {
  const emu::Region* region = memory.region_at(address);
  if (region == nullptr) return "which is not mapped";
  return region->name.empty() ? "whose protection forbids it"
                              : fmt::format("whose protection forbids it ({})", region->name);
}

[[noreturn]] void fail_unimplemented(const emu::Fault& fault, emu::Process& process) {
  throw failure("instruction not implemented: {:#010x} '{}' at {}; m2sim cannot run this program", fault.word,
                insts::disassemble(fault.word, fault.pc), place(fault.pc, process));
}

}  // namespace

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

std::string describe_fault(const emu::Fault& fault, emu::Process& process) {
  const std::string at = place(fault.pc, process);
  const std::string refused = why_refused(fault.address, process.memory());
  switch (fault.kind) {
    case emu::FaultKind::kNone:
      return "";
    case emu::FaultKind::kRead:
      return fmt::format("load from {:#x}, {}, at {}{}", fault.address, refused, at,
                         instruction_at(fault.pc, process));
    case emu::FaultKind::kWrite:
      return fmt::format("store to {:#x}, {}, at {}{}", fault.address, refused, at,
                         instruction_at(fault.pc, process));
    case emu::FaultKind::kFetch:
      return fmt::format("jump to {}, which is not executable", at);
    case emu::FaultKind::kPcAlignment:
      return fmt::format("jump to {}, which is not a multiple of 4", at);
    case emu::FaultKind::kAlignment:
      return fmt::format("unaligned access to {:#x} at {}{}", fault.address, at,
                         instruction_at(fault.pc, process));
    case emu::FaultKind::kUndefined:
    case emu::FaultKind::kUnimplemented:
      return fmt::format("instruction {:#010x} at {} is undefined{}", fault.word, at,
                         is_udf(fault.word) ? "" : ", or unknown to m2sim");
    case emu::FaultKind::kPointerAuth:
      return fmt::format("pointer authentication failed at {}{}", at, instruction_at(fault.pc, process));
    case emu::FaultKind::kBreakpoint:
      return fmt::format("breakpoint at {}{}", at, instruction_at(fault.pc, process));
  }
  return "";
}

std::string settle_end(const emu::RunEnd& end, emu::Process& process, Manifest& manifest) {
  if (end.kind == emu::RunEnd::Kind::kLimit) {
    manifest.end = "limit";
    return "";
  }
  std::string why;
  if (end.kind == emu::RunEnd::Kind::kFault) {
    if (end.fault.kind == emu::FaultKind::kUnimplemented || is_legal_elsewhere(end.fault)) {
      fail_unimplemented(end.fault, process);
    }
    why = ": " + describe_fault(end.fault, process);
    process.end_by_signal(emu::signal_of(end.fault.kind));
  }
  const emu::GuestEnd& guest = process.end();
  if (guest.kind == emu::GuestEnd::Kind::kSignalled) {
    manifest.end = "signal";
    manifest.status = guest.signal;
    return fmt::format("{}: killed by {}{}", manifest.program, signal_name(guest.signal), why);
  }
  manifest.end = "exit";
  manifest.status = guest.status;
  return "";
}

int exit_status_of(const Manifest& manifest) {
  constexpr int kSignalBase = 128;
  return manifest.end == "signal" ? kSignalBase + manifest.status : manifest.status;
}

}  // namespace m2sim::cmd
