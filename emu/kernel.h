// The emulated kernel's side of a process: what system calls read and change.
#pragma once

#include <signal.h>

#include <array>
#include <bitset>
#include <cstdint>
#include <string>

#include "emu/cpu_state.h"
#include "emu/fd_table.h"
#include "emu/guest_paths.h"
#include "emu/memory.h"
#include "emu/process.h"
#include "emu/signals.h"

namespace m2sim::emu {

inline constexpr std::size_t kSystemCallLimit = 512;  // above every arm64 number in use

// A deterministic stream for getrandom and AT_RANDOM: the same bytes in every run (SplitMix64).
class GuestRandom {
 public:
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

 private:
  std::uint64_t state_ = 0x6d32'7369'6d00'0001;  // any constant will do
};

// Simulated time. The monotonic clock starts at a fixed uptime, the real-time clock at the host's time of
// start; both advance with retired instructions (Process::set_time) and with what the guest sleeps.
struct GuestClock {
  static constexpr std::uint64_t kUptimeAtStart = 1'000'000'000'000;  // 1000 s in ns

  std::uint64_t realtime_at_start = 0;  // ns since 1970
  std::uint64_t executed = 0;           // ns, set before every system call
  std::uint64_t slept = 0;              // ns; sleeping advances the clock and does not wait

  std::uint64_t elapsed() const { return executed + slept; }
  std::uint64_t monotonic() const { return kUptimeAtStart + elapsed(); }
  std::uint64_t realtime() const { return realtime_at_start + elapsed(); }
};

struct Kernel {
  explicit Kernel(const ProcessOptions& given);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  ProcessOptions options;
  Memory memory;
  FdTable fds;
  GuestPaths paths;
  Signals signals;
  GuestClock clock;
  GuestRandom random;
  GuestEnd end;

  std::string process_name;  // PR_SET_NAME, at most 15 characters
  std::uint64_t brk_start = 0;
  std::uint64_t brk_end = 0;    // the current break, not rounded
  std::uint64_t clear_tid = 0;  // set_tid_address
  std::uint64_t robust_list = 0;
  std::uint64_t robust_list_length = 0;
  std::uint64_t stack_begin = 0;
  std::uint64_t stack_end = 0;
  std::uint64_t sigreturn_address = 0;  // where a signal handler returns to
  bool no_new_privileges = false;
  std::uint32_t host_umask = 0;          // restored when the process goes away
  struct sigaction host_sigpipe {};      // likewise; the host ignores it meanwhile
  CpuState* cpu = nullptr;               // the caller, during a system call
  std::bitset<kSystemCallLimit> warned;  // unimplemented numbers that have had their one warning
};

// Arguments of a system call, x0 to x5.
struct Args {
  std::array<std::uint64_t, 6> x;

  std::uint64_t operator[](std::size_t i) const { return x[i]; }
  // The kernel takes 32-bit arguments from the lower half, whatever the upper half holds.
  int i32(std::size_t i) const { return static_cast<int>(static_cast<std::uint32_t>(x[i])); }
  std::uint32_t u32(std::size_t i) const { return static_cast<std::uint32_t>(x[i]); }
  std::int64_t i64(std::size_t i) const { return static_cast<std::int64_t>(x[i]); }
};

// The result is what x0 gets: a value, or -errno. arm64 uses the generic error numbers, which are those
// of x86-64 and AArch64 hosts, so the host's errno passes through.
using SystemCall = std::int64_t (*)(Kernel& kernel, const Args& args);

struct SystemCallRow {
  const char* name = nullptr;       // null: no such number
  const char* arguments = nullptr;  // formats for the trace (strace.h); null: not implemented
  SystemCall function = nullptr;
};

const SystemCallRow& system_call_row(std::uint64_t number);

}  // namespace m2sim::emu
