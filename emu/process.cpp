#include "emu/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <system_error>

#include "emu/hwcap.h"
#include "emu/kernel.h"
#include "emu/process_stack.h"
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

// siginfo_t's si_code: the kernel tells "nothing there" from "not allowed"; which one is for the memory to
// say, and handlers rarely ask.
int signal_code(FaultKind kind) {
  switch (kind) {
    case FaultKind::kUndefined:
    case FaultKind::kUnimplemented:
      return ILL_ILLOPC;
    case FaultKind::kPointerAuth:
      return ILL_ILLOPN;
    case FaultKind::kPcAlignment:
    case FaultKind::kAlignment:
      return BUS_ADRALN;
    case FaultKind::kBreakpoint:
      return TRAP_BRKPT;
    default:
      return SEGV_MAPERR;
  }
}

constexpr std::uint64_t kStackSize = std::uint64_t{8} << 20;  // Linux's default RLIMIT_STACK
constexpr std::uint64_t kStackGap = std::uint64_t{1} << 20;   // kept free above and below the stack
constexpr std::uint64_t kArgumentMost = kStackSize / 4;       // Linux: a quarter of the stack
// Below every limit(), so that addresses, and with them caches and cycles, are the same on every host.
constexpr std::uint64_t kStackTop = std::uint64_t{1} << 38;
constexpr std::uint64_t kPieBase = std::uint64_t{1} << 36;  // below every limit(), above most programs
constexpr std::uint64_t kClockTicks = 100;                  // USER_HZ
constexpr std::uint64_t kMinSignalStack = 5120;             // arm64 MINSIGSTKSZ

std::uint64_t up(std::uint64_t address, std::uint64_t unit) { return (address + unit - 1) / unit * unit; }

std::string absolute(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;
  std::string text(resolved);
  std::free(resolved);
  return text;
}

std::uint64_t host_realtime() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

void check_program(const ElfImage& image) {
  if (!image.interpreter.empty()) {
    throw UserError(image.path + ": dynamically linked (its loader is " + image.interpreter +
                        "), which m2sim does not run yet; link it with -static",
                    kExitNotExecutable);
  }
}

std::vector<AuxEntry> auxiliary_vector(const ElfImage& image, std::uint64_t bias) {
  const std::uint64_t headers = image.phdr_address == 0 ? 0 : image.phdr_address + bias;
  return {
      {Aux::kHwcap, hwcap_word(1)},
      {Aux::kPagesz, kGuestPage},
      {Aux::kClktck, kClockTicks},
      {Aux::kPhdr, headers},
      {Aux::kPhent, kElfPhdrSize},
      {Aux::kPhnum, image.phdr_count},
      {Aux::kBase, 0},
      {Aux::kFlags, 0},
      {Aux::kEntry, image.entry + bias},
      {Aux::kUid, ::getuid()},
      {Aux::kEuid, ::geteuid()},
      {Aux::kGid, ::getgid()},
      {Aux::kEgid, ::getegid()},
      {Aux::kSecure, 0},
      {Aux::kHwcap2, hwcap_word(2)},
      {Aux::kMinsigstksz, kMinSignalStack},
  };
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

Process::Process(const ProcessOptions& options) : image_(read_elf(options.program)) {
  check_program(image_);
  kernel_ = std::make_unique<Kernel>(options);
  Kernel& kernel = *kernel_;
  Memory& memory = kernel.memory;
  kernel.paths.set_program(absolute(options.program));
  kernel.process_name = options.program.substr(options.program.rfind('/') + 1).substr(0, 15);
  if (!options.cwd.empty() && kernel.paths.change_directory(AT_FDCWD, options.cwd.c_str()) != 0) {
    throw UserError(
        "cannot enter the directory " + options.cwd + ": " + std::generic_category().message(errno),
        kExitInternal);
  }
  kernel.clock.realtime_at_start =
      options.start_time ? static_cast<std::uint64_t>(*options.start_time) * 1'000'000'000 : host_realtime();

  bias_ = image_.position_independent ? up(kPieBase, kGuestPage) : 0;
  kernel.stack_end = kStackTop - kStackGap;
  kernel.stack_begin = kernel.stack_end - kStackSize;
  if (image_.end() > kernel.stack_begin - kStackGap - bias_) {
    throw UserError(image_.path + ": its segments reach into the stack of the guest's address space",
                    kExitNotExecutable);
  }
  load_elf(image_, bias_, memory);
  const std::uint8_t stack_protection =
      image_.executable_stack ? kProtRead | kProtWrite | kProtExec : kProtRead | kProtWrite;
  if (!memory.map(kernel.stack_begin, kStackSize, stack_protection, "[stack]")) {
    throw UserError("cannot map the guest's stack: " + std::generic_category().message(errno), kExitInternal);
  }
  map_sigreturn(kernel);
  memory.set_search_top(kernel.stack_begin - kStackGap);
  kernel.brk_start = kernel.brk_end = up(image_.end() + bias_, kGuestPage);

  StackContents stack;
  stack.argv = options.argv.empty() ? std::vector{options.program} : options.argv;
  stack.envp = options.envp;
  stack.auxv = auxiliary_vector(image_, bias_);
  stack.execfn = options.program;
  stack.random[0] = kernel.random.next();
  stack.random[1] = kernel.random.next();
  stack_pointer_ = write_stack(stack, kernel.stack_end, kArgumentMost, memory);
  symbols_ = std::make_unique<Symbols>(image_, bias_);
}

Process::~Process() = default;

Memory& Process::memory() { return kernel_->memory; }

void Process::start(CpuState& cpu) const {
  cpu.x = {};
  cpu.x[kSpSlot] = stack_pointer_;
  cpu.flags = {};
  cpu.v = {};
  cpu.pc = image_.entry + bias_;
  cpu.fpcr = 0;
  cpu.fpsr = 0;
  cpu.tpidr_el0 = 0;
}

void Process::set_time(std::uint64_t nanoseconds) { kernel_->clock.executed = nanoseconds; }

void Process::end_by_signal(int signal) { kernel_->end = {GuestEnd::Kind::kSignalled, 0, signal}; }

bool Process::deliver_fault(CpuState& cpu, const Fault& fault) {
  cpu.pc = fault.pc;
  raise_signal(*kernel_, {signal_of(fault.kind), signal_code(fault.kind), fault.address});
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
