// Time passes: timers expire, and processor time is charged to who ran.
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "emu/linux/kernel.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

Timer::Timer(TimerList& its_list, Process* owner) : list(its_list), process(owner) { list.push_back(this); }

Timer::~Timer() { std::erase(list, this); }

std::uint64_t Timer::pass(std::uint64_t now) {
  if (!expiry || *expiry > now) return 0;
  const std::uint64_t expiries = interval == 0 ? 1 : 1 + (now - *expiry) / interval;
  if (interval == 0) {
    expiry.reset();
  } else {
    *expiry += expiries * interval;
  }
  return expiries;
}

void Kernel::set_time(std::uint64_t nanoseconds) {
  const std::uint64_t passed = nanoseconds - clock.executed;
  clock.executed = nanoseconds;
  if (current_ == nullptr) return;
  current_->processor_time += passed;
  current_->process->processor_time += passed;
}

std::uint64_t Kernel::timer_now(const Timer& timer) const {
  if (timer.clock == Timer::Clock::kTime) return clock.elapsed();
  if (timer.clock == Timer::Clock::kProcess) return timer.process->processor_time;
  const Task* thread = task(timer.thread);
  return thread == nullptr ? 0 : thread->processor_time;
}

void Kernel::fire_timers() {
  // A signal may end nothing here, so the list stays as it is.
  for (Timer* timer : timers) {
    if (!timer->expiry || timer->target == Timer::Target::kNothing) continue;
    const std::uint64_t expiries = timer->pass(timer_now(*timer));
    if (expiries != 0) fire(*timer, expiries);
  }
}

void Kernel::fire(Timer& timer, std::uint64_t expiries) {
  if (timer.target == Timer::Target::kFile) {
    // A full counter stays full.
    [[maybe_unused]] const ssize_t done = ::write(timer.file, &expiries, sizeof(expiries));
    return;
  }
  Task* const thread = timer.target == Timer::Target::kThread ? task(timer.thread) : nullptr;
  if (timer.target == Timer::Target::kThread && (thread == nullptr || thread->process != timer.process))
    return;
  SignalInfo info = timer.info;
  if (info.code == SI_TIMER) {
    SignalQueue& queue = thread != nullptr ? thread->signals.queue : timer.process->signals;
    const auto id = static_cast<int>(static_cast<std::uint32_t>(info.fields[0]));
    if (queue.add_overruns(info.signal, id, expiries)) return;
    info.fields[0] |= std::min<std::uint64_t>(expiries - 1, INT32_MAX) << 32U;
  }
  if (thread != nullptr) {
    post(*thread, info);
  } else {
    post(*timer.process, info);
  }
}

void Kernel::signal_taken(Process& process, const SignalInfo& info) {
  if (info.code != SI_TIMER) return;
  const auto id = static_cast<std::uint32_t>(info.fields[0]);
  if (id >= process.timers.size() || process.timers[id] == nullptr) return;
  process.timers[id]->overrun = info.fields[0] >> 32U;
}

void Kernel::refresh_signal_files() {
  if (signal_files_.empty()) return;
  std::erase_if(signal_files_, [](const auto& file) { return file.expired(); });
  for (const auto& entry : signal_files_) {
    const std::shared_ptr<OpenFile> file = entry.lock();
    auto& state = std::get<SignalFile>(file->special);
    const Process* owner = process(state.process);
    std::uint64_t pending = owner == nullptr ? 0 : owner->signals.pending();
    for (const auto& task : tasks_) {
      if (task->process == owner) pending |= task->signals.queue.pending();
    }
    const bool readable = (pending & state.mask) != 0;
    if (readable == state.readable) continue;
    state.readable = readable;
    std::uint64_t count = 1;
    [[maybe_unused]] const ssize_t done =
        readable ? ::write(file->host, &count, sizeof(count)) : ::read(file->host, &count, sizeof(count));
  }
}

}  // namespace m2sim::emu
