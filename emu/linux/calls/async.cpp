#include "emu/linux/calls/async.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace m2sim::emu {

namespace {

struct OwnerEx {
  std::int32_t type;
  std::int32_t id;
};

bool exists(const Kernel& kernel, const AsyncState::Owner type, int id) {
  if (id == 0) return true;
  if (type == AsyncState::Owner::kThread) return kernel.task(id) != nullptr;
  const auto& all = kernel.processes();
  return std::any_of(all.begin(), all.end(), [&](const auto& process) {
    return (type == AsyncState::Owner::kGroup ? process->group : process->pid) == id;
  });
}

std::int64_t set_owner(const Process& process, AsyncState& async, AsyncState::Owner type, int id) {
  if (!exists(process.kernel, type, id)) return -ESRCH;
  async.type = type;
  async.owner = id;
  return 0;
}

std::int64_t set_owner_ex(const Process& process, AsyncState& async, std::uint64_t at) {
  OwnerEx given{};
  if (!process.memory().read_value(at, given)) return -EFAULT;
  if (given.type < 0 || given.type > static_cast<int>(AsyncState::Owner::kGroup) || given.id < 0)
    return -EINVAL;
  return set_owner(process, async, static_cast<AsyncState::Owner>(given.type), given.id);
}

}  // namespace

void set_async(Process& process, int guest_fd, bool on) {
  const auto file = process.fds->file(guest_fd);
  const bool before = file->async.on;
  file->async.on = on;
  file->async.descriptor = guest_fd;
  if (on && !before) process.kernel.async_files.add(file);
}

std::int64_t async_command(Process& process, int guest_fd, int command, std::uint64_t argument) {
  AsyncState& async = process.fds->file(guest_fd)->async;
  const auto number = static_cast<std::int32_t>(static_cast<std::uint32_t>(argument));
  const bool group = async.type == AsyncState::Owner::kGroup;
  switch (command) {
    case F_SETOWN:
      if (number == INT32_MIN) return -EINVAL;
      return set_owner(process, async, number < 0 ? AsyncState::Owner::kGroup : AsyncState::Owner::kProcess,
                       std::abs(number));
    case F_GETOWN:
      return group ? -async.owner : async.owner;
    case F_SETOWN_EX:
      return set_owner_ex(process, async, argument);
    case F_GETOWN_EX:
      return process.memory().write_value(argument, OwnerEx{static_cast<int>(async.type), async.owner})
                 ? 0
                 : -EFAULT;
    case F_SETSIG:
      if (number < 0 || number > kSignalCount) return -EINVAL;
      async.signal = number;
      return 0;
    default:
      return async.signal;
  }
}

}  // namespace m2sim::emu
