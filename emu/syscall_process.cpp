// The process itself: identity, end, limits, randomness, names.
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::size_t kNameField = 65;  // struct new_utsname

}  // namespace

std::int64_t exit(Kernel& kernel, const Args& args) {
  kernel.end = {GuestEnd::Kind::kExited, args.i32(0) & 0xff, 0};
  return 0;
}

std::int64_t exit_group(Kernel& kernel, const Args& args) { return exit(kernel, args); }

std::int64_t set_tid_address(Kernel& kernel, const Args& args) {
  kernel.clear_tid = args[0];
  return ::getpid();
}

std::int64_t set_robust_list(Kernel& kernel, const Args& args) {
  constexpr std::uint64_t kHeadSize = 24;  // struct robust_list_head
  if (args[1] != kHeadSize) return -EINVAL;
  kernel.robust_list = args[0];
  return 0;
}

// Restartable sequences need a scheduler that interrupts them. A kernel without them says ENOSYS, and
// glibc then does without.
std::int64_t rseq(Kernel& /*kernel*/, const Args& /*args*/) { return -ENOSYS; }

std::int64_t getpid(Kernel& /*kernel*/, const Args& /*args*/) { return ::getpid(); }
std::int64_t getppid(Kernel& /*kernel*/, const Args& /*args*/) { return ::getppid(); }
std::int64_t gettid(Kernel& /*kernel*/, const Args& /*args*/) { return ::getpid(); }
std::int64_t getuid(Kernel& /*kernel*/, const Args& /*args*/) { return ::getuid(); }
std::int64_t geteuid(Kernel& /*kernel*/, const Args& /*args*/) { return ::geteuid(); }
std::int64_t getgid(Kernel& /*kernel*/, const Args& /*args*/) { return ::getgid(); }
std::int64_t getegid(Kernel& /*kernel*/, const Args& /*args*/) { return ::getegid(); }

std::int64_t getrandom(Kernel& kernel, const Args& args) {
  std::vector<std::byte> bytes(std::min<std::uint64_t>(args[1], 256 * 1024));
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
    const std::uint64_t word = kernel.random.next();
    std::memcpy(bytes.data() + i, &word, std::min(sizeof(word), bytes.size() - i));
  }
  if (!kernel.memory.write(args[0], bytes.data(), bytes.size())) return -EFAULT;
  return static_cast<std::int64_t>(bytes.size());
}

std::int64_t uname(Kernel& kernel, const Args& args) {
  utsname host{};
  if (::uname(&host) != 0) return -std::int64_t{errno};
  std::array<char, 6 * kNameField> fields{};
  const auto set = [&fields](std::size_t index, const char* text) {
    std::strncpy(fields.data() + index * kNameField, text, kNameField - 1);
  };
  set(0, "Linux");
  set(1, host.nodename);
  set(2, host.release);
  set(3, host.version);
  set(4, "aarch64");
  set(5, host.domainname);
  return kernel.memory.write_value(args[0], fields) ? 0 : -EFAULT;
}

}  // namespace m2sim::emu::sys
