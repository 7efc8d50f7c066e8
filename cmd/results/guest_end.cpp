#include "cmd/results/guest_end.h"

#include <fmt/format.h>

#include <cstring>

#include "cmd/console/failure.h"
#include "cmd/console/stop_on_signal.h"
#include "insts/decode.h"
#include "insts/disasm.h"
#include "insts/missing_extension.h"
#include "insts/operands.h"

namespace m2sim::cmd {
namespace {

std::string place(std::uint64_t pc, emu::Machine& machine) {
  const std::string symbol = machine.describe(pc);
  const std::string address = fmt::format("{:#x}", pc);
  return symbol == address ? address : fmt::format("{} ({})", address, symbol);
}

std::string_view extension_name(insts::Extension extension) {
  switch (extension) {
    case insts::Extension::kBf16:
      return "FEAT_BF16";
    case insts::Extension::kI8mm:
      return "FEAT_I8MM";
    case insts::Extension::kNone:
      break;
  }
  return "";
}

std::string undefined_text(const emu::Fault& fault, const std::string& at, emu::Machine& machine) {
  const insts::Op op = insts::decode(fault.word).op;
  if (op == insts::Op::kUDF) return fmt::format("instruction {:#010x} at {} is undefined", fault.word, at);
  const std::string text = insts::disassemble(fault.word, fault.pc);
  const char* const missing = insts::missing_extension(fault.word);
  if (text.starts_with(".word") && missing != nullptr) {
    return fmt::format("instruction {:#010x} at {} is of {}, which the {} lacks", fault.word, at, missing,
                       emu::processor(machine.kernel().options.cpu).name);
  }
  if (text.starts_with(".word")) {
    return fmt::format("instruction {:#010x} at {} is undefined, or unknown to m2sim", fault.word, at);
  }
  if (insts::extension_of(op) != insts::Extension::kNone) {
    return fmt::format("instruction {:#010x} '{}' at {} is of {}, which the {} lacks", fault.word, text, at,
                       extension_name(insts::extension_of(op)),
                       emu::processor(machine.kernel().options.cpu).name);
  }
  return fmt::format("instruction {:#010x} '{}' at {} is undefined for programs", fault.word, text, at);
}

std::string instruction_at(std::uint64_t pc, emu::Machine& machine) {
  std::uint32_t word = 0;
  if (!machine.memory().read_value(pc, word)) return "";
  return ": " + insts::disassemble(word, pc);
}

// Below a stack there is nothing, and so far down nothing else but runaway recursion gets to.
constexpr std::uint64_t kOverflowReach = std::uint64_t{1} << 20U;

bool is_stack_overflow(std::uint64_t address, const emu::Memory& memory) {
  const emu::Region* above = memory.region_at(address + kOverflowReach);
  return above != nullptr && above->name == "[stack]" && address < above->begin;
}

std::string why_refused(std::uint64_t address, const emu::Memory& memory) {
  const emu::Region* region = memory.region_at(address);
  if (region == nullptr) {
    return is_stack_overflow(address, memory) ? "which is not mapped: the stack has overflowed"
                                              : "which is not mapped";
  }
  return region->name.empty() ? "whose protection forbids it"
                              : fmt::format("whose protection forbids it ({})", region->name);
}

std::string behind_file(const emu::Fault& fault, emu::Machine& machine) {
  const emu::Region* region = machine.memory().region_at(fault.address);
  const std::string name =
      region == nullptr || region->name.empty() ? "" : fmt::format(" ({})", region->name);
  const std::string at = place(fault.pc, machine);
  if (fault.address == fault.pc) return fmt::format("jump to {}, behind the end of its file{}", at, name);
  return fmt::format("access to {:#x}, behind the end of its file{}, at {}{}", fault.address, name, at,
                     instruction_at(fault.pc, machine));
}

[[noreturn]] void fail_unimplemented(const emu::Fault& fault, emu::Machine& machine) {
  throw failure("instruction not implemented: {:#010x} '{}' at {}; m2sim cannot run this program", fault.word,
                insts::disassemble(fault.word, fault.pc), place(fault.pc, machine));
}

}  // namespace

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

std::string describe_fault(const emu::Fault& fault, emu::Machine& machine) {
  const std::string at = place(fault.pc, machine);
  const std::string refused = why_refused(fault.address, machine.memory());
  switch (fault.kind) {
    case emu::FaultKind::kNone:
      return "";
    case emu::FaultKind::kRead:
      return fmt::format("load from {:#x}, {}, at {}{}", fault.address, refused, at,
                         instruction_at(fault.pc, machine));
    case emu::FaultKind::kWrite:
      return fmt::format("store to {:#x}, {}, at {}{}", fault.address, refused, at,
                         instruction_at(fault.pc, machine));
    case emu::FaultKind::kFetch:
      return fmt::format("jump to {}, {}", at, refused);
    case emu::FaultKind::kPcAlignment:
      return fmt::format("jump to {}, which is not a multiple of 4", at);
    case emu::FaultKind::kFileEnd:
      return behind_file(fault, machine);
    case emu::FaultKind::kAlignment:
      return fmt::format("unaligned access to {:#x} at {}{}", fault.address, at,
                         instruction_at(fault.pc, machine));
    case emu::FaultKind::kStackAlignment:
      return fmt::format("stack pointer {:#x}, which is not a multiple of 16, at {}{}", fault.address, at,
                         instruction_at(fault.pc, machine));
    case emu::FaultKind::kUndefined:
    case emu::FaultKind::kUnimplemented:
      return undefined_text(fault, at, machine);
    case emu::FaultKind::kPointerAuth:
      return fmt::format("pointer authentication failed at {}{}", at, instruction_at(fault.pc, machine));
    case emu::FaultKind::kBreakpoint:
      return fmt::format("breakpoint at {}{}", at, instruction_at(fault.pc, machine));
  }
  return "";
}

std::string settle_end(const emu::RunEnd& end, emu::Machine& machine, Manifest& manifest) {
  if (end.kind == emu::RunEnd::Kind::kLimit || end.kind == emu::RunEnd::Kind::kReached) {
    manifest.end = end.kind == emu::RunEnd::Kind::kLimit ? "limit" : "regions";
    return "";
  }
  // What it has left behind may still have run.
  const bool ended = machine.end().kind != emu::GuestEnd::Kind::kRunning;
  if (end.kind == emu::RunEnd::Kind::kStopped && !ended) {
    manifest.end = "stopped";
    manifest.status = stop_request.load();
    return fmt::format("{}: stopped by {}", manifest.program, signal_name(manifest.status));
  }
  emu::GuestEnd guest = machine.end();
  std::string why;
  if (end.kind == emu::RunEnd::Kind::kFault) {
    if (end.fault.kind == emu::FaultKind::kUnimplemented) fail_unimplemented(end.fault, machine);
    why = ": " + describe_fault(end.fault, machine);
    guest = {emu::GuestEnd::Kind::kSignalled, 0, emu::signal_of(end.fault.kind)};
  }
  if (guest.kind == emu::GuestEnd::Kind::kRunning) {
    throw failure("{}: every thread waits for something that none of them will do; m2sim gives up",
                  manifest.program);
  }
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
  const bool by_signal = manifest.end == "signal" || manifest.end == "stopped";
  if (manifest.end == "timeout") return kExitTimeout;
  return by_signal ? kSignalBase + manifest.status : manifest.status;
}

}  // namespace m2sim::cmd
