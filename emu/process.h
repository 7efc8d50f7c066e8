// A Linux process: a program in memory with its stack, and the kernel it talks to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emu/cpu_state.h"
#include "emu/fault.h"
#include "emu/memory.h"
#include "emu/program_load.h"
#include "emu/symbols.h"

namespace m2sim::emu {

struct Kernel;

// Gets one complete line, without its newline.
using LineSink = void (*)(std::string_view line);
void line_to_stderr(std::string_view line);

struct ProcessOptions {
  std::string program;                    // host path
  std::vector<std::string> argv;          // argv[0] first; empty: the program's path
  std::vector<std::string> envp;          // exactly what the guest gets, "NAME=value" each
  std::string sysroot;                    // absolute guest paths that exist below it are taken from there
  std::string cwd;                        // working directory of the guest; empty: the host's
  bool strace = false;                    // one line a system call, in strace's format
  LineSink diagnostics = line_to_stderr;  // warnings ("m2sim: ...") and the system call trace
  // Seconds since 1970 that CLOCK_REALTIME shows at the start; empty: the host's clock, read once.
  std::optional<std::int64_t> start_time;
};

// How the guest ended. An exit status is 0..255; a signal is a Linux signal number.
struct GuestEnd {
  enum class Kind : std::uint8_t { kRunning, kExited, kSignalled };
  Kind kind = Kind::kRunning;
  int status = 0;
  int signal = 0;
};

class Process {
 public:
  // Loads the program and lays out its stack. Throws UserError.
  explicit Process(const ProcessOptions& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Memory& memory();
  // Registers, stack pointer and pc as Linux leaves them for the first instruction.
  void start(CpuState& cpu) const;

  // Simulated time since the start, in ns. The guest's clocks show it; set it before system_call() to a
  // value that depends on retired instructions only, and every run sees the same clocks.
  void set_time(std::uint64_t nanoseconds);
  // Executes the call in x8 with x0..x5, result in x0. Returns false when the guest has ended.
  bool system_call(CpuState& cpu);
  // A fault raised a signal: the guest ends with it.
  void end_by_signal(int signal);
  // The same, but a handler the guest has installed runs first: registers and pc are then the handler's.
  // False when there is none and the guest has ended.
  bool deliver_fault(CpuState& cpu, const Fault& fault);

  const GuestEnd& end() const;
  const ElfImage& image() const { return loaded_.image; }
  Symbols& symbols() { return *symbols_; }
  std::uint64_t load_bias() const { return loaded_.bias; }

 private:
  LoadedProgram loaded_;
  std::unique_ptr<Kernel> kernel_;
  std::unique_ptr<Symbols> symbols_;
};

}  // namespace m2sim::emu
