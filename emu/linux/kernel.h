// The emulated Linux: its processes and threads on one core, and the one clock they share. Everything is
// decided by simulated time and by what the guests do, so that every run schedules alike; only what comes
// from outside (a terminal, a network) can differ.
#pragma once

#include <signal.h>

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emu/cpu/fault.h"
#include "emu/linux/async_files.h"
#include "emu/linux/code_map.h"
#include "emu/linux/ipc.h"
#include "emu/linux/record_locks.h"
#include "emu/linux/signals.h"
#include "emu/linux/task.h"
#include "emu/linux/timer.h"
#include "emu/linux/tracing.h"
#include "emu/machine_options.h"

namespace m2sim::emu {

inline constexpr std::size_t kSystemCallLimit = 512;  // above every arm64 number in use

struct AddressSpace;
struct Process;
struct OpenFile;
struct Pty;

// A deterministic stream for getrandom and AT_RANDOM: the same bytes in every run (SplitMix64).
class GuestRandom {
 public:
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  void fill(void* to, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; i += sizeof(std::uint64_t)) {
      const std::uint64_t word = next();
      std::memcpy(static_cast<char*>(to) + i, &word, std::min(sizeof(word), bytes - i));
    }
  }
  template <class Archive>
  void fields(Archive& archive) {
    archive(state_);
  }

 private:
  std::uint64_t state_ = 0x6d32'7369'6d00'0001;  // any constant will do
};

// Simulated time. The monotonic clock starts at a fixed uptime, the real-time clock at
// MachineOptions::start_time; both advance with retired instructions (Kernel::set_time) and, when every
// thread waits, to the next deadline.
struct GuestClock {
  static constexpr std::uint64_t kUptimeAtStart = 1'000'000'000'000;  // 1000 s in ns

  std::uint64_t realtime_at_start = 0;  // ns since 1970
  std::uint64_t executed = 0;           // ns, set before every system call
  std::uint64_t slept = 0;              // ns in which nothing ran

  std::uint64_t elapsed() const { return executed + slept; }
  std::uint64_t not_executed() const { return kUptimeAtStart + slept; }  // the rest of monotonic()
  std::uint64_t monotonic() const { return executed + not_executed(); }
  std::uint64_t realtime() const { return realtime_at_start + elapsed(); }
};

class Kernel {
 public:
  explicit Kernel(const MachineOptions& given);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // Running.

  // Simulated time since the start, in ns: a value that depends on retired instructions only.
  void set_time(std::uint64_t nanoseconds);
  // The thread to run until run_until(), or an earlier event of its own: the next in turn that can. Waits
  // in host time when every thread waits for something outside, moves the clock when they wait for a time.
  // Null: all processes have ended, or deadlocked(). Threads that have ended are gone after this.
  Task* schedule();
  // Value of clock.executed at which schedule() should be asked again; UINT64_MAX: no need.
  std::uint64_t run_until() const;
  bool deadlocked() const { return deadlocked_; }
  // Executes the call in x8 with x0 to x5; the result is in x0. True: the thread goes on, perhaps
  // elsewhere (cpu.pc) or in another program. False: it waits, yields or has ended; see schedule().
  bool system_call(Task& task);
  // A fault at cpu.pc: the guest's handler is entered (true) or the process ends.
  bool deliver_fault(Task& task, const Fault& fault);
  // A traced thread has executed the one instruction that its tracer let it: true where it goes on.
  bool step_done(Task& task);
  const std::vector<std::unique_ptr<Task>>& tasks() const { return tasks_; }

  // Processes and threads, for system calls.

  Task& add_task(Process& process);
  Process& add_process(std::unique_ptr<Process> process);
  // Ids are dense, so that every run has the same ones.
  int next_id() { return next_id_++; }
  std::uint64_t next_space() { return next_space_++; }
  Process* process(int pid) const;  // also one that has ended and was not waited for; null: none
  Task* task(int tid) const;        // alive; null: none
  Process& first() const { return *processes_.front(); }
  const std::vector<std::unique_ptr<Process>>& processes() const { return processes_; }
  // Of all address spaces so far; the last one of a number says how it was left, or how it is.
  std::vector<ExecutableMap> code_maps() const;
  unsigned threads_of(const Process& process) const;  // alive
  void forget_process(const Process& process);        // its parent has waited for it
  // The thread is done; with the last one, so is the process (its `end` is set).
  void end_task(Task& task, int status);
  void end_process(Process& process);                    // after `end` was set: threads, parent, children
  void end_other_tasks(Process& process, Task& keeper);  // execve
  void release_space(Process& process, std::shared_ptr<AddressSpace> next);  // execve, and at the end

  // Signals. Ignored ones vanish here; others wait until a thread of the process takes them.
  void post(Process& process, const SignalInfo& info);
  void post(Task& task, const SignalInfo& info);
  void notify_parent(Process& process, int code, int status);  // SIGCHLD, and whoever waits in wait4
  // A thread has taken a signal off a queue, by whatever way.
  static void signal_taken(Process& process, const SignalInfo& info);
  // From outside: to the foreground group of the terminal, or else to the first process. False, and nothing
  // is sent: the first process would end by it.
  bool send_from_outside(int signal);
  void stop(Process& process, int signal);
  void resume(Process& process);  // SIGCONT

  // Wakes up to `most` waiters whose bits intersect `bits`, in the order they came; returns how many.
  unsigned wake_futex(const FutexKey& key, unsigned most, std::uint32_t bits);
  // Moves up to `most` waiters to another futex; returns how many.
  unsigned requeue_futex(const FutexKey& from, const FutexKey& to, unsigned most);
  std::uint64_t next_wait() { return next_wait_++; }
  // Signal files become ready by what is posted and taken.
  void watch_signals(const std::shared_ptr<OpenFile>& file) { signal_files_.push_back(file); }
  void refresh_signal_files();
  // A pidfd becomes readable when its process ends.
  void watch_end(const std::shared_ptr<OpenFile>& file);
  void tell_end(const Process& process);
  void wake_lock_waiters();
  void wake_ipc_waiters();
  void yield() { yielded_ = true; }  // the caller's turn ends with its call
  // Whose turn it is and what comes next, for checkpoints; the threads are there already.
  template <class Archive>
  void fields(Archive& archive) {
    archive(left_code_, stopped_behind_, yielded_, quantum_end_, deadlocked_, next_id_, next_task_,
            next_space_, next_wait_);
    std::optional<std::uint32_t> current;
    if (current_ != nullptr) current = current_->number;
    archive(current);
    const auto is_current = [&](const auto& task) { return current && task->number == *current; };
    const auto found = std::find_if(tasks_.begin(), tasks_.end(), is_current);
    current_ = found == tasks_.end() ? nullptr : found->get();
  }

  MachineOptions options;
  GuestClock clock;
  GuestRandom random;
  TimerList timers;
  RecordLocks record_locks;
  AsyncFiles async_files;
  Ipc ipc;
  std::vector<std::shared_ptr<Pty>> ptys;
  std::vector<EndedTracee> ended_tracees;
  // Names of local sockets where the host's (a file's, from the simulator's directory) are not the guest's.
  std::map<std::string, std::string> socket_names;
  int foreground_group = 0;                    // of the terminal
  std::vector<std::uint64_t> nameless_inodes;  // of the host, in the order of their guest numbers
  // What a user calls a place in guest memory, for warnings.
  std::string (*describe)(const AddressSpace&, std::uint64_t) = nullptr;
  std::vector<FileCode> mapped_code;  // in the order of the calls
  struct CallCount {
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
  };
  std::bitset<kSystemCallLimit> warned;  // unimplemented numbers that have had their one warning
  std::vector<CallCount> call_counts;    // by number, of those up to the largest that was made

 private:
  enum class Turn : std::uint8_t { kRuns, kWaits };

  void leave_children(const Process& process);
  Task* first_waiter(const FutexKey& key, std::uint32_t bits) const;
  Turn try_turn(Task& task, bool files_ready);
  bool admit(Task& task);
  bool perform(Task& task);
  bool go_on_traced(Task& task);
  bool leave_call(Task& task);
  bool interrupt_traced(Task& task);
  std::optional<bool> filter_call(Task& task);
  bool end_task_by(Task& task, int signal);
  bool finish(Task& task, std::int64_t result);
  void count_call(std::uint64_t number, std::int64_t result);
  bool interrupt(Task& task);
  bool wakes(const Task& task, bool files_ready) const;
  std::vector<bool> ready_files();
  std::uint64_t timer_now(const Timer& timer) const;
  void fire_timers();
  void fire(Timer& timer, std::uint64_t expiries);
  bool idle();
  bool waits_for_outside_signal() const;
  void wake_retries();
  bool nap(std::optional<std::uint64_t> deadline, std::vector<pollfd> outside);
  void sweep();

  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::vector<std::weak_ptr<OpenFile>> signal_files_;
  std::vector<std::weak_ptr<OpenFile>> pid_files_;
  std::vector<std::shared_ptr<AddressSpace>> left_spaces_;  // until the run loop has let go of them
  std::vector<ExecutableMap> left_code_;                    // of all that were
  Task* current_ = nullptr;
  std::optional<std::uint32_t> stopped_behind_;  // whose turn was over when a request to stop came
  bool yielded_ = false;
  std::uint64_t quantum_end_ = 0;
  bool sent_from_outside_ = false;  // since the last turn: whoever runs looks at his signals
  bool deadlocked_ = false;
  int next_id_ = 1000;
  std::uint32_t next_task_ = 0;
  std::uint64_t next_space_ = 0;
  std::uint64_t next_wait_ = 1;
};

}  // namespace m2sim::emu
