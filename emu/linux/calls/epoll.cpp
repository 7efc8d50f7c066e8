// epoll: an instance of the host's watches the host's descriptors, so that levels, edges and single shots are
// the host's; numbers, times and signals are the guest's.
#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>
#include <vector>

#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"

namespace m2sim::emu::sys {

namespace {

// arm64 does not pack the structure as x86-64 does.
struct GuestEvent {
  std::uint32_t events = 0;
  std::uint32_t padding = 0;
  std::uint64_t data = 0;
};
static_assert(sizeof(GuestEvent) == 16);

using Entries = std::vector<EpollFile::Entry>;

std::int64_t add_entry(EpollFile& epoll, int host, const std::shared_ptr<OpenFile>& file, int guest,
                       epoll_event& event) {
  const bool taken = std::any_of(epoll.entries.begin(), epoll.entries.end(),
                                 [&](const EpollFile::Entry& entry) { return entry.host == file->host; });
  const int watched = taken ? file->duplicate() : file->host;
  if (watched < 0) return -std::int64_t{errno};
  if (::epoll_ctl(host, EPOLL_CTL_ADD, watched, &event) != 0) {
    const int reason = errno;
    if (taken) file->drop_duplicate(watched);
    return -std::int64_t{reason};
  }
  epoll.entries.push_back({guest, file, watched});
  return 0;
}

std::int64_t change_entry(EpollFile& epoll, int host, OpenFile& file, Entries::iterator entry, int operation,
                          epoll_event& event) {
  if (operation == EPOLL_CTL_ADD) return -EEXIST;
  const std::int64_t result = result_of(::epoll_ctl(host, operation, entry->host, &event));
  if (operation == EPOLL_CTL_DEL && result == 0) {
    if (entry->host != file.host) file.drop_duplicate(entry->host);
    epoll.entries.erase(entry);
  }
  return result;
}

std::int64_t collect(Process& process, OpenFile& file, const Args& args) {
  // No more than it watches can have happened.
  const std::size_t watched = std::get<EpollFile>(file.special).entries.size();
  std::vector<epoll_event> host(std::clamp<std::size_t>(args.u32(2), 1, std::max<std::size_t>(watched, 1)));
  const int count = ::epoll_wait(file.host, host.data(), static_cast<int>(host.size()), 0);
  if (count < 0) return -std::int64_t{errno};
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = host[static_cast<std::size_t>(i)];
    const GuestEvent guest{event.events, 0, event.data.u64};
    if (process.memory().write_value(args[1] + static_cast<std::uint64_t>(i) * sizeof(guest), guest))
      continue;
    return i == 0 ? -EFAULT : i;
  }
  Wait& wait = process.task->wait;
  if (count > 0 || timed_out(process)) return count;
  if (wait.interrupted) return -EINTR;
  wait.files = {{file.host, POLLIN, 0}};
  wait.outside = file.outside();
  return kBlocked;
}

std::int64_t wait_for_events(Process& process, const Args& args, const TimeLimit& limit) {
  constexpr std::uint64_t kSetSize = 8;
  constexpr int kMostAsked = INT32_MAX / 16;
  if (args.i32(2) <= 0 || args.i32(2) > kMostAsked) return -EINVAL;
  if (limit.error != 0) return limit.error;
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  if (!std::holds_alternative<EpollFile>(file->special)) return -EINVAL;
  Wait& wait = process.task->wait;
  if (!wait.again) {
    if (args[4] != 0 && args[5] != kSetSize) return -EINVAL;
    if (limit.given) wait.deadline = deadline_after(process, limit.nanoseconds);
    if (const std::int64_t error = set_wait_mask(process, args[4]); error != 0) return error;
  }
  return collect(process, *file, args);
}

}  // namespace

std::int64_t epoll_create1(Process& process, const Args& args) {
  if ((args.i32(0) & ~EPOLL_CLOEXEC) != 0) return -EINVAL;
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) return -std::int64_t{errno};
  return process.fds->add(fd, (args.i32(0) & EPOLL_CLOEXEC) != 0, OpenFile::Kind::kInner, false, EpollFile{});
}

std::int64_t epoll_ctl(Process& process, const Args& args) {
  const int operation = args.i32(1);
  GuestEvent given;
  if (operation != EPOLL_CTL_DEL && !process.memory().read_value(args[3], given)) return -EFAULT;
  const auto epoll_file = process.fds->file(args.i32(0));
  const auto file = process.fds->file(args.i32(2));
  if (epoll_file == nullptr || file == nullptr) return -EBADF;
  auto* epoll = std::get_if<EpollFile>(&epoll_file->special);
  if (epoll == nullptr || file == epoll_file) return -EINVAL;
  epoll_event event{};
  event.events = given.events;
  event.data.u64 = given.data;
  std::erase_if(epoll->entries, [](const EpollFile::Entry& entry) { return entry.file.expired(); });
  const auto entry = std::find_if(epoll->entries.begin(), epoll->entries.end(), [&](const auto& known) {
    return known.guest == args.i32(2) && known.file.lock() == file;
  });
  if (entry != epoll->entries.end()) {
    return change_entry(*epoll, epoll_file->host, *file, entry, operation, event);
  }
  if (operation == EPOLL_CTL_ADD) return add_entry(*epoll, epoll_file->host, file, args.i32(2), event);
  if (file->kind == OpenFile::Kind::kPlain) return -EPERM;
  return operation == EPOLL_CTL_MOD || operation == EPOLL_CTL_DEL ? -ENOENT : -EINVAL;
}

std::int64_t epoll_pwait(Process& process, const Args& args) {
  constexpr std::uint64_t kMilli = 1'000'000;
  const int milliseconds = args.i32(3);
  const TimeLimit limit{milliseconds >= 0, static_cast<std::uint64_t>(std::max(milliseconds, 0)) * kMilli, 0};
  return wait_for_events(process, args, limit);
}

std::int64_t epoll_pwait2(Process& process, const Args& args) {
  return wait_for_events(process, args, time_limit(process, args[3]));
}

}  // namespace m2sim::emu::sys
