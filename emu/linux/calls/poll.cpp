// Waiting for descriptors.
#include <poll.h>

#include <array>
#include <bit>
#include <optional>
#include <utility>
#include <vector>

#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::size_t kSetWords = 16;  // fd_set: 1024 bits
using FdSet = std::array<std::uint64_t, kSetWords>;

// First call only: the deadline, and the mask to wait under.
std::int64_t begin_wait(Process& process, const TimeLimit& limit, std::uint64_t mask_at) {
  if (limit.error != 0) return limit.error;
  if (limit.given) process.task->wait.deadline = deadline_after(process, limit.nanoseconds);
  return set_wait_mask(process, mask_at);
}

// The call has ended: the guest's limit becomes what is left of it, where it can be written.
std::int64_t ended(Process& process, std::uint64_t limit_at, std::int64_t result) {
  const std::optional<std::uint64_t>& deadline = process.task->wait.deadline;
  constexpr std::uint64_t kMost = INT64_MAX / 2;  // in ns: longer limits have been cut
  if (result == kBlocked || limit_at == 0 || !deadline || *deadline > kMost) return result;
  const std::uint64_t now = process.kernel.clock.elapsed();
  const GuestTimespec left = timespec_of(*deadline - std::min(*deadline, now));
  [[maybe_unused]] const bool told = process.memory().write_value(limit_at, left);
  return result;
}

// Looks once; negative: kBlocked or an error. `known`: how many need no look.
std::int64_t look(Process& process, std::vector<pollfd>& polled, int known) {
  const int ready = ::poll(polled.data(), polled.size(), 0);
  if (ready < 0) return -std::int64_t{errno};
  Wait& wait = process.task->wait;
  if (ready + known > 0 || timed_out(process)) return ready + known;
  if (wait.interrupted) return -EINTR;
  wait.files = polled;
  std::erase_if(wait.files, [](const pollfd& file) { return file.fd < 0; });
  return kBlocked;
}

bool bit_of(const FdSet& set, std::size_t fd) { return (set[fd / 64] >> (fd % 64) & 1U) != 0; }

std::int64_t poll_files(Process& process, const Args& args) {
  const std::uint64_t count = args.u32(1);
  if (count > static_cast<std::uint64_t>(process.fds->most())) return -EINVAL;
  Wait& wait = process.task->wait;
  std::vector<pollfd> guest(count);  // struct pollfd and its bits are generic
  if (!process.memory().read(args[0], guest.data(), count * sizeof(pollfd))) return -EFAULT;
  std::vector<pollfd> polled = guest;
  int invalid = 0;
  wait.outside = false;
  for (pollfd& entry : polled) {
    const auto file = process.fds->file(entry.fd);
    if (entry.fd >= 0 && file == nullptr) ++invalid;
    entry.fd = file == nullptr ? -1 : file->host;
    wait.outside |= file != nullptr && file->outside();
  }
  const std::int64_t ready = look(process, polled, invalid);
  if (ready < 0) return ready;
  for (std::size_t i = 0; i < count; ++i) {
    const bool bad = guest[i].fd >= 0 && polled[i].fd < 0;
    guest[i].revents = bad ? static_cast<short>(POLLNVAL) : polled[i].revents;
  }
  return process.memory().write(args[0], guest.data(), count * sizeof(pollfd)) ? ready : -EFAULT;
}

// How many descriptors the kernel's table has room for: it grows in powers of two. Bits behind it are
// nobody's.
std::size_t table_room(const Process& process) {
  constexpr std::size_t kLeast = 64;
  constexpr std::size_t kStep = 128;
  const auto size = static_cast<std::size_t>(process.fds->size());
  return size <= kLeast ? kLeast : std::bit_ceil((size + kStep - 1) / kStep) * kStep;
}

std::int64_t select_files(Process& process, const Args& args) {
  constexpr std::array<short, 3> kAsk = {POLLIN, POLLOUT, POLLPRI};
  constexpr std::array<short, 3> kAnswer = {POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, POLLPRI};
  if (args.i32(0) < 0) return -EINVAL;
  const std::size_t count =
      std::min({std::size_t{args.u32(0)}, std::size_t{kMostOpenFiles}, table_room(process)});
  Wait& wait = process.task->wait;
  const std::uint64_t bytes = (count + 63) / 64 * 8;
  std::array<FdSet, 3> sets{};
  for (std::size_t s = 0; s < sets.size(); ++s) {
    if (args[s + 1] != 0 && !process.memory().read(args[s + 1], sets[s].data(), bytes)) return -EFAULT;
  }
  std::vector<pollfd> polled;
  std::vector<std::size_t> numbers;
  wait.outside = false;
  for (std::size_t fd = 0; fd < count; ++fd) {
    short events = 0;
    for (std::size_t s = 0; s < sets.size(); ++s) {
      if (bit_of(sets[s], fd)) events = static_cast<short>(events | kAsk[s]);
    }
    if (events == 0) continue;
    const auto file = process.fds->file(static_cast<int>(fd));
    if (file == nullptr) return -EBADF;
    wait.outside |= file->outside();
    polled.push_back({file->host, events, 0});
    numbers.push_back(fd);
  }
  const std::int64_t ready = look(process, polled, 0);
  if (ready < 0) return ready;
  std::array<FdSet, 3> answers{};
  std::int64_t total = 0;
  for (std::size_t i = 0; i < polled.size(); ++i) {
    for (std::size_t s = 0; s < sets.size(); ++s) {
      if (!bit_of(sets[s], numbers[i]) || (polled[i].revents & kAnswer[s]) == 0) continue;
      answers[s][numbers[i] / 64] |= std::uint64_t{1} << (numbers[i] % 64);
      ++total;
    }
  }
  for (std::size_t s = 0; s < sets.size(); ++s) {
    if (args[s + 1] != 0 && !process.memory().write(args[s + 1], answers[s].data(), bytes)) return -EFAULT;
  }
  return total;
}

}  // namespace

std::int64_t ppoll(Process& process, const Args& args) {
  if (!process.task->wait.again) {
    const std::int64_t error = begin_wait(process, time_limit(process, args[2]), args[3]);
    if (error != 0) return error;
  }
  return ended(process, args[2], poll_files(process, args));
}

std::int64_t pselect6(Process& process, const Args& args) {
  if (!process.task->wait.again) {
    // The sixth argument is a pointer and a size: there is no seventh.
    std::uint64_t mask_at = 0;
    if (args[5] != 0 && !process.memory().read_value(args[5], mask_at)) return -EFAULT;
    const std::int64_t error = begin_wait(process, time_limit(process, args[4]), mask_at);
    if (error != 0) return error;
  }
  return ended(process, args[4], select_files(process, args));
}

}  // namespace m2sim::emu::sys
