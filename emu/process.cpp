#include "emu/process.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "emu/guest_symbols.h"
#include "emu/kernel.h"
#include "emu/program.h"
#include "emu/user_error.h"

namespace m2sim::emu {

void line_to_stderr(std::string_view line) {
  std::string text(line);
  text += '\n';
  const char* at = text.data();
  std::size_t left = text.size();
  while (left > 0) {
    const ssize_t done = ::write(STDERR_FILENO, at, left);
    if (done < 0 && errno == EAGAIN) {
      // The guest shares this file, and may have made it one that does not wait.
      pollfd room{STDERR_FILENO, POLLOUT, 0};
      if (::poll(&room, 1, -1) > 0) continue;
    }
    if (done <= 0) return;
    at += done;
    left -= static_cast<std::size_t>(done);
  }
}

Process::Process(const ProcessOptions& options) : system_(std::make_unique<System>(options)) {
  System& system = *system_;
  system.clock.realtime_at_start = static_cast<std::uint64_t>(options.start_time) * 1'000'000'000;
  Kernel& kernel = system.add_process(std::make_unique<Kernel>(system, system.next_id()));
  system.foreground_group = kernel.group;
  LoadRequest request;
  request.name = options.program;
  request.argv = options.argv;
  request.envp = options.envp;
  request.random[0] = system.random.next();
  request.random[1] = system.random.next();
  LoadedProgram loaded = load_first_program(request, kernel, kernel.memory());
  // The program is named as the simulator's user sees files; only then does the guest move.
  if (!options.cwd.empty() && kernel.paths.change_directory({AT_FDCWD, options.cwd}) != 0) {
    throw UserError(
        "cannot enter the directory " + options.cwd + ": " + std::generic_category().message(errno),
        kExitInternal);
  }
  enter_program(kernel, system.add_task(kernel), std::move(loaded));
  program_ = kernel.space->program;
  symbols_ = std::make_unique<Symbols>(program_->image, program_->bias);
}

Process::~Process() = default;

Memory& Process::memory() { return system_->first().memory(); }

const GuestEnd& Process::end() const { return system_->first().end; }

const ElfImage& Process::image() const { return program_->image; }

std::string Process::describe(std::uint64_t address) {
  return describe_address(*system_->first().space, address);
}

std::uint64_t Process::load_bias() const { return program_->bias; }

}  // namespace m2sim::emu
