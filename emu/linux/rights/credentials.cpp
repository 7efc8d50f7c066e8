#include "emu/linux/rights/credentials.h"

#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace m2sim::emu {

namespace {

// Capabilities that follow the user for whom files are opened.
constexpr std::uint64_t kOfFiles = capability_bit(CAP_CHOWN) | capability_bit(CAP_DAC_OVERRIDE) |
                                   capability_bit(CAP_DAC_READ_SEARCH) | capability_bit(CAP_FOWNER) |
                                   capability_bit(CAP_FSETID) | capability_bit(CAP_LINUX_IMMUTABLE) |
                                   capability_bit(CAP_MKNOD) | capability_bit(CAP_MAC_OVERRIDE);

// The system calls themselves: they are for this thread alone, where the C library's are for all.
CapabilitySets host_capabilities() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  CapabilitySets sets;
  if (::syscall(SYS_capget, &header, data.data()) != 0) return sets;
  const auto whole = [](std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32U | low; };
  sets.effective = whole(data[0].effective, data[1].effective);
  sets.permitted = whole(data[0].permitted, data[1].permitted);
  sets.inheritable = whole(data[0].inheritable, data[1].inheritable);
  for (unsigned i = 0; i < kCapabilityCount; ++i) {
    if (::prctl(PR_CAPBSET_READ, i) == 1) sets.bounding |= capability_bit(i);
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1) sets.ambient |= capability_bit(i);
  }
  return sets;
}

bool set_host_effective(const CapabilitySets& host, std::uint64_t effective) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const auto low = [](std::uint64_t set) { return static_cast<std::uint32_t>(set); };
  const auto high = [](std::uint64_t set) { return static_cast<std::uint32_t>(set >> 32U); };
  const std::array<__user_cap_data_struct, 2> data = {
      {{low(effective), low(host.permitted), low(host.inheritable)},
       {high(effective), high(host.permitted), high(host.inheritable)}}};
  return ::syscall(SYS_capset, &header, data.data()) == 0;
}

Identity host_user() {
  Identity user;
  ::getresuid(&user.real, &user.effective, &user.saved);
  user.files = user.effective;
  return user;
}

Identity host_group() {
  Identity group;
  ::getresgid(&group.real, &group.effective, &group.saved);
  group.files = group.effective;
  return group;
}

std::vector<std::uint32_t> host_groups() {
  const int count = ::getgroups(0, nullptr);
  std::vector<std::uint32_t> groups(static_cast<std::size_t>(std::max(count, 0)));
  groups.resize(static_cast<std::size_t>(std::max(::getgroups(count, groups.data()), 0)));
  return groups;
}

bool set_host_groups(const std::vector<std::uint32_t>& groups) {
  return ::syscall(SYS_setgroups, groups.size(), groups.data()) == 0;
}

// They answer what was; the second time, what is.
bool set_host_files(std::uint32_t user, std::uint32_t group) {
  constexpr std::uint32_t kNone = UINT32_MAX;
  ::setfsgid(group);
  ::setfsuid(user);
  return static_cast<std::uint32_t>(::setfsgid(kNone)) == group &&
         static_cast<std::uint32_t>(::setfsuid(kNone)) == user;
}

// Read once: nobody changes them but ActingAs, which puts them back.
const Credentials& host() {
  static const Credentials kHost = Credentials::of_host();
  return kHost;
}

}  // namespace

Credentials Credentials::of_host() {
  Credentials own;
  own.user_ = host_user();
  own.group_ = host_group();
  own.groups_ = host_groups();
  own.capabilities_ = host_capabilities();
  return own;
}

bool Credentials::in_group(std::uint32_t id) const {
  return id == group_.effective || std::find(groups_.begin(), groups_.end(), id) != groups_.end();
}

bool Credentials::may_trace(const Credentials& other) const {
  const auto same = [](std::uint32_t id, const Identity& target) {
    return id == target.real && id == target.effective && id == target.saved;
  };
  const bool users = other.dumpable && same(user_.files, other.user_) && same(group_.files, other.group_) &&
                     (other.capabilities_.permitted & ~capabilities_.permitted) == 0;
  return users || may(Capability::kSysPtrace);
}

void Credentials::compare_with_host() {
  const Credentials& own = host();
  hosts_files_ = user_.files == own.user_.files && group_.files == own.group_.files &&
                 groups_ == own.groups_ && capabilities_.effective == own.capabilities_.effective;
}

void Credentials::set_user(const Identity& user) {
  const Identity before = std::exchange(user_, user);
  if (before.effective != user.effective || before.files != user.files) dumpable = false;
  CapabilitySets& sets = capabilities_;
  if (before.has(0) && !user.has(0)) {
    if (!keeps_capabilities) sets.permitted = sets.effective = 0;
    sets.ambient = 0;
  }
  if (before.effective == 0 && user.effective != 0) sets.effective = 0;
  if (before.effective != 0 && user.effective == 0) sets.effective = sets.permitted;
  if (before.files == 0 && user.files != 0) sets.effective &= ~kOfFiles;
  if (before.files != 0 && user.files == 0) sets.effective |= sets.permitted & kOfFiles;
  compare_with_host();
}

void Credentials::set_group(const Identity& group) {
  if (group_.effective != group.effective || group_.files != group.files) dumpable = false;
  group_ = group;
  compare_with_host();
}

void Credentials::set_groups(std::vector<std::uint32_t> groups) {
  groups_ = std::move(groups);
  compare_with_host();
}

void Credentials::set_capabilities(const CapabilitySets& sets) {
  capabilities_ = sets;
  compare_with_host();
}

void Credentials::executes() {
  CapabilitySets& sets = capabilities_;
  if (user_.real == 0 || user_.effective == 0) {
    sets.permitted = sets.inheritable | sets.bounding;
    sets.effective = user_.effective == 0 ? sets.permitted : sets.ambient;
  } else {
    sets.permitted = sets.effective = sets.ambient;
  }
  user_.saved = user_.files = user_.effective;
  group_.saved = group_.files = group_.effective;
  dumpable = user_.real == user_.effective && group_.real == group_.effective;
  keeps_capabilities = false;
  compare_with_host();
}

Credentials Credentials::for_access() const {
  Credentials real = *this;
  real.user_.files = user_.real;
  real.group_.files = group_.real;
  CapabilitySets& sets = real.capabilities_;
  sets.effective = user_.real == 0 ? sets.permitted : 0;
  real.compare_with_host();
  return real;
}

// The groups first, while this thread may choose them; what it may not do any more comes last.
void ActingAs::begin(const Credentials& who) {
  const CapabilitySets& own = host().capabilities();
  set_host_effective(own, own.effective);
  ok_ = set_host_groups(who.groups()) && set_host_files(who.user().files, who.group().files) &&
        set_host_effective(own, own.permitted & who.capabilities().effective);
}

void ActingAs::end() { begin(before_ == nullptr ? host() : *before_); }

}  // namespace m2sim::emu
