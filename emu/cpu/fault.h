// What stops a guest: faults are values, never exceptions.
#pragma once

#include <cstdint>

namespace m2sim::emu {

enum class FaultKind : std::uint8_t {
  kNone,
  kRead,            // load from an address that is not mapped or not readable   -> SIGSEGV
  kWrite,           // store to an address that is not mapped or not writable    -> SIGSEGV
  kFetch,           // next instruction is not mapped or not executable          -> SIGSEGV
  kPcAlignment,     // program counter not a multiple of 4                       -> SIGBUS
  kAlignment,       // exclusive or atomic access that must be aligned           -> SIGBUS
  kStackAlignment,  // load or store through an sp that is no multiple of 16     -> SIGBUS
  kFileEnd,         // load, store or fetch of a page behind its file's end      -> SIGBUS
  kUndefined,       // architecturally undefined instruction (udf included)      -> SIGILL
  kUnimplemented,   // legal instruction m2sim does not implement: m2sim's failure, not the guest's
  kPointerAuth,     // aut*: the pointer's authentication code is wrong          -> SIGILL
  kBreakpoint,      // brk                                                       -> SIGTRAP
};

struct Fault {
  FaultKind kind = FaultKind::kNone;
  std::uint64_t pc = 0;       // guest address of the instruction
  std::uint64_t address = 0;  // guest address touched (data faults)
  std::uint32_t word = 0;     // the instruction (kUndefined, kUnimplemented, kBreakpoint)
  bool write = false;         // kWrite and kFileEnd: by a store
};

// Linux signal number that the fault raises in the guest.
int signal_of(FaultKind kind);
// siginfo_t's si_code for it. `mapped`: something is mapped at Fault::address, so it was the protection.
int signal_code_of(FaultKind kind, bool mapped);
// ESR_EL1 of an access or a fetch, as Linux hands it to the handler; 0 where it hands on nothing.
std::uint64_t syndrome_of(const Fault& fault, bool mapped);

}  // namespace m2sim::emu
