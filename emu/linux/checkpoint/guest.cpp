#include "emu/linux/checkpoint/guest.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "emu/linux/checkpoint/fields.h"
#include "emu/linux/checkpoint/open_files.h"
#include "emu/linux/checkpoint/spaces.h"

namespace m2sim::emu {

namespace {

[[noreturn]] void cannot_keep(const std::string& what) {
  refuse_checkpoint(what + " cannot be kept; make the checkpoint where the program does without");
}

// What the kernel has beside processes and threads, and a checkpoint has not.
void refuse_what_is_not_kept(const Kernel& kernel) {
  const auto any = [](const auto& slots) {
    return std::any_of(slots.begin(), slots.end(), [](const auto& slot) { return slot.object != nullptr; });
  };
  if (any(kernel.ipc.segments.slots())) cannot_keep("shared memory of System V");
  if (any(kernel.ipc.semaphores.slots())) cannot_keep("a semaphore of System V");
  if (any(kernel.ipc.queues.slots())) cannot_keep("a message queue of System V");
  if (!kernel.ipc.posix_queues.empty()) cannot_keep("a POSIX message queue");
  if (!kernel.record_locks.empty()) cannot_keep("a lock on a file (fcntl)");
  if (!kernel.ptys.empty()) cannot_keep("a pseudo-terminal");
  if (!kernel.ended_tracees.empty()) cannot_keep("the end of a traced thread");
  for (const auto& task : kernel.tasks()) {
    if (task->tracing != nullptr) cannot_keep("thread " + std::to_string(task->id) + ", which is traced,");
    if (task->wait.file != nullptr) cannot_keep("a FIFO that is being opened");
  }
}

class Guest {
 public:
  Guest(Kernel& kernel, Spaces& spaces, OpenFiles& files) : kernel_(kernel), spaces_(spaces), files_(files) {}

  void processes(Archive& archive);
  void tasks(Archive& archive);
  void rest(Archive& archive);

 private:
  void fields(Archive& archive, Process& process);
  void fields(Archive& archive, Task& task);
  void timers(Archive& archive, Process& process);
  void directory(Archive& archive, Process& process);
  void waited_for(Archive& archive, Wait& wait);
  void table(Archive& archive, std::shared_ptr<FdTable>& fds);
  static void filters(Archive& archive, Task& task);
  void order_of_timers(Archive& archive);
  void vfork_parents(Archive& archive);

  Kernel& kernel_;
  Spaces& spaces_;
  OpenFiles& files_;
  std::vector<std::shared_ptr<FdTable>> tables_;
};

void Guest::processes(Archive& archive) {
  auto count = static_cast<std::uint32_t>(kernel_.processes().size());
  archive(count);
  if (count == 0) archive.damaged();
  for (std::uint32_t i = 0; i < count; ++i) {
    if (archive.reads()) kernel_.add_process(std::make_unique<Process>(kernel_, 0));
    fields(archive, *kernel_.processes()[i]);
  }
  archive.end();
}

void Guest::fields(Archive& archive, Process& process) {
  archive(process.pid, process.parent, process.group, process.session);
  spaces_.visit(archive, process.space);
  table(archive, process.fds);
  directory(archive, process);
  archive(process.actions, process.signals, process.end, process.stop_to_report, process.stopped,
          process.has_execed, process.processor_time, process.children_time);
  timers(archive, process);
  archive(process.name, process.oom_score_adj, process.personality, process.started, process.credentials,
          process.no_new_privileges, process.death_signal, process.subreaper, process.umask, process.limits);
  const bool has_space = process.space != nullptr;
  if (archive.reads() && process.running() && !has_space) archive.damaged();
}

// Processes may share one.
void Guest::table(Archive& archive, std::shared_ptr<FdTable>& fds) {
  auto number = static_cast<std::uint32_t>(std::find(tables_.begin(), tables_.end(), fds) - tables_.begin());
  archive(number);
  if (number > tables_.size()) archive.damaged();
  if (number < tables_.size()) {
    fds = tables_[number];
    return;
  }
  if (archive.reads()) fds = std::make_shared<FdTable>(FdTable::Empty{});
  tables_.push_back(fds);
  fds->fields(archive, [&](std::shared_ptr<OpenFile>& file) { files_.visit(archive, file); });
}

void Guest::directory(Archive& archive, Process& process) {
  std::string program = process.paths.program();
  std::string host = process.running() ? process.paths.host_directory() : "";
  std::string made_up = process.paths.made_up_directory();
  if (host.ends_with(" (deleted)")) cannot_keep("a working directory that has been removed");
  archive(program, host, made_up);
  if (!archive.reads()) return;
  process.paths.set_program(program);
  if (!host.empty() && process.paths.change_directory({-1, host, 0, made_up}) != 0) {
    refuse_checkpoint("cannot enter " + host +
                      ", where the program was: " + std::generic_category().message(errno));
  }
}

void Guest::timers(Archive& archive, Process& process) {
  for (Timer& timer : process.interval_timers) archive(timer);
  for (Timer& timer : process.limit_timers) archive(timer);
  auto count = static_cast<std::uint32_t>(process.timers.size());
  archive(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    bool there = !archive.reads() && process.timers[i] != nullptr;
    archive(there);
    if (archive.reads()) {
      process.timers.push_back(
          there ? std::make_unique<PosixTimer>(kernel_.timers, process, static_cast<int>(i)) : nullptr);
    }
    if (!there) continue;
    PosixTimer& posix = *process.timers[i];
    archive(posix.timer, posix.id, posix.clock, posix.overrun);
  }
}

void Guest::tasks(Archive& archive) {
  std::vector<Task*> kept;
  for (const auto& task : kernel_.tasks()) {
    if (task->state != Task::State::kEnded) kept.push_back(task.get());
  }
  auto count = static_cast<std::uint32_t>(kept.size());
  archive(count);
  if (count == 0) archive.damaged();
  const auto& processes = kernel_.processes();
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t owner = 0;
    if (!archive.reads()) {
      const auto is_owner = [&](const auto& process) { return process.get() == kept[i]->process; };
      owner = static_cast<std::uint32_t>(std::find_if(processes.begin(), processes.end(), is_owner) -
                                         processes.begin());
    }
    archive(owner);
    if (owner >= processes.size() || !processes[owner]->running()) archive.damaged();
    Task& task = archive.reads() ? kernel_.add_task(*processes[owner]) : *kept[i];
    fields(archive, task);
  }
  vfork_parents(archive);
  archive.end();
}

void Guest::fields(Archive& archive, Task& task) {
  archive(task.id, task.number, task.state, task.next, task.cpu, task.signals, task.name, task.processor_time,
          task.scheduling, task.call, task.args.x, task.wait);
  waited_for(archive, task.wait);
  filters(archive, task);
  archive(task.strict, task.restored, task.clear_tid, task.robust_list);
}

void Guest::waited_for(Archive& archive, Wait& wait) {
  auto count = static_cast<std::uint32_t>(wait.files.size());
  archive(count);
  if (archive.reads()) wait.files.assign(std::min<std::uint32_t>(count, kMostOpenFiles), pollfd{});
  if (count > wait.files.size()) archive.damaged();
  for (pollfd& file : wait.files) {
    int host = file.fd;
    if (!files_.visit_host(archive, host)) cannot_keep("a wait for what has no descriptor");
    archive(file.events);
    if (archive.reads()) file.fd = host;
  }
}

// The newest first. That several threads may have the same ones means nothing.
void Guest::filters(Archive& archive, Task& task) {
  std::vector<std::vector<BpfInstruction>> programs;
  for (const SeccompFilter* filter = task.seccomp.get(); filter != nullptr; filter = filter->before.get())
    programs.push_back(filter->program);
  archive(programs);
  if (!archive.reads()) return;
  for (auto program = programs.rbegin(); program != programs.rend(); ++program) {
    if (!valid_filter(*program)) archive.damaged();
    task.seccomp = std::make_shared<const SeccompFilter>(SeccompFilter{*program, task.seccomp});
  }
}

void Guest::vfork_parents(Archive& archive) {
  for (const auto& process : kernel_.processes()) {
    std::optional<std::uint32_t> parent;
    if (process->vfork_parent != nullptr) parent = process->vfork_parent->number;
    archive(parent);
    if (!archive.reads() || !parent) continue;
    const auto& tasks = kernel_.tasks();
    const auto is_it = [&](const auto& task) { return task->number == *parent; };
    const auto found = std::find_if(tasks.begin(), tasks.end(), is_it);
    if (found == tasks.end()) archive.damaged();
    process->vfork_parent = found->get();
  }
}

// Timers that expire together do so in the order in which they were made.
void Guest::order_of_timers(Archive& archive) {
  TimerList all;
  for (const auto& process : kernel_.processes()) {
    for (Timer& timer : process->interval_timers) all.push_back(&timer);
    for (Timer& timer : process->limit_timers) all.push_back(&timer);
    for (const auto& posix : process->timers) {
      if (posix != nullptr) all.push_back(&posix->timer);
    }
  }
  std::vector<std::uint32_t> order;
  for (const Timer* timer : kernel_.timers)
    order.push_back(static_cast<std::uint32_t>(std::find(all.begin(), all.end(), timer) - all.begin()));
  archive(order);
  if (!archive.reads()) return;
  std::vector<std::uint32_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] != i) archive.damaged();
  }
  if (sorted.size() != all.size()) archive.damaged();
  std::transform(order.begin(), order.end(), kernel_.timers.begin(), [&](std::uint32_t i) { return all[i]; });
}

void Guest::rest(Archive& archive) {
  order_of_timers(archive);
  archive(kernel_.clock, kernel_.random, kernel_.socket_names, kernel_.foreground_group,
          kernel_.nameless_inodes, kernel_.mapped_code, kernel_.call_counts);
  std::string warned = kernel_.warned.to_string();
  archive(warned);
  if (archive.reads()) {
    if (warned.size() != kSystemCallLimit || warned.find_first_not_of("01") != std::string::npos)
      archive.damaged();
    kernel_.warned = std::bitset<kSystemCallLimit>(warned);
    files_.renumber(kernel_.nameless_inodes);
  }
  kernel_.fields(archive);
  archive.end();
}

}  // namespace

void save_guest(Kernel& kernel, const std::shared_ptr<const LoadedProgram>& first_program,
                SectionWriter& sections) {
  refuse_what_is_not_kept(kernel);
  KeptFiles kept;
  Spaces spaces(kernel, first_program, kept);
  OpenFiles files(kernel, kept);
  Archive names;
  names(kept);
  sections.add("kept files", names);
  Archive open;
  files.save(open);
  sections.add("open files", open);
  spaces.save(sections);
  Guest guest(kernel, spaces, files);
  Archive processes;
  guest.processes(processes);
  sections.add("processes", processes);
  Archive tasks;
  guest.tasks(tasks);
  sections.add("threads", tasks);
  Archive rest;
  guest.rest(rest);
  sections.add("kernel", rest);
}

std::shared_ptr<const LoadedProgram> restore_guest(Kernel& kernel, SectionReader& sections, KeptFiles& kept) {
  Archive names = sections.next("kept files");
  names(kept);
  names.end();
  kept.check();
  Archive open = sections.next("open files");
  OpenFiles files(open, kernel);
  Spaces spaces(sections);
  Guest guest(kernel, spaces, files);
  Archive processes = sections.next("processes");
  guest.processes(processes);
  Archive tasks = sections.next("threads");
  guest.tasks(tasks);
  Archive rest = sections.next("kernel");
  guest.rest(rest);
  return spaces.first_program();
}

}  // namespace m2sim::emu
