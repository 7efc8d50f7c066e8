// Memory policies on a machine whose memory is one node.
#include <array>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint32_t kDefault = 0;   // MPOL_DEFAULT
constexpr std::uint32_t kMostMode = 5;  // MPOL_PREFERRED_MANY
constexpr std::uint32_t kLocal = 4;     // MPOL_LOCAL
constexpr std::uint32_t kModeFlags = 0xe000;
constexpr std::uint64_t kMostNodes = 4096 * 8;  // bits of the longest mask
constexpr std::uint64_t kNode = 1;              // node 0, as a mask

// The mask at `address`: 0, or what the call returns. A policy must name no node but the one there is.
std::int64_t read_nodes(const Process& process, std::uint64_t address, std::uint64_t bits,
                        std::uint64_t& nodes) {
  nodes = 0;
  if (address == 0 || bits <= 1) return 0;
  if (bits - 1 > kMostNodes) return -EINVAL;
  for (std::uint64_t word = 0; word * 64 < bits - 1; ++word) {
    std::uint64_t mask = 0;
    if (!process.memory().read_value(address + word * sizeof(mask), mask)) return -EFAULT;
    if (bits - 1 - word * 64 < 64) mask &= (std::uint64_t{1} << (bits - 1 - word * 64)) - 1;
    if (word == 0) nodes = mask;
    if ((word != 0 && mask != 0) || (mask & ~kNode) != 0) return -EINVAL;
  }
  return 0;
}

std::int64_t check_policy(const Process& process, std::uint32_t mode, std::uint64_t at, std::uint64_t bits) {
  std::uint64_t nodes = 0;
  if ((mode & ~kModeFlags) > kMostMode) return -EINVAL;
  if (const std::int64_t error = read_nodes(process, at, bits, nodes); error != 0) return error;
  const std::uint32_t plain = mode & ~kModeFlags;
  if (plain == kDefault || plain == kLocal) return nodes == 0 ? 0 : -EINVAL;
  constexpr std::uint32_t kPreferred = 1;  // without nodes: the local one
  return nodes != 0 || plain == kPreferred ? 0 : -EINVAL;
}

}  // namespace

std::int64_t get_mempolicy(Process& process, const Args& args) {
  enum Flag : std::uint64_t { kNodeOf = 1, kOfAddress = 2, kAllowed = 4 };
  const std::uint64_t flags = args[4];
  if ((flags & ~std::uint64_t{kNodeOf | kOfAddress | kAllowed}) != 0) return -EINVAL;
  if ((flags & kAllowed) != 0 && flags != kAllowed) return -EINVAL;
  if ((flags & kOfAddress) == 0 && args[3] != 0) return -EINVAL;
  if ((flags & kOfAddress) != 0 && process.memory().region_at(args[3]) == nullptr) return -EFAULT;
  // The mode, or the number of the node: both 0.
  if ((flags & kAllowed) == 0 && args[0] != 0 && !process.memory().write_value(args[0], std::uint32_t{0}))
    return -EFAULT;
  if (args[1] == 0) return 0;
  if (args[2] == 0 || args[2] > kMostNodes) return -EINVAL;
  for (std::uint64_t word = 0; word * 64 < args[2]; ++word) {
    const std::uint64_t mask = word == 0 && (flags & kAllowed) != 0 ? kNode : 0;
    if (!process.memory().write_value(args[1] + word * sizeof(mask), mask)) return -EFAULT;
  }
  return 0;
}

// With one node, every policy that can be asked for is what happens anyway.
std::int64_t set_mempolicy(Process& process, const Args& args) {
  return check_policy(process, args.u32(0), args[1], args[2]);
}

std::int64_t mbind(Process& process, const Args& args) {
  constexpr std::uint32_t kFlags = 7;  // MPOL_MF_STRICT, _MOVE, _MOVE_ALL
  if ((args.u32(5) & ~kFlags) != 0 || args[0] % kGuestPage != 0) return -EINVAL;
  if (args[1] > process.memory().limit()) return -EINVAL;
  const std::int64_t error = check_policy(process, args.u32(2), args[3], args[4]);
  if (error != 0 || args[1] == 0) return error;
  const std::uint64_t length = (args[1] + kGuestPage - 1) / kGuestPage * kGuestPage;
  return process.memory().allows(args[0], length, kProtNone) ? 0 : -EFAULT;
}

std::int64_t migrate_pages(Process& process, const Args& args) {
  const Process* target = args.i32(0) == 0 ? &process : process.kernel.process(args.i32(0));
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  if (const std::int64_t error = read_nodes(process, args[2], args[1], from); error != 0) return error;
  if (const std::int64_t error = read_nodes(process, args[3], args[1], to); error != 0) return error;
  return target == nullptr ? -ESRCH : 0;  // pages that could not be moved: none
}

// Where each page is, or would be moved to: node 0.
std::int64_t move_pages(Process& process, const Args& args) {
  const Process* target = args.i32(0) == 0 ? &process : process.kernel.process(args.i32(0));
  constexpr std::uint32_t kFlags = 6;  // MPOL_MF_MOVE, _MOVE_ALL
  if ((args.u32(5) & ~kFlags) != 0) return -EINVAL;
  if (target == nullptr || !target->running()) return -ESRCH;
  for (std::uint64_t i = 0; i < args[1]; ++i) {
    std::uint64_t page = 0;
    std::int32_t node = 0;
    if (!process.memory().read_value(args[2] + i * sizeof(page), page)) return -EFAULT;
    if (args[3] != 0 && !process.memory().read_value(args[3] + i * sizeof(node), node)) return -EFAULT;
    if (node != 0) return -ENODEV;
    const std::int32_t status = target->memory().region_at(page) == nullptr ? -EFAULT : 0;
    if (!process.memory().write_value(args[4] + i * sizeof(status), status)) return -EFAULT;
  }
  return 0;
}

std::int64_t set_mempolicy_home_node(Process& process, const Args& args) {
  if (args[0] % kGuestPage != 0 || args[3] != 0 || args[2] != 0) return -EINVAL;
  return process.memory().region_at(args[0]) == nullptr && args[1] != 0 ? -EFAULT : 0;
}

}  // namespace m2sim::emu::sys
