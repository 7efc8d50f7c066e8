// execve: another program in this process.
#include <fcntl.h>
#include <signal.h>

#include <system_error>
#include <utility>
#include <variant>

#include "emu/linux/calls/syscalls.h"
#include "emu/linux/load/program.h"
#include "emu/linux/tracing.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint64_t kMostString = 32 * kGuestPage;  // MAX_ARG_STRLEN

// argv or envp; a null pointer is an empty list.
std::int64_t read_strings(const Process& process, std::uint64_t at, std::vector<std::string>& strings) {
  std::uint64_t total = 0;
  for (; at != 0; at += sizeof(std::uint64_t)) {
    std::uint64_t pointer = 0;
    if (!process.memory().read_value(at, pointer)) return -EFAULT;
    if (pointer == 0) break;
    std::optional<std::string> text = process.memory().read_string(pointer, kMostString);
    if (!text) {
      const bool too_long = process.memory().accessible(pointer, kMostString, kProtRead) == kMostString;
      return too_long ? -E2BIG : -EFAULT;
    }
    total += text->size() + 1;
    if (total > most_arguments(process.limits)) return -E2BIG;
    strings.push_back(std::move(*text));
  }
  return 0;
}

// Who did not ask for the event, and has not seized it, gets a signal.
void tell_tracer(Kernel& kernel, Task& task, int former) {
  if (task.tracing == nullptr) return;
  note_event(task, TraceEvent::kExec, static_cast<std::uint64_t>(former));
  if (!task.tracing->wants(TraceEvent::kExec) && !task.tracing->seized)
    kernel.post(task, {SIGTRAP, SI_USER, {}});
}

std::int64_t replace_program(Process& process, LoadRequest request) {
  Kernel& kernel = process.kernel;
  std::shared_ptr<AddressSpace> space;
  try {
    space = std::make_shared<AddressSpace>(kernel.next_space());
  } catch (const std::system_error&) {
    return -ENOMEM;
  }
  request.random[0] = kernel.random.next();
  request.random[1] = kernel.random.next();
  auto loaded = load_program(request, process, space->memory);
  if (const auto* failure = std::get_if<LoadFailure>(&loaded)) return -failure->error;

  Task& task = *process.task;
  const int former = task.id;
  kernel.end_other_tasks(process, task);
  process.timers.clear();
  kernel.release_space(process, std::move(space));
  forget_handlers(process.actions);  // they are gone with the old program
  if (process.fds.use_count() > 1) process.fds = std::make_shared<FdTable>(*process.fds);
  process.fds->close_for_exec();
  process.has_execed = true;
  process.credentials.executes();
  task.id = process.pid;
  task.signals.alternate = {};
  task.clear_tid = 0;
  task.robust_list = 0;
  enter_program(process, task, std::move(std::get<LoadedProgram>(loaded)));
  tell_tracer(kernel, task, former);
  return 0;
}

std::int64_t execute(Process& process, const HostPath& file, std::string name, std::uint64_t argv,
                     std::uint64_t envp) {
  if (file.error != 0) return file.made_up.empty() ? -file.error : -EACCES;
  LoadRequest request;
  request.file = file;
  request.name = std::move(name);
  if (const std::int64_t error = read_strings(process, argv, request.argv); error != 0) return error;
  if (const std::int64_t error = read_strings(process, envp, request.envp); error != 0) return error;
  if (request.argv.empty()) request.argv.emplace_back();  // Linux gives a program without one an empty name
  return replace_program(process, std::move(request));
}

}  // namespace

std::int64_t execve(Process& process, const Args& args) {
  const HostPath file = path_argument(process, AT_FDCWD, args[0]);
  const auto name = process.memory().read_string(args[0], kPathMax);
  if (!name) return -file.error;
  return execute(process, file, *name, args[1], args[2]);
}

std::int64_t execveat(Process& process, const Args& args) {
  const auto name = process.memory().read_string(args[1], kPathMax);
  if (!name) return -path_argument(process, args.i32(0), args[1]).error;
  const bool by_descriptor = name->empty() && (args.u32(4) & AT_EMPTY_PATH) != 0;
  if (!by_descriptor) {
    return execute(process, path_argument(process, args.i32(0), args[1]), *name, args[2], args[3]);
  }
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const HostPath file{AT_FDCWD, "/proc/self/fd/" + std::to_string(fd)};
  return execute(process, file, "/dev/fd/" + std::to_string(args.i32(0)), args[2], args[3]);
}

}  // namespace m2sim::emu::sys
