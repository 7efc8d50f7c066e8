// Users and groups: who a process is, and who it may become.
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint32_t kUnchanged = 0xffffffff;
constexpr std::uint32_t kMostGroups = 65536;  // NGROUPS_MAX

// Only if the host lets the simulator be that.
std::int64_t become(Process& process, Credentials next) {
  const Credentials before = process.credentials;
  if (const ActingAs trial(next, before); !trial.ok()) return -EPERM;
  process.credentials = std::move(next);
  return 0;
}

std::int64_t become_user(Process& process, const std::optional<Identity>& user) {
  if (!user) return -EPERM;
  Credentials next = process.credentials;
  next.set_user(*user);
  return become(process, std::move(next));
}

std::int64_t become_group(Process& process, const std::optional<Identity>& group) {
  if (!group) return -EPERM;
  Credentials next = process.credentials;
  next.set_group(*group);
  return become(process, std::move(next));
}

// setuid and setgid: with rights all of them, without the effective one.
std::optional<Identity> one(Identity now, std::uint32_t id, bool any) {
  if (any) return Identity{id, id, id, id};
  if (id != now.real && id != now.saved) return std::nullopt;
  now.effective = now.files = id;
  return now;
}

// setreuid and setregid. The saved one follows where the real one is set, or the effective one to another.
std::optional<Identity> two(Identity now, std::uint32_t real, std::uint32_t effective, bool any) {
  const Identity before = now;
  if (real != kUnchanged) {
    if (!any && real != before.real && real != before.effective) return std::nullopt;
    now.real = real;
  }
  if (effective != kUnchanged) {
    if (!any && !before.has(effective)) return std::nullopt;
    now.effective = effective;
  }
  if (real != kUnchanged || (effective != kUnchanged && effective != before.real)) now.saved = now.effective;
  now.files = now.effective;
  return now;
}

std::optional<Identity> three(Identity now, const Args& args, bool any) {
  const Identity before = now;
  const std::array<std::pair<std::uint32_t*, std::uint32_t>, 3> wanted = {
      {{&now.real, args.u32(0)}, {&now.effective, args.u32(1)}, {&now.saved, args.u32(2)}}};
  for (const auto& [id, value] : wanted) {
    if (value == kUnchanged) continue;
    if (!any && !before.has(value)) return std::nullopt;
    *id = value;
  }
  now.files = now.effective;
  return now;
}

bool any_user(const Process& process) { return process.credentials.may(Capability::kSetuid); }
bool any_group(const Process& process) { return process.credentials.may(Capability::kSetgid); }

std::int64_t tell(const Process& process, const Args& args, const Identity& identity) {
  const std::array<std::uint32_t, 3> ids = {identity.real, identity.effective, identity.saved};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!process.memory().write_value(args[i], ids[i])) return -EFAULT;
  }
  return 0;
}

}  // namespace

std::int64_t getuid(Process& process, const Args& /*args*/) { return process.credentials.user().real; }
std::int64_t geteuid(Process& process, const Args& /*args*/) { return process.credentials.user().effective; }
std::int64_t getgid(Process& process, const Args& /*args*/) { return process.credentials.group().real; }
std::int64_t getegid(Process& process, const Args& /*args*/) { return process.credentials.group().effective; }

std::int64_t getresuid(Process& process, const Args& args) {
  return tell(process, args, process.credentials.user());
}
std::int64_t getresgid(Process& process, const Args& args) {
  return tell(process, args, process.credentials.group());
}

std::int64_t setuid(Process& process, const Args& args) {
  if (args.u32(0) == kUnchanged) return -EINVAL;
  return become_user(process, one(process.credentials.user(), args.u32(0), any_user(process)));
}
std::int64_t setgid(Process& process, const Args& args) {
  if (args.u32(0) == kUnchanged) return -EINVAL;
  return become_group(process, one(process.credentials.group(), args.u32(0), any_group(process)));
}
std::int64_t setreuid(Process& process, const Args& args) {
  return become_user(process, two(process.credentials.user(), args.u32(0), args.u32(1), any_user(process)));
}
std::int64_t setregid(Process& process, const Args& args) {
  return become_group(process,
                      two(process.credentials.group(), args.u32(0), args.u32(1), any_group(process)));
}
std::int64_t setresuid(Process& process, const Args& args) {
  return become_user(process, three(process.credentials.user(), args, any_user(process)));
}
std::int64_t setresgid(Process& process, const Args& args) {
  return become_group(process, three(process.credentials.group(), args, any_group(process)));
}

// These say what it was, whatever becomes of it.
std::int64_t setfsuid(Process& process, const Args& args) {
  Identity user = process.credentials.user();
  const std::uint32_t before = std::exchange(user.files, args.u32(0));
  const bool allowed = any_user(process) || before == user.files || user.has(user.files);
  if (allowed && user.files != kUnchanged) become_user(process, user);
  return before;
}
std::int64_t setfsgid(Process& process, const Args& args) {
  Identity group = process.credentials.group();
  const std::uint32_t before = std::exchange(group.files, args.u32(0));
  const bool allowed = any_group(process) || before == group.files || group.has(group.files);
  if (allowed && group.files != kUnchanged) become_group(process, group);
  return before;
}

std::int64_t getgroups(Process& process, const Args& args) {
  const std::vector<std::uint32_t>& groups = process.credentials.groups();
  const auto count = static_cast<std::int64_t>(groups.size());
  if (args.i32(0) < 0) return -EINVAL;
  if (args.i32(0) == 0) return count;
  if (args.i32(0) < count) return -EINVAL;
  return process.memory().write(args[1], groups.data(), groups.size() * sizeof(groups[0])) ? count : -EFAULT;
}

std::int64_t setgroups(Process& process, const Args& args) {
  if (!any_group(process)) return -EPERM;
  if (args.u32(0) > kMostGroups) return -EINVAL;
  std::vector<std::uint32_t> groups(args.u32(0));
  if (!process.memory().read(args[1], groups.data(), groups.size() * sizeof(groups[0]))) return -EFAULT;
  Credentials next = process.credentials;
  next.set_groups(std::move(groups));
  return become(process, std::move(next));
}

}  // namespace m2sim::emu::sys
