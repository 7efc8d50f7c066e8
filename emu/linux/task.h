// A guest thread: its registers, what the kernel knows of it, and what it waits for.
#pragma once

#include <poll.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emu/cpu/cpu_state.h"
#include "emu/linux/rights/seccomp.h"
#include "emu/linux/signals.h"

namespace m2sim::emu {

struct Process;
struct OpenFile;
struct Tracing;

// Arguments of a system call, x0 to x5.
struct Args {
  std::array<std::uint64_t, 6> x;

  std::uint64_t operator[](std::size_t i) const { return x[i]; }
  // The kernel takes 32-bit arguments from the lower half, whatever the upper half holds.
  int i32(std::size_t i) const { return static_cast<int>(static_cast<std::uint32_t>(x[i])); }
  std::uint32_t u32(std::size_t i) const { return static_cast<std::uint32_t>(x[i]); }
  std::int64_t i64(std::size_t i) const { return static_cast<std::int64_t>(x[i]); }
};

// Two words are the same futex when both parts are equal: the address space and an address in it, or,
// for a word in shared memory, what is mapped there and the place in that.
struct FutexKey {
  std::uint64_t where = 0;
  std::uint64_t offset = 0;
  bool operator==(const FutexKey&) const = default;
};

// Why a call in progress waits, and what it has got so far. The call is made again, with `again` set,
// when one of these holds: a file is ready, the deadline has passed, it was woken, or a signal came
// (`interrupted`). It then looks for itself, and either ends or waits on.
struct Wait {
  bool again = false;
  bool woken = false;                     // by whoever provides what it waits for
  bool interrupted = false;               // the last time it is called: waiting on means -EINTR, or a restart
  std::vector<pollfd> files;              // host descriptors
  bool outside = false;                   // one of them may become ready by something that is no guest
  std::optional<std::uint64_t> deadline;  // GuestClock::elapsed() in ns
  std::shared_ptr<OpenFile> file;         // what a call that opens has opened so far
  std::uint64_t progress = 0;             // bytes moved by a call that moves its bytes in parts
  std::optional<FutexKey> futex;          // queued here, in order of `order`
  std::uint32_t futex_bits = 0;
  std::uint64_t order = 0;
  std::uint64_t pi_futex = 0;  // the address of that futex, where its word names the owner
  std::uint64_t signals = 0;   // blocked signals that end the wait all the same
  bool restarts = false;       // whatever the handler's action says
  bool deaf = false;           // no signal ends it: a parent in vfork
  bool retry = false;          // nobody will say when: made again now and then
  bool for_lock = false;       // woken when a file lock of a guest goes
  int lock_holder = 0;         // the process that has it
  bool for_ipc = false;        // woken when a System V semaphore or queue changes
  bool for_child = false;      // woken when a child of its process changes its state
};

// What is asked of the scheduler. It is kept and told; threads take turns on one core whatever it is.
struct Scheduling {
  std::int32_t nice = 0;
  std::int32_t policy = 0;  // SCHED_OTHER
  std::int32_t priority = 0;
  bool reset_on_fork = false;
  std::uint32_t io = 0;  // as ioprio_set has it
};

struct Task {
  enum class State : std::uint8_t { kRunnable, kWaiting, kEnded };

  // What a thread does first when it goes on behind a stop for its tracer: the call that it has entered, the
  // same behind its filters, or what is left of one that is done.
  enum class Next : std::uint8_t { kUser, kCall, kPerform, kCallEnd, kRestart };

  Task(Process& owner, int tid, std::uint32_t dense);
  ~Task();

  Process* process;
  int id;                // as gettid() says
  std::uint32_t number;  // dense from 0, in the order of start
  State state = State::kRunnable;
  Next next = Next::kUser;
  CpuState cpu;
  ThreadSignals signals;
  std::string name;  // PR_SET_NAME; of the first thread, its process has it

  std::uint64_t processor_time = 0;  // ns
  Scheduling scheduling;
  std::unique_ptr<Tracing> tracing;  // null: by nobody

  std::uint64_t call = 0;  // the system call in progress, and its arguments
  Args args{};
  Wait wait;
  std::shared_ptr<const SeccompFilter> seccomp;  // null: none
  bool strict = false;                           // read, write, exit and rt_sigreturn alone
  bool restored = false;                         // it was rt_sigreturn: x0 is any value, not a result

  std::uint64_t clear_tid = 0;    // zeroed, and its futex woken, when the thread ends
  std::uint64_t robust_list = 0;  // head of the list of mutexes to mark when it dies holding them
  // What cpu.jump_cache was filled for; the run loop's business.
  std::uint64_t jump_cache_epoch = UINT64_MAX;
};

}  // namespace m2sim::emu
