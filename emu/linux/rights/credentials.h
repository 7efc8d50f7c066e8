// Who a process is to the system: its users and groups, and what it may do whoever it is (credentials(7),
// capabilities(7)). The first process is who the simulator is, and others begin as their parents are. One
// that has become somebody else, as a server does that was started by root, has the files of its new user:
// the host itself decides what that user may open (ActingAs).
//
// Linux keeps these by thread, and the C library then changes all threads of a process; here they are the
// process's.
#pragma once

#include <cstdint>
#include <vector>

namespace m2sim::emu {

// As Linux numbers them.
enum class Capability : std::uint8_t {
  kDacOverride = 1,
  kFowner = 3,
  kKill = 5,
  kSetgid = 6,
  kSetuid = 7,
  kSetpcap = 8,
  kIpcLock = 14,
  kIpcOwner = 15,
  kSysPtrace = 19,
  kSysAdmin = 21,
  kSysNice = 23,
  kSysResource = 24,
};
inline constexpr unsigned kCapabilityCount = 41;

constexpr std::uint64_t capability_bit(unsigned capability) { return std::uint64_t{1} << capability; }

struct CapabilitySets {
  std::uint64_t permitted = 0, effective = 0, inheritable = 0, bounding = 0, ambient = 0;
  bool operator==(const CapabilitySets&) const = default;
};

// Of users, or of groups.
struct Identity {
  std::uint32_t real = 0, effective = 0, saved = 0;
  std::uint32_t files = 0;  // for whom files are opened
  bool has(std::uint32_t id) const { return id == real || id == effective || id == saved; }
  bool operator==(const Identity&) const = default;
};

class Credentials {
 public:
  // The simulator's.
  static Credentials of_host();

  const Identity& user() const { return user_; }
  const Identity& group() const { return group_; }
  const std::vector<std::uint32_t>& groups() const { return groups_; }
  const CapabilitySets& capabilities() const { return capabilities_; }
  bool may(Capability capability) const {
    return (capabilities_.effective & capability_bit(static_cast<unsigned>(capability))) != 0;
  }
  bool in_group(std::uint32_t id) const;
  // Whether its memory, registers and files are open to another: to the same user who has all that it has.
  bool may_trace(const Credentials& other) const;
  // Whether files are opened as the simulator opens them.
  bool hosts_files() const { return hosts_files_; }

  template <class Archive>
  void fields(Archive& archive) {
    archive(user_, group_, groups_, capabilities_, hosts_files_, dumpable, keeps_capabilities);
  }

  // What follows for the capabilities from leaving or becoming root follows.
  void set_user(const Identity& user);
  void set_group(const Identity& group);
  void set_groups(std::vector<std::uint32_t> groups);
  void set_capabilities(const CapabilitySets& sets);
  void executes();  // another program
  // As if the effective user and group were the real ones, for access().
  Credentials for_access() const;

  // Its memory is its user's: not of one that has become somebody else and knows what it knew (prctl(2)).
  bool dumpable = true;
  bool keeps_capabilities = false;  // when the last of its users ceases to be root, until the next execve

 private:
  void compare_with_host();

  Identity user_;
  Identity group_;
  std::vector<std::uint32_t> groups_;
  CapabilitySets capabilities_;
  bool hosts_files_ = true;
};

// While it lives, this thread of the host opens, makes and changes files as `who` would. ok(): it can; a
// simulator without rights of its own cannot be somebody else.
class ActingAs {
 public:
  explicit ActingAs(const Credentials& who) : acts_(!who.hosts_files()) {
    if (acts_) begin(who);
  }
  // For a part of a time in which it acts as `before`.
  ActingAs(const Credentials& who, const Credentials& before)
      : acts_(!who.hosts_files() || !before.hosts_files()), before_(&before) {
    if (acts_) begin(who);
  }
  ~ActingAs() {
    if (acts_) end();
  }
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

  bool ok() const { return ok_; }

 private:
  void begin(const Credentials& who);
  void end();

  bool acts_;
  const Credentials* before_ = nullptr;  // null: the simulator itself
  bool ok_ = true;
};

}  // namespace m2sim::emu
