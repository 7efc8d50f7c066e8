#include "emu/linux/signals.h"

#include <signal.h>

#include <algorithm>
#include <bit>

namespace m2sim::emu {

void SignalQueue::add(const SignalInfo& info) {
  const bool standard = info.signal < kFirstRealTime;
  if (standard && (pending() & signal_bit(info.signal)) != 0) return;
  if (!standard && queue_.size() >= kMost) return;
  queue_.push_back(info);
}

std::optional<SignalInfo> SignalQueue::take(std::uint64_t set) {
  const std::uint64_t ready = pending() & set;
  if (ready == 0) return std::nullopt;
  const int signal = std::countr_zero(ready) + 1;
  const auto found = std::find_if(queue_.begin(), queue_.end(),
                                  [signal](const SignalInfo& info) { return info.signal == signal; });
  const SignalInfo info = *found;
  queue_.erase(found);
  return info;
}

void SignalQueue::drop(std::uint64_t set) {
  std::erase_if(queue_, [set](const SignalInfo& info) { return (signal_bit(info.signal) & set) != 0; });
}

bool SignalQueue::add_overruns(int signal, int id, std::uint64_t more) {
  constexpr std::uint64_t kMostOverruns = INT32_MAX;
  for (SignalInfo& info : queue_) {
    const auto timer = static_cast<std::uint32_t>(info.fields[0]);
    if (info.signal != signal || info.code != SI_TIMER || timer != static_cast<std::uint32_t>(id)) continue;
    const std::uint64_t overruns = std::min((info.fields[0] >> 32U) + more, kMostOverruns);
    info.fields[0] = overruns << 32U | timer;
    return true;
  }
  return false;
}

std::uint64_t SignalQueue::pending() const {
  std::uint64_t mask = 0;
  for (const SignalInfo& info : queue_) mask |= signal_bit(info.signal);
  return mask;
}

DefaultAction default_action(int signal) {
  switch (signal) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
      return DefaultAction::kIgnore;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
      return DefaultAction::kStop;
    default:
      return DefaultAction::kTerminate;
  }
}

void forget_handlers(SignalActions& actions) {
  for (GuestSigaction& action : actions) action = {action.handler == 1 ? std::uint64_t{1} : 0, 0, 0, 0};
}

}  // namespace m2sim::emu
