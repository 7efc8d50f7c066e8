// Processes and threads: how they come and go.
#include "emu/linux/kernel.h"

#include <signal.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <utility>

#include "emu/linux/futex.h"
#include "emu/linux/pi_futex.h"
#include "emu/linux/process.h"
#include "emu/linux/pty.h"
#include "emu/linux/tracing.h"

namespace m2sim::emu {

Kernel::Kernel(const MachineOptions& given) : options(given) {}

Kernel::~Kernel() = default;

const std::string& Process::comm_of(const Task* its_task) const {
  return its_task == nullptr || its_task->id == pid ? name : its_task->name;
}

Process::Process(Kernel& its_kernel, int its_id)
    : kernel(its_kernel),
      pid(its_id),
      group(its_id),
      session(its_id),
      space(std::make_shared<AddressSpace>(its_kernel.next_space())),
      fds(std::make_shared<FdTable>(its_kernel.options.streams)),
      paths(its_kernel.options.sysroot),
      interval_timers{{{its_kernel.timers, this}, {its_kernel.timers, this}, {its_kernel.timers, this}}},
      limit_timers{{{its_kernel.timers, this}, {its_kernel.timers, this}}},
      credentials(Credentials::of_host()),
      umask(kernel.options.umask & 0777U) {
  for (std::size_t i = 0; i < kResourceCount; ++i) {
    set_limit(static_cast<Resource>(i), kernel.options.limits[static_cast<Resource>(i)]);
  }
  for (std::size_t signal = 1; signal < actions.size(); ++signal) {
    if ((kernel.options.ignored_signals >> (signal - 1) & 1U) != 0) actions[signal].handler = 1;
  }
}

Process::Process(const Process& parent_process, int its_id, bool share_memory, bool share_files)
    : kernel(parent_process.kernel),
      pid(its_id),
      parent(parent_process.pid),
      group(parent_process.group),
      session(parent_process.session),
      space(share_memory ? parent_process.space
                         : std::make_shared<AddressSpace>(*parent_process.space, kernel.next_space())),
      fds(share_files ? parent_process.fds : std::make_shared<FdTable>(*parent_process.fds)),
      paths(parent_process.paths),
      actions(parent_process.actions),
      interval_timers{{{kernel.timers, this}, {kernel.timers, this}, {kernel.timers, this}}},
      limit_timers{{{kernel.timers, this}, {kernel.timers, this}}},
      name(parent_process.comm_of(parent_process.task)),
      oom_score_adj(parent_process.oom_score_adj),
      personality(parent_process.personality),
      credentials(parent_process.credentials),
      no_new_privileges(parent_process.no_new_privileges),
      umask(parent_process.umask),
      limits(parent_process.limits) {
  set_limit(Resource::kCpu, limits[Resource::kCpu]);
}

Task& Kernel::add_task(Process& process) {
  // A process's first thread has its id.
  const int id = threads_of(process) == 0 ? process.pid : next_id();
  return *tasks_.emplace_back(std::make_unique<Task>(process, id, next_task_++));
}

Process& Kernel::add_process(std::unique_ptr<Process> process) {
  return *processes_.emplace_back(std::move(process));
}

Process* Kernel::process(int pid) const {
  const auto found = std::find_if(processes_.begin(), processes_.end(),
                                  [pid](const auto& process) { return process->pid == pid; });
  return found == processes_.end() ? nullptr : found->get();
}

Task* Kernel::task(int tid) const {
  const auto found = std::find_if(tasks_.begin(), tasks_.end(), [tid](const auto& task) {
    return task->id == tid && task->state != Task::State::kEnded;
  });
  return found == tasks_.end() ? nullptr : found->get();
}

unsigned Kernel::threads_of(const Process& process) const {
  return static_cast<unsigned>(std::count_if(tasks_.begin(), tasks_.end(), [&process](const auto& task) {
    return task->process == &process && task->state != Task::State::kEnded;
  }));
}

// The first process is kept: its end is the run's.
void Kernel::forget_process(const Process& process) {
  if (&process == &first()) return;
  std::erase_if(processes_, [&process](const auto& entry) { return entry.get() == &process; });
}

void Kernel::end_task(Task& task, int status) {
  Process& process = *task.process;
  release_robust_futexes(task);
  release_pi_futexes(task);
  constexpr std::uint32_t kNobody = 0;
  if (task.clear_tid != 0 && process.memory().write_value(task.clear_tid, kNobody)) {
    wake_futex(futex_key(process, task.clear_tid, false), 1, kAllFutexBits);
  }
  task.state = Task::State::kEnded;
  end_tracing(*this, task, status);
}

void Kernel::end_other_tasks(Process& process, Task& keeper) {
  for (const auto& task : tasks_) {
    if (task->process != &process || task.get() == &keeper || task->state == Task::State::kEnded) continue;
    task->state = Task::State::kEnded;
    end_tracing(*this, *task, SIGKILL);
  }
}

std::vector<ExecutableMap> Kernel::code_maps() const {
  std::vector<ExecutableMap> maps = left_code_;
  for (const auto& process : processes_) {
    if (process->space != nullptr) maps.push_back(code_map_of(*process->space));
  }
  return maps;
}

void Kernel::release_space(Process& process, std::shared_ptr<AddressSpace> next) {
  left_code_.push_back(code_map_of(*process.space));
  // The run loop still looks at it until its slice ends.
  left_spaces_.push_back(std::exchange(process.space, std::move(next)));
  if (process.vfork_parent == nullptr) return;
  process.vfork_parent->wait.woken = true;
  process.vfork_parent = nullptr;
}

void Kernel::watch_end(const std::shared_ptr<OpenFile>& file) {
  std::erase_if(pid_files_, [](const auto& other) { return other.expired(); });
  pid_files_.push_back(file);
}

void Kernel::tell_end(const Process& process) {
  for (const auto& entry : pid_files_) {
    const std::shared_ptr<OpenFile> file = entry.lock();
    if (file != nullptr && std::get<PidFile>(file->special).pid == process.pid)
      ::eventfd_write(file->host, 1);
  }
}

void Kernel::end_process(Process& process) {
  for (const auto& task : tasks_) {
    if (task->process != &process || task->state == Task::State::kEnded) continue;
    release_robust_futexes(*task);
    release_pi_futexes(*task);
    task->state = Task::State::kEnded;
    end_tracing(*this, *task, wait_status(process.end));
  }
  record_locks.release(process.pid);
  wake_lock_waiters();
  release_ipc(*this, process);
  leave_terminal(process);
  tell_end(process);
  process.timers.clear();
  for (Timer& timer : process.interval_timers) timer.set(std::nullopt, 0);
  for (Timer& timer : process.limit_timers) timer.set(std::nullopt, 0);
  // Reports on the first one still show its memory.
  release_space(process, &process == &first() ? process.space : nullptr);
  process.fds = std::make_shared<FdTable>(FdTable::Empty{});
  leave_children(process);
  const bool exited = process.end.kind == GuestEnd::Kind::kExited;
  notify_parent(process, exited ? CLD_EXITED : CLD_KILLED, exited ? process.end.status : process.end.signal);
}

// They get another parent, where one above asks for them, and the signal that they asked for.
void Kernel::leave_children(const Process& process) {
  const Process* reaper = this->process(process.parent);
  while (reaper != nullptr && (!reaper->subreaper || !reaper->running())) {
    reaper = this->process(reaper->parent);
  }
  for (const auto& child : processes_) {
    if (child->parent != process.pid) continue;
    child->parent = reaper == nullptr ? 0 : reaper->pid;
    if (child->running() && child->death_signal != 0) post(*child, {child->death_signal, SI_USER, {}});
    if (!child->running() && reaper != nullptr) {
      const bool exited = child->end.kind == GuestEnd::Kind::kExited;
      notify_parent(*child, exited ? CLD_EXITED : CLD_KILLED, exited ? child->end.status : child->end.signal);
    }
  }
}

// What nobody looks at any more. Kernels are forgotten when their parents have waited, or at once.
void Kernel::sweep() {
  std::erase_if(tasks_, [](const auto& task) { return task->state == Task::State::kEnded; });
  std::erase_if(processes_, [this](const auto& process) {
    return !process->running() && process->parent == 0 && process.get() != &first();
  });
  left_spaces_.clear();
}

}  // namespace m2sim::emu
