// What the caller says about the guest, and what becomes of it. Nothing of the host process reaches the guest
// but what stands here, and its files.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emu/cpu/processor.h"
#include "emu/linux/resource_limits.h"

namespace m2sim::emu {

// Gets one complete line, without its newline.
using LineSink = void (*)(std::string_view line);

// 2023-01-24 00:00:00 UTC, when the M2 Pro and M2 Max came out: any fixed time, so that a program that looks
// at the clock executes the same instructions whenever it is run.
inline constexpr std::int64_t kDefaultStartTime = 1'674'518'400;

// Making machine code of a block takes as long as some hundred executions of it without.
inline constexpr std::int32_t kJitAfter = 1000;

struct MachineOptions {
  std::string program;            // host path
  std::vector<std::byte> image;   // not empty: the program itself; its path is then only a name
  std::vector<std::string> argv;  // argv[0] first; empty: the program's path
  std::vector<std::string> envp;  // exactly what the guest gets, "NAME=value" each
  std::string sysroot;            // absolute guest paths that exist below it are taken from there
  std::string cwd;                // working directory of the guest; empty: the host's
  // Host descriptors behind the guest's 0, 1 and 2, which stay the caller's; closed here, closed there.
  std::array<int, 3> streams{0, 1, 2};
  // Runs without a log make machine code of a block that has been entered so often; 0: never.
  std::int32_t jit_after = kJitAfter;
  std::size_t jit_bytes = std::size_t{64}
                          << 20U;  // of machine code at most; when it is full, all blocks are dropped
  Cpu cpu = Cpu::kM2;              // the processor that the guest sees
  bool strace = false;             // one line a system call, in strace's format
  LineSink diagnostics = [](std::string_view) {};  // warnings ("m2sim: ...")
  LineSink trace = nullptr;                        // of system calls; null: as the warnings
  std::int64_t start_time = kDefaultStartTime;  // what CLOCK_REALTIME shows at the start, seconds since 1970
  // At the start; what the guest makes it to applies to its files, and the host process's own on top of it.
  std::uint32_t umask = 022;
  ResourceLimits limits;              // of the first process
  std::uint64_t ignored_signals = 0;  // at the start, as nohup does it: bit n - 1 for signal n
  // All guest processes are stopped (SIGSTOP, SIGTSTP): comes back when they shall go on, at once by default.
  void (*wait_stopped)() = [] {};
  // Somebody may send signals (Machine::send_from_outside): guests that wait for nothing else are not stuck.
  bool signals_from_outside = false;
  // Ends a run once it is not 0, within a tenth of a second; may be set by a signal handler or another
  // thread.
  const std::atomic<int>* stop_request = nullptr;
  static_assert(std::atomic<int>::is_always_lock_free);

  bool stop_requested() const {
    return stop_request != nullptr && stop_request->load(std::memory_order_relaxed) != 0;
  }
};

// How the guest ended. An exit status is 0..255; a signal is a Linux signal number.
struct GuestEnd {
  enum class Kind : std::uint8_t { kRunning, kExited, kSignalled };
  Kind kind = Kind::kRunning;
  int status = 0;
  int signal = 0;
};

}  // namespace m2sim::emu
