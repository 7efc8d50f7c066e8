// execve: another program in this process.
#include <fcntl.h>

#include <system_error>
#include <utility>
#include <variant>

#include "emu/program.h"
#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint64_t kMostString = 128 * 1024;  // MAX_ARG_STRLEN
constexpr std::uint64_t kMostBytes = 2 << 20;      // a quarter of the stack

// argv or envp; a null pointer is an empty list.
std::int64_t read_strings(const Kernel& kernel, std::uint64_t at, std::vector<std::string>& strings) {
  std::uint64_t total = 0;
  for (; at != 0; at += sizeof(std::uint64_t)) {
    std::uint64_t pointer = 0;
    if (!kernel.memory().read_value(at, pointer)) return -EFAULT;
    if (pointer == 0) break;
    std::optional<std::string> text = kernel.memory().read_string(pointer, kMostString);
    if (!text) return -EFAULT;
    total += text->size() + 1;
    if (total > kMostBytes) return -E2BIG;
    strings.push_back(std::move(*text));
  }
  return 0;
}

std::int64_t replace_program(Kernel& kernel, LoadRequest request) {
  System& system = kernel.system;
  std::shared_ptr<AddressSpace> space;
  try {
    space = std::make_shared<AddressSpace>(system.next_space());
  } catch (const std::system_error&) {
    return -ENOMEM;
  }
  request.random[0] = system.random.next();
  request.random[1] = system.random.next();
  auto loaded = load_program(request, kernel, space->memory);
  if (const auto* failure = std::get_if<LoadFailure>(&loaded)) return -failure->error;

  Task& task = *kernel.task;
  system.end_other_tasks(kernel, task);
  kernel.timers.clear();
  system.release_space(kernel, std::move(space));
  // Handlers are gone with the old program; what was ignored stays ignored.
  for (GuestSigaction& action : kernel.actions) {
    action = {action.handler == 1 ? std::uint64_t{1} : 0, 0, 0, 0};
  }
  if (kernel.fds.use_count() > 1) kernel.fds = std::make_shared<FdTable>(*kernel.fds);
  kernel.fds->close_for_exec();
  kernel.has_execed = true;
  task.id = kernel.pid;
  task.signals.alternate = {};
  task.clear_tid = 0;
  task.robust_list = 0;
  enter_program(kernel, task, std::move(std::get<LoadedProgram>(loaded)));
  return 0;
}

std::int64_t execute(Kernel& kernel, const HostPath& file, std::string name, std::uint64_t argv,
                     std::uint64_t envp) {
  if (file.error != 0) return file.made_up.empty() ? -file.error : -EACCES;
  LoadRequest request;
  request.file = file;
  request.name = std::move(name);
  if (const std::int64_t error = read_strings(kernel, argv, request.argv); error != 0) return error;
  if (const std::int64_t error = read_strings(kernel, envp, request.envp); error != 0) return error;
  if (request.argv.empty()) request.argv.emplace_back();  // Linux gives a program without one an empty name
  return replace_program(kernel, std::move(request));
}

}  // namespace

std::int64_t execve(Kernel& kernel, const Args& args) {
  const auto name = kernel.memory().read_string(args[0], kPathMax);
  if (!name) return -EFAULT;
  return execute(kernel, path_argument(kernel, AT_FDCWD, args[0]), *name, args[1], args[2]);
}

std::int64_t execveat(Kernel& kernel, const Args& args) {
  const auto name = kernel.memory().read_string(args[1], kPathMax);
  if (!name) return -EFAULT;
  const bool by_descriptor = name->empty() && (args.u32(4) & AT_EMPTY_PATH) != 0;
  if (!by_descriptor) {
    return execute(kernel, path_argument(kernel, args.i32(0), args[1]), *name, args[2], args[3]);
  }
  const int fd = kernel.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const HostPath file{AT_FDCWD, "/proc/self/fd/" + std::to_string(fd)};
  return execute(kernel, file, "/dev/fd/" + std::to_string(args.i32(0)), args[2], args[3]);
}

}  // namespace m2sim::emu::sys
