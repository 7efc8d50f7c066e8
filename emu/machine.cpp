#include "emu/machine.h"

#include <fcntl.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "emu/linux/checkpoint/kept_files.h"
#include "emu/linux/load/guest_symbols.h"
#include "emu/linux/load/program.h"
#include "emu/linux/process.h"
#include "emu/user_error.h"

namespace m2sim::emu {

Machine::Machine(const MachineOptions& options) : kernel_(std::make_unique<Kernel>(options)) {
  Kernel& kernel = *kernel_;
  kernel.describe = describe_address;
  kernel.clock.realtime_at_start = static_cast<std::uint64_t>(options.start_time) * 1'000'000'000;
  Process& process = kernel.add_process(std::make_unique<Process>(kernel, kernel.next_id()));
  kernel.foreground_group = process.group;
  LoadRequest request;
  request.name = options.program;
  request.image = options.image;
  request.argv = options.argv;
  request.envp = options.envp;
  request.random[0] = kernel.random.next();
  request.random[1] = kernel.random.next();
  LoadedProgram loaded = load_first_program(request, process, process.memory());
  // The program is named as the simulator's user sees files; only then does the guest move.
  if (!options.cwd.empty() && process.paths.change_directory({AT_FDCWD, options.cwd}) != 0) {
    throw UserError(
        "cannot enter the directory " + options.cwd + ": " + std::generic_category().message(errno),
        UserError::Kind::kOther);
  }
  enter_program(process, kernel.add_task(process), std::move(loaded));
  program_ = process.space->program;
  symbols_ = std::make_unique<Symbols>(program_->image, program_->bias);
}

Machine::~Machine() = default;

Memory& Machine::memory() { return kernel_->first().memory(); }

const GuestEnd& Machine::end() const { return kernel_->first().end; }

const ElfImage& Machine::image() const { return program_->image; }

std::string Machine::describe(std::uint64_t address) {
  return describe_address(*kernel_->first().space, address);
}

std::uint64_t Machine::load_bias() const { return program_->bias; }

bool Machine::send_from_outside(int signal) { return kernel_->send_from_outside(signal); }

}  // namespace m2sim::emu
