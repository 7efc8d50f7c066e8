// Who runs next, and what those that wait are waiting for.
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "emu/linux/kernel.h"
#include "emu/linux/process.h"
#include "emu/linux/pty.h"
#include "emu/linux/signal_frame.h"
#include "emu/linux/strace.h"

namespace m2sim::emu {

namespace {

// Simulated time a thread runs while others could: short, so that threads that wait for each other by
// looking do not look long, yet thousands of times what a switch costs.
constexpr std::uint64_t kQuantum = 25'000;  // ns

// False: the limit, in ns, is over and nothing has come. Looks up now and then for a request to stop.
bool wait_outside(const MachineOptions& options, std::vector<pollfd>& files,
                  std::optional<std::uint64_t> limit) {
  constexpr std::uint64_t kLook = 100'000'000;
  while (!options.stop_requested()) {
    const std::uint64_t part = std::min(limit.value_or(kLook), kLook);
    const timespec time = {0, static_cast<long>(part)};
    if (::ppoll(files.data(), files.size(), &time, nullptr) > 0) return true;
    if (limit) *limit -= part;
    if (limit == 0U) return false;
  }
  return true;
}

// "0x4005c8 (main+0x1c)"; the address alone where it has no better name.
std::string place(std::uint64_t address, const std::string& name) {
  char text[20];
  std::snprintf(text, sizeof(text), "%#lx", address);
  return name == text ? name : text + (" (" + name + ")");
}

// As who it is: the host decides what it may open.
std::int64_t make_call(const SystemCallRow& row, Process& process, const Args& args) {
  const ActingAs acting(process.credentials);
  return row.function(process, args);
}

bool deliverable(const Task& task) {
  if (task.wait.deaf) return false;
  if (task.tracing != nullptr && (task.tracing->given || task.tracing->trap)) return true;
  const std::uint64_t pending = task.signals.queue.pending() | task.process->signals.pending();
  return (pending & (~task.signals.blocked | task.wait.signals)) != 0;
}

}  // namespace

std::uint64_t Kernel::run_until() const {
  if (sent_from_outside_) return 0;
  std::uint64_t until = UINT64_MAX;
  for (const auto& task : tasks_) {
    if (task->state == Task::State::kEnded || task.get() == current_) continue;
    until = std::min(until, quantum_end_);
    // One that has stopped in its wait does not wake, however late it gets.
    if (task->state != Task::State::kWaiting || !task->wait.deadline || is_stopped(*task)) continue;
    until = std::min(until, *task->wait.deadline - std::min(*task->wait.deadline, clock.slept));
  }
  for (const Timer* timer : timers) {
    if (!timer->expiry || timer->target == Timer::Target::kNothing) continue;
    // Processor time only passes for who runs now.
    const bool runs = timer->clock == Timer::Clock::kTime ||
                      (current_ != nullptr && timer->process == current_->process &&
                       (timer->clock == Timer::Clock::kProcess || timer->thread == current_->id));
    if (runs) until = std::min(until, clock.executed + timer->left(timer_now(*timer)));
  }
  return until;
}

Task* Kernel::schedule() {
  const std::uint32_t last = stopped_behind_ ? *stopped_behind_ : current_ == nullptr ? 0 : current_->number;
  stopped_behind_.reset();
  sent_from_outside_ = false;
  current_ = nullptr;
  sweep();
  wake_retries();
  while (!tasks_.empty() && !options.stop_requested()) {
    fire_timers();
    if (!async_files.empty()) async_files.look(*this);
    const std::vector<bool> ready = ready_files();
    const std::size_t count = tasks_.size();
    const auto after =
        std::find_if(tasks_.begin(), tasks_.end(), [last](const auto& task) { return task->number > last; });
    const auto begin = static_cast<std::size_t>(after - tasks_.begin());
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t place = (begin + i) % count;
      Task& task = *tasks_[place];
      current_ = &task;
      if (try_turn(task, ready[place]) == Turn::kWaits) continue;
      quantum_end_ = clock.executed + kQuantum;
      return &task;
    }
    current_ = nullptr;
    const bool all_ended = std::all_of(tasks_.begin(), tasks_.end(),
                                       [](const auto& task) { return task->state == Task::State::kEnded; });
    if (all_ended) return nullptr;
    // What was tried may have let others go on.
    const std::vector<bool> now_ready = ready_files();
    const bool file_ready = std::find(now_ready.begin(), now_ready.end(), true) != now_ready.end();
    const bool some_runnable =
        file_ready || std::any_of(tasks_.begin(), tasks_.end(), [](const auto& task) {
          const bool can = task->state == Task::State::kRunnable || task->wait.woken || deliverable(*task);
          return task->state != Task::State::kEnded && !is_stopped(*task) && can;
        });
    if (!some_runnable && !idle()) {
      deadlocked_ = true;
      return nullptr;
    }
  }
  stopped_behind_ = last;
  return nullptr;
}

Kernel::Turn Kernel::try_turn(Task& task, bool files_ready) {
  if (task.state == Task::State::kEnded || is_stopped(task)) return Turn::kWaits;
  bool runs = true;
  if (task.next != Task::Next::kUser) {
    runs = go_on_traced(task);
  } else if (task.state == Task::State::kRunnable) {
    runs = leave_call(task);
  } else if (deliverable(task)) {
    runs = task.tracing == nullptr ? interrupt(task) : interrupt_traced(task);
  } else {
    runs = wakes(task, files_ready) && perform(task);
  }
  return runs ? Turn::kRuns : Turn::kWaits;
}

bool Kernel::wakes(const Task& task, bool files_ready) const {
  const Wait& wait = task.wait;
  return wait.woken || files_ready || (wait.deadline && *wait.deadline <= clock.elapsed());
}

// For each thread, whether a file that it waits for is ready.
std::vector<bool> Kernel::ready_files() {
  refresh_signal_files();
  std::vector<bool> ready(tasks_.size());
  std::vector<pollfd> polled;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    if (tasks_[i]->state != Task::State::kWaiting) continue;
    for (const pollfd& file : tasks_[i]->wait.files) {
      polled.push_back(file);
      owners.push_back(i);
    }
  }
  if (polled.empty() || ::poll(polled.data(), polled.size(), 0) <= 0) return ready;
  for (std::size_t i = 0; i < polled.size(); ++i) {
    if (polled[i].revents != 0) ready[owners[i]] = true;
  }
  return ready;
}

// Nobody can run: time passes until the first deadline, or until something comes from outside. False when
// nothing ever will.
bool Kernel::idle() {
  std::optional<std::uint64_t> deadline;
  std::vector<pollfd> outside;
  bool stopped = false;
  bool retries = false;
  for (const auto& task : tasks_) {
    if (task->state == Task::State::kEnded) continue;
    stopped |= task->process->stopped;
    if (is_stopped(*task)) continue;
    const Wait& wait = task->wait;
    if (wait.deadline) deadline = std::min(deadline.value_or(UINT64_MAX), *wait.deadline);
    retries |= wait.retry;
    if (wait.outside) outside.insert(outside.end(), wait.files.begin(), wait.files.end());
  }
  for (const Timer* timer : timers) {
    const bool counts = timer->clock == Timer::Clock::kTime && timer->target != Timer::Target::kNothing;
    const bool waits = timer->process == nullptr || !timer->process->stopped;
    if (timer->expiry && counts && waits) deadline = std::min(deadline.value_or(UINT64_MAX), *timer->expiry);
  }
  async_files.append_outside(outside);
  const std::uint64_t now = clock.elapsed();
  if (retries) return nap(deadline, std::move(outside));
  if (!outside.empty()) {
    const std::uint64_t left = deadline && *deadline > now ? *deadline - now : 0;
    if (wait_outside(options, outside, deadline ? std::optional(left) : std::nullopt)) return true;
  }
  if (deadline) {
    if (*deadline > now) clock.slept += *deadline - now;
    return true;
  }
  if (!stopped && options.signals_from_outside && waits_for_outside_signal()) {
    std::vector<pollfd> nothing;
    wait_outside(options, nothing, std::nullopt);
    return true;
  }
  if (!stopped) return false;
  options.wait_stopped();
  for (const auto& process : processes_) resume(*process);
  return true;
}

// A thread in a call that nothing but a signal ends, of a process that does something about one.
bool Kernel::waits_for_outside_signal() const {
  constexpr std::uint64_t kSuspend = 133;
  constexpr std::uint64_t kTimedWait = 137;
  constexpr std::uint64_t kPoll = 73;
  constexpr std::uint64_t kSelect = 72;
  constexpr std::array kSignals = {SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM};
  return std::any_of(tasks_.begin(), tasks_.end(), [&](const auto& task) {
    if (task->state != Task::State::kWaiting || is_stopped(*task)) return false;
    const bool empty = task->wait.files.empty();
    const bool pauses = task->call == kSuspend || ((task->call == kPoll || task->call == kSelect) && empty);
    const bool listens = !signal_files_.empty() && !empty;
    return task->call == kTimedWait || listens ||
           (pauses && std::any_of(kSignals.begin(), kSignals.end(), [&](int signal) {
              return task->process->actions[static_cast<std::size_t>(signal)].handler > kIgnore;
            }));
  });
}

// As idle(), while somebody waits for what nobody announces.
bool Kernel::nap(std::optional<std::uint64_t> deadline, std::vector<pollfd> outside) {
  constexpr timespec kNap = {0, 1'000'000};
  const std::uint64_t now = clock.elapsed();
  const std::uint64_t left = deadline && *deadline > now ? *deadline - now : 0;
  if (deadline && outside.empty()) {
    clock.slept += left;
  } else if (::ppoll(outside.data(), outside.size(), &kNap, nullptr) == 0) {
    clock.slept += std::min<std::uint64_t>(kNap.tv_nsec, left);
  }
  wake_retries();
  return true;
}

void Kernel::wake_retries() {
  for (const auto& task : tasks_) {
    if (task->wait.retry) task->wait.woken = true;
  }
}

void Kernel::wake_lock_waiters() {
  for (const auto& task : tasks_) {
    if (task->wait.for_lock) task->wait.woken = true;
  }
}

void Kernel::wake_ipc_waiters() {
  for (const auto& task : tasks_) {
    if (task->wait.for_ipc) task->wait.woken = true;
  }
}

bool Kernel::system_call(Task& task) {
  current_ = &task;
  task.call = task.cpu.x[8];
  const auto& x = task.cpu.x;
  task.args = {{x[0], x[1], x[2], x[3], x[4], x[5]}};
  task.wait = {};
  fire_timers();
  if (task.tracing != nullptr && stops_before_call(*this, task)) return false;
  return admit(task);
}

// Asks the filters first.
bool Kernel::admit(Task& task) {
  if (task.strict || task.seccomp != nullptr) {
    const std::optional<bool> done = filter_call(task);
    if (done) return *done;
  }
  if (task.tracing != nullptr && stops_before_exit(*this, task)) return false;
  return perform(task);
}

// Makes the call, for the first time or again.
bool Kernel::perform(Task& task) {
  Process& process = *task.process;
  process.task = &task;
  refresh_signal_files();
  const SystemCallRow& row = system_call_row(task.call);
  std::int64_t result = -ENOSYS;
  if (row.function != nullptr) {
    task.wait.woken = false;
    result = make_call(row, process, task.args);
  } else if (const std::size_t slot = std::min<std::uint64_t>(task.call, kSystemCallLimit - 1);
             !warned[slot]) {
    warned.set(slot);
    const std::string name = row.name == nullptr ? "" : " (" + std::string(row.name) + ")";
    const std::uint64_t pc = task.cpu.pc - 4;  // behind its svc
    const std::string where = describe == nullptr ? "" : " at " + place(pc, describe(*process.space, pc));
    options.diagnostics("m2sim: system call " + std::to_string(task.call) + name + " is not implemented" +
                        where + "; the program gets ENOSYS");
  }
  if (!async_files.empty()) async_files.look(*this);
  if (!ptys.empty()) hang_up(*this);
  if (std::exchange(task.restored, false)) return finish(task, result);
  if (result == kBlocked) {
    task.state = Task::State::kWaiting;
    task.wait.again = true;
    if (task.tracing != nullptr) stops_in_wait(*this, task);
    return false;
  }
  return finish(task, result);
}

// A signal has come for a thread that waits. The call has a last word: it may have moved some bytes, or
// must not be restarted; one that would wait on is, if the handler's action says so.
bool Kernel::interrupt(Task& task) {
  Process& process = *task.process;
  process.task = &task;
  task.wait.interrupted = true;
  const std::int64_t result = make_call(system_call_row(task.call), process, task.args);
  if (result != kBlocked) return finish(task, result);
  if (!task.wait.restarts && !restarts_after_signal(task)) return finish(task, -EINTR);
  task.wait = {};
  task.state = Task::State::kRunnable;
  if (task.tracing != nullptr && stops_before_restart(*this, task)) return false;
  task.cpu.pc -= 4;
  return deliver_signals(*this, task);
}

void Kernel::count_call(std::uint64_t number, std::int64_t result) {
  const std::size_t slot = std::min<std::uint64_t>(number, kSystemCallLimit - 1);
  if (slot >= call_counts.size()) call_counts.resize(slot + 1);
  ++call_counts[slot].calls;
  constexpr std::int64_t kMostErrno = 4095;
  if (result < 0 && result >= -kMostErrno) ++call_counts[slot].errors;
}

bool Kernel::finish(Task& task, std::int64_t result) {
  Process& process = *task.process;
  count_call(task.call, result);
  if (options.strace) {
    // As strace does for more than one thread.
    const std::string who = next_task_ > 1 ? "[pid " + std::to_string(task.id) + "] " : "";
    (options.trace == nullptr ? options.diagnostics
                              : options.trace)(who + strace_line(process, task.call, task.args, result));
  }
  if (!process.running()) {
    end_process(process);
    return false;
  }
  if (task.state == Task::State::kEnded) return false;
  task.cpu.x[0] = static_cast<std::uint64_t>(result);
  task.wait = {};
  task.state = Task::State::kRunnable;
  if (task.tracing != nullptr && stops_behind_call(*this, task)) {
    yielded_ = false;
    return false;
  }
  return leave_call(task);
}

bool Kernel::leave_call(Task& task) {
  if (!deliver_signals(*this, task)) return false;
  if (task.signals.saved) task.signals.blocked = *std::exchange(task.signals.saved, std::nullopt);
  return !std::exchange(yielded_, false);
}

Task* Kernel::first_waiter(const FutexKey& key, std::uint32_t bits) const {
  Task* first = nullptr;
  for (const auto& task : tasks_) {
    const Wait& wait = task->wait;
    const bool waits = task->state == Task::State::kWaiting && wait.futex == key && wait.pi_futex == 0;
    if (!waits || (wait.futex_bits & bits) == 0) continue;
    if (first == nullptr || wait.order < first->wait.order) first = task.get();
  }
  return first;
}

unsigned Kernel::wake_futex(const FutexKey& key, unsigned most, std::uint32_t bits) {
  unsigned count = 0;
  for (Task* task = nullptr; count < most && (task = first_waiter(key, bits)) != nullptr; ++count) {
    task->wait.woken = true;
    task->wait.futex.reset();
  }
  return count;
}

unsigned Kernel::requeue_futex(const FutexKey& from, const FutexKey& to, unsigned most) {
  if (from == to) return 0;
  unsigned count = 0;
  for (Task* task = nullptr; count < most && (task = first_waiter(from, UINT32_MAX)) != nullptr; ++count) {
    task->wait.futex = to;
    task->wait.order = next_wait();
  }
  return count;
}

}  // namespace m2sim::emu
