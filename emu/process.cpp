#include "emu/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>

#include "emu/kernel.h"
#include "emu/program_load.h"
#include "emu/signal_frame.h"
#include "emu/strace.h"
#include "emu/user_error.h"

namespace m2sim::emu {

Kernel::Kernel(const ProcessOptions& given) : options(given), paths(given.sysroot), host_umask(::umask(0)) {
  ::umask(host_umask);
  // A process inherits what its parent ignores (nohup does that).
  for (int signal = 1; signal < SIGRTMIN; ++signal) {
    struct sigaction action {};
    const bool ignored = ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
    if (ignored) signals.actions[static_cast<std::size_t>(signal)].handler = 1;
  }
  // Of a write to a pipe nobody reads the guest shall die, or not, but never the simulator.
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &host_sigpipe);
}

Kernel::~Kernel() {
  ::umask(host_umask);
  ::sigaction(SIGPIPE, &host_sigpipe, nullptr);
}

namespace {

std::uint64_t host_realtime() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

void line_to_stderr(std::string_view line) {
  std::string text(line);
  text += '\n';
  const char* at = text.data();
  std::size_t left = text.size();
  while (left > 0) {
    const ssize_t done = ::write(STDERR_FILENO, at, left);
    if (done <= 0) return;
    at += done;
    left -= static_cast<std::size_t>(done);
  }
}

Process::Process(const ProcessOptions& options) : kernel_(std::make_unique<Kernel>(options)) {
  Kernel& kernel = *kernel_;
  kernel.clock.realtime_at_start =
      options.start_time ? static_cast<std::uint64_t>(*options.start_time) * 1'000'000'000 : host_realtime();
  LoadRequest request;
  request.name = options.program;
  request.argv = options.argv;
  request.envp = options.envp;
  request.random[0] = kernel.random.next();
  request.random[1] = kernel.random.next();
  loaded_ = load_first_program(request, kernel.paths, kernel.fds, kernel.memory);
  // The program is named as the simulator's user sees files; only then does the guest move.
  if (!options.cwd.empty() && kernel.paths.change_directory(AT_FDCWD, options.cwd.c_str()) != 0) {
    throw UserError(
        "cannot enter the directory " + options.cwd + ": " + std::generic_category().message(errno),
        kExitInternal);
  }
  kernel.paths.set_program(loaded_.path);
  kernel.process_name = loaded_.comm;
  kernel.stack_begin = loaded_.stack_begin;
  kernel.stack_end = loaded_.stack_end;
  kernel.brk_start = kernel.brk_end = loaded_.brk_start;
  kernel.sigreturn_address = loaded_.sigreturn_address;
  symbols_ = std::make_unique<Symbols>(loaded_.image, loaded_.bias);
}

Process::~Process() = default;

Memory& Process::memory() { return kernel_->memory; }

void Process::start(CpuState& cpu) const {
  cpu.x = {};
  cpu.x[kSpSlot] = loaded_.stack_pointer;
  cpu.flags = {};
  cpu.v = {};
  cpu.pc = loaded_.entry_pc;
  cpu.fpcr = 0;
  cpu.fpsr = 0;
  cpu.tpidr_el0 = 0;
}

void Process::set_time(std::uint64_t nanoseconds) { kernel_->clock.executed = nanoseconds; }

void Process::end_by_signal(int signal) { kernel_->end = {GuestEnd::Kind::kSignalled, 0, signal}; }

bool Process::deliver_fault(CpuState& cpu, const Fault& fault) {
  cpu.pc = fault.pc;
  const bool mapped = memory().region_at(fault.address) != nullptr;
  raise_signal(*kernel_, {signal_of(fault.kind), signal_code_of(fault.kind, mapped), fault.address});
  deliver_signals(*kernel_, cpu);
  return kernel_->end.kind == GuestEnd::Kind::kRunning;
}

const GuestEnd& Process::end() const { return kernel_->end; }

bool Process::system_call(CpuState& cpu) {
  Kernel& kernel = *kernel_;
  const std::uint64_t number = cpu.x[8];
  const Args args{{cpu.x[0], cpu.x[1], cpu.x[2], cpu.x[3], cpu.x[4], cpu.x[5]}};
  kernel.cpu = &cpu;
  const SystemCallRow& row = system_call_row(number);
  std::int64_t result = -ENOSYS;
  if (row.function != nullptr) {
    result = row.function(kernel, args);
  } else if (const std::size_t slot = std::min<std::uint64_t>(number, kSystemCallLimit - 1);
             !kernel.warned[slot]) {
    kernel.warned.set(slot);
    const std::string name = row.name == nullptr ? "" : " (" + std::string(row.name) + ")";
    kernel.options.diagnostics("m2sim: system call " + std::to_string(number) + name + " is not implemented");
  }
  if (kernel.options.strace) kernel.options.diagnostics(strace_line(kernel, number, args, result));
  cpu.x[0] = static_cast<std::uint64_t>(result);
  deliver_signals(kernel, cpu);
  return kernel.end.kind == GuestEnd::Kind::kRunning;
}

}  // namespace m2sim::emu
