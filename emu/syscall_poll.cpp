// Waiting for descriptors. Signals do not arrive from outside, so the signal masks are not applied.
#include <poll.h>
#include <time.h>

#include <array>
#include <vector>

#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::size_t kSetWords = 16;  // fd_set: 1024 bits
using FdSet = std::array<std::uint64_t, kSetWords>;

struct TimeLimit {
  bool given = false;
  timespec value{};
  std::int64_t error = 0;

  std::uint64_t nanoseconds() const {
    return static_cast<std::uint64_t>(value.tv_sec) * kSecond + static_cast<std::uint64_t>(value.tv_nsec);
  }
};

TimeLimit time_limit(const Kernel& kernel, std::uint64_t address) {
  TimeLimit limit;
  if (address == 0) return limit;
  limit.given = true;
  if (!kernel.memory.read_value(address, limit.value)) limit.error = -EFAULT;
  const bool normal =
      limit.value.tv_sec >= 0 && limit.value.tv_nsec >= 0 && limit.value.tv_nsec < 1'000'000'000;
  if (limit.error == 0 && !normal) limit.error = -EINVAL;
  return limit;
}

// Waits in host time where something outside may happen, then lets the guest's clock follow. Without any
// descriptor it is a sleep, which costs no host time.
int wait(Kernel& kernel, std::vector<pollfd>& polled, const TimeLimit& limit) {
  int ready = 0;
  if (!polled.empty() || !limit.given) {
    ready = ::ppoll(polled.data(), polled.size(), limit.given ? &limit.value : nullptr, nullptr);
  }
  if (ready == 0 && limit.given) kernel.clock.slept += limit.nanoseconds();
  return ready;
}

bool bit_of(const FdSet& set, std::size_t fd) { return (set[fd / 64] >> (fd % 64) & 1U) != 0; }

}  // namespace

std::int64_t ppoll(Kernel& kernel, const Args& args) {
  const std::uint64_t count = args.u32(1);
  if (count > FdTable::kMost) return -EINVAL;
  const TimeLimit limit = time_limit(kernel, args[2]);
  if (limit.error != 0) return limit.error;
  std::vector<pollfd> guest(count);  // struct pollfd and its bits are generic
  if (!kernel.memory.read(args[0], guest.data(), count * sizeof(pollfd))) return -EFAULT;
  std::vector<pollfd> polled = guest;
  int invalid = 0;
  for (pollfd& entry : polled) {
    const bool asked = entry.fd >= 0;
    entry.fd = kernel.fds.host(entry.fd);
    if (asked && entry.fd < 0) ++invalid;
  }
  const int ready = wait(kernel, polled, invalid == 0 ? limit : TimeLimit{true, {}, 0});
  if (ready < 0) return -std::int64_t{errno};
  for (std::size_t i = 0; i < count; ++i) {
    const bool bad = guest[i].fd >= 0 && polled[i].fd < 0;
    guest[i].revents = bad ? static_cast<short>(POLLNVAL) : polled[i].revents;
  }
  return kernel.memory.write(args[0], guest.data(), count * sizeof(pollfd)) ? ready + invalid : -EFAULT;
}

std::int64_t pselect6(Kernel& kernel, const Args& args) {
  constexpr std::array<short, 3> kAsk = {POLLIN, POLLOUT, POLLPRI};
  constexpr std::array<short, 3> kAnswer = {POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, POLLPRI};
  if (args.i32(0) < 0) return -EINVAL;
  const std::size_t count = std::min<std::size_t>(args.u32(0), FdTable::kMost);
  const TimeLimit limit = time_limit(kernel, args[4]);
  if (limit.error != 0) return limit.error;
  const std::uint64_t bytes = (count + 63) / 64 * 8;
  std::array<FdSet, 3> sets{};
  for (std::size_t s = 0; s < sets.size(); ++s) {
    if (args[s + 1] != 0 && !kernel.memory.read(args[s + 1], sets[s].data(), bytes)) return -EFAULT;
  }
  std::vector<pollfd> polled;
  std::vector<std::size_t> numbers;
  for (std::size_t fd = 0; fd < count; ++fd) {
    short events = 0;
    for (std::size_t s = 0; s < sets.size(); ++s) {
      if (bit_of(sets[s], fd)) events = static_cast<short>(events | kAsk[s]);
    }
    if (events == 0) continue;
    if (!kernel.fds.open(static_cast<int>(fd))) return -EBADF;
    polled.push_back({kernel.fds.host(static_cast<int>(fd)), events, 0});
    numbers.push_back(fd);
  }
  if (wait(kernel, polled, limit) < 0) return -std::int64_t{errno};
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
    if (args[s + 1] != 0 && !kernel.memory.write(args[s + 1], answers[s].data(), bytes)) return -EFAULT;
  }
  return total;
}

}  // namespace m2sim::emu::sys
