// A process, as the emulated kernel knows it: what system calls read and change.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "emu/linux/address_space.h"
#include "emu/linux/fd_table.h"
#include "emu/linux/guest_paths.h"
#include "emu/linux/kernel.h"
#include "emu/linux/resource_limits.h"
#include "emu/linux/rights/credentials.h"
#include "emu/linux/signals.h"
#include "emu/linux/task.h"
#include "emu/linux/timer.h"
#include "emu/machine_options.h"

namespace m2sim::emu {

// One process. Its threads share it; fork copies it (see syscall_clone.cpp for what is shared when).
struct Process {
  Process(Kernel& its_kernel, int its_id);
  Process(const Process& parent, int its_id, bool share_memory, bool share_files);  // fork and vfork
  Process& operator=(const Process&) = delete;

  Memory& memory() const { return space->memory; }
  bool running() const { return end.kind == GuestEnd::Kind::kRunning; }
  // The name of a thread of it; of the process itself when null.
  const std::string& comm_of(const Task* its_task) const;
  // What follows from a new limit follows: the timers of processor time, the room of the stack.
  void set_limit(Resource resource, const ResourceLimit& limit);
  // The permissions of a file that it makes.
  std::uint32_t mode_of_new_file(std::uint32_t wanted) const { return wanted & ~umask; }

  Kernel& kernel;
  int pid;
  int parent = 0;  // pid; 0: none that could wait for it
  int group;       // process group and session, as job control uses them
  int session;
  std::shared_ptr<AddressSpace> space;
  std::shared_ptr<FdTable> fds;
  GuestPaths paths;
  SignalActions actions{};
  SignalQueue signals;  // sent to the process; any thread that does not block them takes them
  GuestEnd end;
  // What wait() has not told the parent yet: stopped by this signal, or (SIGCONT) going on.
  int stop_to_report = 0;
  bool stopped = false;
  bool has_execed = false;       // setpgid by the parent comes too late
  Task* vfork_parent = nullptr;  // waits until this process has ended or left its memory

  std::uint64_t processor_time = 0;                 // ns, of all its threads
  std::uint64_t children_time = 0;                  // ns, of the children it has waited for, and of theirs
  std::array<Timer, 3> interval_timers;             // setitimer's: real, virtual, prof
  std::array<Timer, 2> limit_timers;                // RLIMIT_CPU's: soft, hard
  std::vector<std::unique_ptr<PosixTimer>> timers;  // by id; null: deleted

  std::string name;  // PR_SET_NAME of the first thread, at most 15 characters
  int oom_score_adj = 0;
  std::uint32_t personality = 0;
  std::uint64_t started = kernel.clock.monotonic();
  Credentials credentials;  // of all its threads
  bool no_new_privileges = false;
  int death_signal = 0;    // that it gets when its parent ends; 0: none
  bool subreaper = false;  // becomes the parent of those below it whose parent has ended
  std::uint32_t umask;
  ResourceLimits limits;  // changed by set_limit() alone
  Task* task = nullptr;   // the caller, during a system call
};

// The result of a system call is what x0 gets: a value, or -errno. arm64 uses the generic error numbers,
// which are those of x86-64 and AArch64 hosts, so the host's errno passes through.
using SystemCall = std::int64_t (*)(Process& process, const Args& args);

// Instead of a result: the caller waits (its Task::wait says for what), and the call is made again.
inline constexpr std::int64_t kBlocked = INT64_MIN;

struct SystemCallRow {
  const char* name = nullptr;       // null: no such number
  const char* arguments = nullptr;  // formats for the trace (strace.h); null: not implemented
  SystemCall function = nullptr;
};

const SystemCallRow& system_call_row(std::uint64_t number);

}  // namespace m2sim::emu
