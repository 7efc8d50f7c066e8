// What ptrace keeps of a thread that another one traces, and the stops that it makes for its tracer. A stop
// is one of a thread: it is not runnable, and what it was about to do behind the stop is Task::next.
#pragma once

#include <cstdint>
#include <optional>

#include "emu/linux/signals.h"
#include "emu/linux/task.h"

namespace m2sim::emu {

class Kernel;
struct GuestEnd;

// PTRACE_EVENT_*.
enum class TraceEvent : std::uint8_t {
  kNone = 0,
  kFork = 1,
  kVfork = 2,
  kClone = 3,
  kExec = 4,
  kVforkDone = 5,
  kExit = 6,
  kSeccomp = 7,
  kStop = 128,
};

struct Tracing {
  static constexpr std::uint32_t kSysGood = 1;  // PTRACE_O_*; of an event it is the bit of its number
  static constexpr std::uint32_t kExitKill = std::uint32_t{1} << 20U;

  enum class Resume : std::uint8_t { kContinue, kSystemCall, kStep };  // how it goes on
  // Why it stands: kSignal for one that the tracer may replace, kGroup where its whole process was stopped.
  enum class Stop : std::uint8_t { kNone, kSignal, kGroup, kCallEntry, kCallExit, kEvent };

  bool stopped() const { return stop != Stop::kNone; }
  bool wants(TraceEvent event) const { return (options >> static_cast<unsigned>(event) & 1U) != 0; }

  Task* tracer;
  bool seized = false;
  std::uint32_t options = 0;
  Resume resume = Resume::kContinue;
  Stop stop = Stop::kNone;
  int status = 0;                   // what wait says of the stop: a signal, and above it the event
  bool reported = false;            // by wait
  bool listens = false;             // PTRACE_LISTEN: stopped, until SIGCONT
  std::optional<SignalInfo> info;   // of the stop; a group's has none
  std::uint64_t message = 0;        // PTRACE_GETEVENTMSG
  std::optional<SignalInfo> given;  // by the tracer, to be taken without another stop
  bool trap = false;                // it is to stop where it can: PTRACE_INTERRUPT, or it is new
  TraceEvent event =
      TraceEvent::kNone;  // to be told at the end of the call, or where the call begins to wait
  std::uint64_t event_message = 0;
  bool exit_told = false;
  bool entry_told = false;  // of the call that it is in
};

// The end of a traced thread that its tracer has not waited for. That of a tracer's own child is told as any
// child's is.
struct EndedTracee {
  int tracer;  // pid
  int id;
  int group;
  std::uint32_t user;
  int status;  // as wait says it
};

int wait_status(const GuestEnd& end);

// Whether it stands for its own tracer or with its process.
bool is_stopped(const Task& task);
bool is_traced(const Kernel& kernel, const Process& process);
// By a thread of the process that would wait for it as its parent.
bool traced_by_parent(const Task& task);

// A signal ends them that nobody keeps off.
void leave_trace_stops(Kernel& kernel, Process& process);

void trace(Task& task, Task& tracer, bool seized, std::uint32_t options);
// A thread that a traced one has just made.
void trace_new(Task& child, const Task& maker);
// The thread goes on as if it had never been traced, behind the stop that it may be in.
void stop_tracing(Task& task);
// The thread has ended: its tracees are let go, and its own tracer learns of it.
void end_tracing(Kernel& kernel, Task& task, int status);

// Each stops the thread and tells its tracer; the result is always false: the thread does not go on.
bool stop_at_signal(Kernel& kernel, Task& task, const SignalInfo& info);
bool stop_at_event(Kernel& kernel, Task& task, TraceEvent event, std::uint64_t message);
bool stop_at_call(Kernel& kernel, Task& task, Tracing::Stop stop);
bool stop_with_group(Kernel& kernel, Task& task, int signal);
bool stop_at_trap(Kernel& kernel, Task& task);
bool stop_in_handler(Kernel& kernel, Task& task);  // entered by a single step

// The signal that the thread takes next: the one that its tracer has given it. Empty: it goes on without, or
// has stopped, which `stopped` then says.
std::optional<SignalInfo> next_traced_signal(Kernel& kernel, Task& task, bool& stopped);
// Where a call of it begins, ends, begins to wait or ends the thread: true where it stops there.
bool stops_before_call(Kernel& kernel, Task& task);
bool stops_again_in_call(Kernel& kernel, Task& task);
bool stops_behind_call(Kernel& kernel, Task& task);
bool stops_before_restart(Kernel& kernel, Task& task);
bool stops_in_wait(Kernel& kernel, Task& task);
bool stops_before_exit(Kernel& kernel, Task& task);
bool stops_before_death(Kernel& kernel, Task& task, const SignalInfo& info);
// A system call has done what the tracer may want to know of.
void note_event(Task& task, TraceEvent event, std::uint64_t message);

}  // namespace m2sim::emu
