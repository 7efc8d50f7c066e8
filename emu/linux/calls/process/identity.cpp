// Users, groups and capabilities, as a process without privileges has them: its own and no other.
#include <unistd.h>

#include <array>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint32_t kUnchanged = 0xffffffff;

std::int64_t may_become(std::uint32_t wanted, std::uint32_t own) {
  return wanted == kUnchanged || wanted == own ? 0 : -EPERM;
}

std::int64_t may_become_all(const Args& args, std::size_t count, std::uint32_t own) {
  for (std::size_t i = 0; i < count; ++i) {
    if (may_become(args.u32(i), own) != 0) return -EPERM;
  }
  return 0;
}

}  // namespace

std::int64_t setuid(Process& /*kernel*/, const Args& args) {
  return args.u32(0) == kUnchanged ? -EINVAL : may_become(args.u32(0), ::getuid());
}
std::int64_t setgid(Process& /*kernel*/, const Args& args) {
  return args.u32(0) == kUnchanged ? -EINVAL : may_become(args.u32(0), ::getgid());
}
std::int64_t setreuid(Process& /*kernel*/, const Args& args) { return may_become_all(args, 2, ::getuid()); }
std::int64_t setregid(Process& /*kernel*/, const Args& args) { return may_become_all(args, 2, ::getgid()); }
std::int64_t setresuid(Process& /*kernel*/, const Args& args) { return may_become_all(args, 3, ::getuid()); }
std::int64_t setresgid(Process& /*kernel*/, const Args& args) { return may_become_all(args, 3, ::getgid()); }
// These say what it was, whatever becomes of it.
std::int64_t setfsuid(Process& /*kernel*/, const Args& /*args*/) { return ::getuid(); }
std::int64_t setfsgid(Process& /*kernel*/, const Args& /*args*/) { return ::getgid(); }
std::int64_t setgroups(Process& /*kernel*/, const Args& /*args*/) { return -EPERM; }

namespace {

constexpr std::uint32_t kCapabilityVersion = 0x20080522;  // _LINUX_CAPABILITY_VERSION_3

struct CapabilityHeader {
  std::uint32_t version;
  std::int32_t pid;
};

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

}  // namespace

std::int64_t capget(Process& process, const Args& args) {
  CapabilityHeader header{};
  constexpr std::array<std::uint32_t, 6> kNone{};
  const std::int64_t error = capability_header(process, args[0], header);
  if (args[1] == 0 && error == -EINVAL) return 0;  // that is how the version is asked for
  if (error != 0) return error;
  return process.memory().write_value(args[1], kNone) ? 0 : -EFAULT;
}

std::int64_t capset(Process& process, const Args& args) {
  CapabilityHeader header{};
  std::array<std::uint32_t, 6> wanted{};
  if (const std::int64_t error = capability_header(process, args[0], header); error != 0) return error;
  if (!process.memory().read_value(args[1], wanted)) return -EFAULT;
  for (const std::uint32_t word : wanted) {
    if (word != 0) return -EPERM;
  }
  return 0;
}

}  // namespace m2sim::emu::sys
