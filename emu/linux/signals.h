// Signals as the kernel keeps them: actions of a process, masks and queues of threads.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace m2sim::emu {

inline constexpr int kSignalCount = 64;
inline constexpr std::uint64_t kIgnore = 1;  // the handler SIG_IGN

// arm64's struct sigaction as rt_sigaction passes it.
struct GuestSigaction {
  std::uint64_t handler = 0;  // 0: default, or kIgnore
  std::uint64_t flags = 0;
  std::uint64_t restorer = 0;
  std::uint64_t mask = 0;
};
static_assert(sizeof(GuestSigaction) == 32);

struct GuestSigaltstack {
  static constexpr std::uint32_t kDisable = 2;
  static constexpr std::uint32_t kAutoDisarm = 1U << 31U;
  bool disabled() const { return (flags & kDisable) != 0; }
  // A handler is entered without one, and its return brings it back.
  bool disarms() const { return (flags & kAutoDisarm) != 0; }
  // Whether a thread with this sp is on it.
  bool holds(std::uint64_t sp) const {
    return !disabled() && !disarms() && sp > pointer && sp - pointer <= size;
  }

  std::uint64_t pointer = 0;
  std::uint32_t flags = kDisable;
  std::int32_t padding = 0;
  std::uint64_t size = 0;
};
static_assert(sizeof(GuestSigaltstack) == 24);

// One signal as siginfo_t tells it. `fields` is what follows si_code there, from byte 16 on: a fault's
// address; or pid and uid (one word), then a value or an exit status; or a timer's id, overruns and value.
struct SignalInfo {
  int signal = 0;
  int code = 0;  // SI_USER, SEGV_MAPERR, ...
  std::array<std::uint64_t, 3> fields{};
  int error = 0;               // si_errno
  std::uint64_t syndrome = 0;  // of a fault in memory: ESR_EL1. Taken at once, so no checkpoint has it.
};

// Signal n as a bit of a mask.
constexpr std::uint64_t signal_bit(int signal) {
  return std::uint64_t{1} << static_cast<unsigned>(signal - 1);
}

// SIGKILL and SIGSTOP.
inline constexpr std::uint64_t kNeverBlocked = signal_bit(9) | signal_bit(19);

// Pending signals in the order of their arrival. A standard signal is held once, real-time ones queue.
class SignalQueue {
 public:
  void add(const SignalInfo& info);
  // The lowest-numbered one of `set`, removed.
  std::optional<SignalInfo> take(std::uint64_t set);
  void drop(std::uint64_t set);
  // Whether a signal of the timer `id` waits here; it then also stands for `more` expiries.
  bool add_overruns(int signal, int id, std::uint64_t more);
  std::uint64_t pending() const;  // as a mask
  const std::vector<SignalInfo>& all() const { return queue_; }
  template <class Archive>
  void fields(Archive& archive) {
    archive(queue_);
  }

 private:
  static constexpr int kFirstRealTime = 32;
  static constexpr std::size_t kMost = 1024;  // RLIMIT_SIGPENDING, small

  std::vector<SignalInfo> queue_;
};

// A thread's part.
struct ThreadSignals {
  std::uint64_t blocked = 0;
  std::optional<std::uint64_t> saved;  // the mask to go back to: a call such as ppoll has set another
  SignalQueue queue;                   // sent to this thread alone
  GuestSigaltstack alternate{};
};

using SignalActions = std::array<GuestSigaction, kSignalCount + 1>;  // by signal number
// What had a handler gets the default action; what was ignored stays ignored.
void forget_handlers(SignalActions& actions);

// What Linux does with a signal whose action is the default one.
enum class DefaultAction : std::uint8_t { kTerminate, kIgnore, kStop };
DefaultAction default_action(int signal);

}  // namespace m2sim::emu
