// What the command line says about the guest, and what becomes of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::emu {

// Gets one complete line, without its newline.
using LineSink = void (*)(std::string_view line);
void line_to_stderr(std::string_view line);

// 2023-01-24 00:00:00 UTC, when the M2 Pro and M2 Max came out: any fixed time, so that a program that looks
// at the clock executes the same instructions whenever it is run.
inline constexpr std::int64_t kDefaultStartTime = 1'674'518'400;

struct MachineOptions {
  std::string program;                    // host path
  std::vector<std::string> argv;          // argv[0] first; empty: the program's path
  std::vector<std::string> envp;          // exactly what the guest gets, "NAME=value" each
  std::string sysroot;                    // absolute guest paths that exist below it are taken from there
  std::string cwd;                        // working directory of the guest; empty: the host's
  bool strace = false;                    // one line a system call, in strace's format
  LineSink diagnostics = line_to_stderr;  // warnings ("m2sim: ...") and the system call trace
  std::int64_t start_time = kDefaultStartTime;  // what CLOCK_REALTIME shows at the start, seconds since 1970
};

// How the guest ended. An exit status is 0..255; a signal is a Linux signal number.
struct GuestEnd {
  enum class Kind : std::uint8_t { kRunning, kExited, kSignalled };
  Kind kind = Kind::kRunning;
  int status = 0;
  int signal = 0;
};

}  // namespace m2sim::emu
