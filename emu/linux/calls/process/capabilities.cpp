// What a process may do whoever it is.
#include "emu/linux/calls/process/capabilities.h"

#include <sys/prctl.h>

#include <array>
#include <utility>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint32_t kCapabilityVersion = 0x20080522;  // _LINUX_CAPABILITY_VERSION_3

struct CapabilityHeader {
  std::uint32_t version;
  std::int32_t pid;
};

// struct __user_cap_data_struct: the lower halves of the sets, then the upper ones.
struct CapabilityWords {
  std::uint32_t effective, permitted, inheritable;
};
using CapabilityData = std::array<CapabilityWords, 2>;

// 0 or what the call returns.
std::int64_t capability_header(Process& process, std::uint64_t at, CapabilityHeader& header) {
  if (!process.memory().read_value(at, header)) return -EFAULT;
  if (header.version != kCapabilityVersion) {
    header.version = kCapabilityVersion;
    return process.memory().write_value(at, header) ? -EINVAL : -EFAULT;
  }
  if (header.pid < 0) return -EINVAL;
  return header.pid == 0 || process.kernel.task(header.pid) != nullptr ? 0 : -ESRCH;
}

// PR_CAP_AMBIENT.
std::int64_t ambient(Process& process, const Args& args) {
  CapabilitySets sets = process.credentials.capabilities();
  const bool clears = args.u32(1) == PR_CAP_AMBIENT_CLEAR_ALL;
  if (args[3] != 0 || args[4] != 0 || args[2] >= (clears ? 1 : kCapabilityCount)) return -EINVAL;
  const std::uint64_t bit = capability_bit(static_cast<unsigned>(args[2]));
  switch (args.u32(1)) {
    case PR_CAP_AMBIENT_CLEAR_ALL:
      sets.ambient = 0;
      break;
    case PR_CAP_AMBIENT_IS_SET:
      return (sets.ambient & bit) != 0 ? 1 : 0;
    case PR_CAP_AMBIENT_RAISE:
      if ((sets.permitted & sets.inheritable & bit) == 0) return -EPERM;
      sets.ambient |= bit;
      break;
    case PR_CAP_AMBIENT_LOWER:
      sets.ambient &= ~bit;
      break;
    default:
      return -EINVAL;
  }
  process.credentials.set_capabilities(sets);
  return 0;
}

}  // namespace

std::int64_t capget(Process& process, const Args& args) {
  CapabilityHeader header{};
  const std::int64_t error = capability_header(process, args[0], header);
  if (args[1] == 0 && error == -EINVAL) return 0;  // that is how the version is asked for
  if (error != 0) return error;
  const Process& target = header.pid == 0 ? process : *process.kernel.task(header.pid)->process;
  const CapabilitySets& sets = target.credentials.capabilities();
  CapabilityData data{};
  for (unsigned half = 0; half < data.size(); ++half) {
    const auto word = [half](std::uint64_t set) { return static_cast<std::uint32_t>(set >> 32U * half); };
    data[half] = {word(sets.effective), word(sets.permitted), word(sets.inheritable)};
  }
  return process.memory().write_value(args[1], data) ? 0 : -EFAULT;
}

std::int64_t capset(Process& process, const Args& args) {
  CapabilityHeader header{};
  CapabilityData data{};
  if (const std::int64_t error = capability_header(process, args[0], header); error != 0) return error;
  if (header.pid != 0 && header.pid != process.task->id) return -EPERM;
  if (!process.memory().read_value(args[1], data)) return -EFAULT;
  const auto whole = [](std::uint32_t low, std::uint32_t high) {
    return (std::uint64_t{high} << 32U | low) & (capability_bit(kCapabilityCount) - 1);
  };
  const CapabilitySets& now = process.credentials.capabilities();
  CapabilitySets next = now;
  next.effective = whole(data[0].effective, data[1].effective);
  next.permitted = whole(data[0].permitted, data[1].permitted);
  next.inheritable = whole(data[0].inheritable, data[1].inheritable);
  const std::uint64_t may_inherit =
      process.credentials.may(Capability::kSetpcap)
          ? now.inheritable | now.bounding
          : (now.inheritable | now.permitted) & (now.inheritable | now.bounding);
  if ((next.inheritable & ~may_inherit) != 0 || (next.permitted & ~now.permitted) != 0) return -EPERM;
  if ((next.effective & ~next.permitted) != 0) return -EPERM;
  next.ambient = now.ambient & next.permitted & next.inheritable;
  process.credentials.set_capabilities(next);
  return 0;
}

std::optional<std::int64_t> capability_option(Process& process, const Args& args) {
  Credentials& credentials = process.credentials;
  switch (args.i32(0)) {
    case PR_GET_KEEPCAPS:
      return credentials.keeps_capabilities ? 1 : 0;
    case PR_SET_KEEPCAPS:
      if (args[1] > 1) return -EINVAL;
      credentials.keeps_capabilities = args[1] != 0;
      return 0;
    case PR_CAPBSET_READ:
      if (args[1] >= kCapabilityCount) return -EINVAL;
      return credentials.capabilities().bounding >> args[1] & 1U;
    case PR_CAPBSET_DROP: {
      if (!credentials.may(Capability::kSetpcap)) return -EPERM;
      if (args[1] >= kCapabilityCount) return -EINVAL;
      CapabilitySets sets = credentials.capabilities();
      sets.bounding &= ~capability_bit(static_cast<unsigned>(args[1]));
      credentials.set_capabilities(sets);
      return 0;
    }
    case PR_CAP_AMBIENT:
      return ambient(process, args);
    case PR_GET_SECUREBITS:
      return 0;
    case PR_SET_SECUREBITS:
      return args[1] == 0 && credentials.may(Capability::kSetpcap) ? 0 : -EPERM;
    default:
      return std::nullopt;
  }
}

}  // namespace m2sim::emu::sys
