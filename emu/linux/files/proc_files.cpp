#include "emu/linux/files/proc_files.h"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "emu/linux/files/proc_text.h"
#include "emu/linux/loaded_program.h"
#include "emu/linux/open_flags.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

namespace {

using Kind = MadeUpFile::Kind;

constexpr std::string_view kProc = "/proc/";
constexpr std::uint32_t kDirectory = 0555;
constexpr std::uint32_t kLink = 0777;
constexpr std::uint32_t kText = 0444;
constexpr std::uint64_t kFirstInode = 10'000;  // of pipes and sockets

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

std::optional<int> whole_number(std::string_view text) {
  int value = -1;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  // "007" is no name of process 7.
  const bool good = error == std::errc() && rest == end && value >= 0 && std::to_string(value) == text;
  return good ? std::optional(value) : std::nullopt;
}

// The first component, which is taken off.
std::string_view take_component(std::string_view& path) {
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view component = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return component;
}

// A name below /proc/<pid>.
struct ProcessName {
  Process* process = nullptr;
  const Task* task = nullptr;  // the thread it is about; null when the process has ended
  bool in_task = false;        // below task/<tid>
  std::string_view rest;       // empty: the directory itself
};

const Task* thread_of(const Process& process, int id) {
  const Task* task = process.kernel.task(id);
  return task != nullptr && task->process == &process ? task : nullptr;
}

const Task* any_thread_of(const Process& process) {
  if (const Task* first = thread_of(process, process.pid)) return first;
  for (const auto& task : process.kernel.tasks()) {
    if (task->process == &process && task->state != Task::State::kEnded) return task.get();
  }
  return nullptr;
}

std::optional<ProcessName> process_name(const Process& process, std::string_view path) {
  if (!starts_with(path, kProc)) return std::nullopt;
  path.remove_prefix(kProc.size());
  const auto id = whole_number(take_component(path));
  if (!id) return std::nullopt;
  ProcessName name;
  name.process = process.kernel.process(*id);
  // A thread has a directory of this kind too, though /proc does not list it.
  if (const Task* task = process.kernel.task(*id); name.process == nullptr && task != nullptr) {
    name.process = task->process;
  }
  if (name.process == nullptr) return std::nullopt;
  name.task = any_thread_of(*name.process);
  name.rest = path;
  std::string_view inner = path;
  if (take_component(inner) != "task" || inner.empty()) return name;
  const auto thread = whole_number(take_component(inner));
  if (!thread) return std::nullopt;
  name.task = thread_of(*name.process, *thread);
  if (name.task == nullptr && (*thread != name.process->pid || name.process->running())) return std::nullopt;
  name.in_task = true;
  name.rest = inner;
  return name;
}

std::optional<int> descriptor_in(std::string_view rest, std::string_view directory) {
  if (!starts_with(rest, directory)) return std::nullopt;
  return whole_number(rest.substr(directory.size()));
}

const ProcessText* process_text(std::string_view rest) {
  for (const ProcessText& text : process_texts()) {
    if (text.name == rest) return &text;
  }
  return nullptr;
}

const MachineText* machine_text(std::string_view path) {
  for (const MachineText& text : machine_texts()) {
    if (text.path == path) return &text;
  }
  return nullptr;
}

// Whether `name` lies below `directory`.
bool is_below(std::string_view name, std::string_view directory) {
  return starts_with(name, directory) && name.size() > directory.size() && name[directory.size()] == '/';
}

MadeUpFile directory(std::uint32_t permissions, int owner) {
  return {Kind::kDirectory, permissions, {}, {}, owner};
}

MadeUpFile link(std::string target, int owner = 0) {
  return {Kind::kLink, kLink, std::move(target), {}, owner};
}

bool is_host_directory(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

std::optional<MadeUpFile> descriptor_link(const Process& process, int guest) {
  const auto file = process.fds->file(guest);
  if (file == nullptr) return std::nullopt;
  MadeUpFile result = link(link_of(process, *file), process.pid);
  constexpr off_t kLinkSize = 64;
  if (file->made_up.empty() && !is_host_directory(file->host)) {
    result.open_file = file->host;
    result.size = kLinkSize;
  }
  const int access = ::fcntl(file->host, F_GETFL) & O_ACCMODE;
  result.permissions = access == O_RDONLY ? 0500 : access == O_WRONLY ? 0300 : 0700;
  return result;
}

std::optional<MadeUpFile> program_link(const Process& process) {
  if (!process.running()) return std::nullopt;
  MadeUpFile result = link(process.paths.program(), process.pid);
  const LoadedProgram* const program = process.space == nullptr ? nullptr : process.space->program.get();
  if (program != nullptr && program->file != nullptr) {
    result.open_file = *program->file;
    result.target = process.paths.guest_name(name_of_descriptor(*program->file));
  }
  return result;
}

std::optional<MadeUpFile> find_of_process(const ProcessName& name) {
  const Process& process = *name.process;
  const std::string_view rest = name.rest;
  const int owner = process.pid;
  if (rest.empty() || rest == "fdinfo" || (rest == "task" && !name.in_task))
    return directory(kDirectory, owner);
  if (rest == "fd") return directory(0500, owner);
  if (rest == "root") return link("/", owner);
  if (rest == "exe") return program_link(process);
  if (rest == "cwd") return link(process.paths.working_directory(), owner);
  if (const auto guest = descriptor_in(rest, "fd/")) return descriptor_link(process, *guest);
  if (const auto guest = descriptor_in(rest, "fdinfo/")) {
    if (!process.fds->open(*guest)) return std::nullopt;
    return MadeUpFile{Kind::kText, 0400, {}, {}, owner};
  }
  if (const ProcessText* text = process_text(rest))
    return MadeUpFile{Kind::kText, text->permissions, {}, {}, owner};
  for (const ProcessText& text : process_texts()) {
    if (is_below(text.name, rest)) return directory(kDirectory, owner);
  }
  return std::nullopt;
}

// Links of a fixed name.
std::optional<MadeUpFile> find_link(const Process& process, std::string_view path) {
  const std::string pid = std::to_string(process.pid);
  if (path == "/proc/self") return link(pid);
  if (path == "/proc/thread-self") {
    const int thread = process.task == nullptr ? process.pid : process.task->id;
    return link(pid + "/task/" + std::to_string(thread));
  }
  if (path == "/proc/mounts") return link("self/mounts");
  if (path == "/proc/net") return link("self/net");
  if (path == "/dev/fd") return link("/proc/self/fd");
  if (path == "/dev/stdin") return link("/proc/self/fd/0");
  if (path == "/dev/stdout") return link("/proc/self/fd/1");
  if (path == "/dev/stderr") return link("/proc/self/fd/2");
  return std::nullopt;
}

void add_once(std::vector<MadeUpEntry>& entries, std::string_view name, Kind kind) {
  const auto same = [name](const MadeUpEntry& entry) { return entry.name == name; };
  if (std::none_of(entries.begin(), entries.end(), same)) entries.push_back({std::string(name), kind});
}

// The entry of `directory` that `name`, of a text, is or lies in.
void add_child(std::vector<MadeUpEntry>& entries, std::string_view name, std::string_view directory) {
  if (!directory.empty()) {
    if (!is_below(name, directory)) return;
    name.remove_prefix(directory.size() + 1);
  }
  const std::string_view child = take_component(name);
  add_once(entries, child, name.empty() ? Kind::kText : Kind::kDirectory);
}

std::vector<MadeUpEntry> entries_of_process(const ProcessName& name) {
  const Process& process = *name.process;
  std::vector<MadeUpEntry> entries;
  if (name.rest == "fd" || name.rest == "fdinfo") {
    for (int fd = 0; fd < process.fds->size(); ++fd) {
      if (!process.fds->open(fd)) continue;
      entries.push_back({std::to_string(fd), name.rest == "fd" ? Kind::kLink : Kind::kText});
    }
    return entries;
  }
  if (name.rest == "task") {
    for (const auto& task : process.kernel.tasks()) {
      if (task->process != &process || task->state == Task::State::kEnded) continue;
      entries.push_back({std::to_string(task->id), Kind::kDirectory});
    }
    return entries;
  }
  if (name.rest.empty()) {
    if (!name.in_task) entries.push_back({"task", Kind::kDirectory});
    for (const char* inner : {"fd", "fdinfo"}) entries.push_back({inner, Kind::kDirectory});
    for (const char* inner : {"cwd", "exe", "root"}) entries.push_back({inner, Kind::kLink});
  }
  for (const ProcessText& text : process_texts()) add_child(entries, text.name, name.rest);
  return entries;
}

std::int64_t set_oom_score(Process& process, std::string_view text) {
  constexpr int kMost = 1000;
  int value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < -kMost || value > kMost) return -EINVAL;
  process.oom_score_adj = value;
  return 0;
}

}  // namespace

bool is_made_up(std::string_view path) {
  for (const std::string_view root : {"/proc", "/sys"}) {
    if (path == root || is_below(path, root)) return true;
  }
  constexpr std::array<std::string_view, 4> kDescriptors = {"/dev/fd", "/dev/stdin", "/dev/stdout",
                                                            "/dev/stderr"};
  return std::find(kDescriptors.begin(), kDescriptors.end(), path) != kDescriptors.end();
}

std::optional<MadeUpFile> find_made_up(const Process& process, const std::string& path) {
  if (auto fixed = find_link(process, path)) return fixed;
  if (const auto name = process_name(process, path)) return find_of_process(*name);
  if (machine_text(path) != nullptr) return MadeUpFile{Kind::kText, kText, {}, {}, 0};
  for (const MachineText& text : machine_texts()) {
    if (is_below(text.path, path)) return directory(kDirectory, 0);
  }
  return std::nullopt;
}

std::optional<std::string> text_of(const Process& process, const std::string& path) {
  if (const MachineText* text = machine_text(path)) return text->text(process.kernel);
  const auto name = process_name(process, path);
  if (!name) return std::nullopt;
  if (const auto guest = descriptor_in(name->rest, "fdinfo/")) return descriptor_text(*name->process, *guest);
  const ProcessText* text = process_text(name->rest);
  if (text == nullptr || text->text == nullptr) return std::nullopt;
  return text->text(*name->process, name->task);
}

std::shared_ptr<AddressSpace> memory_behind(const Process& process, const std::string& path) {
  const auto name = process_name(process, path);
  const bool there = name && name->rest == "mem" && name->process->running();
  return there ? name->process->space : nullptr;
}

std::vector<MadeUpEntry> entries_of(const Process& caller, const std::string& path) {
  if (const auto name = process_name(caller, path)) return entries_of_process(*name);
  std::vector<MadeUpEntry> entries;
  for (const MachineText& text : machine_texts()) add_child(entries, text.path, path);
  if (path != "/proc") return entries;
  for (const char* name : {"mounts", "net", "self", "thread-self"}) entries.push_back({name, Kind::kLink});
  for (const auto& process : caller.kernel.processes()) {
    // The first one is kept after its end, for the reports.
    if (!process->running() && process->parent == 0) continue;
    entries.push_back({std::to_string(process->pid), Kind::kDirectory});
  }
  return entries;
}

std::int64_t write_made_up(Process& process, const std::string& path, std::string text) {
  const auto name = process_name(process, path);
  if (!name) return -EACCES;
  if (name->rest == "oom_score_adj") return set_oom_score(*name->process, text);
  if (name->rest != "comm") return 0;
  if (name->process != &process) return -EINVAL;
  constexpr std::size_t kMost = 15;  // TASK_COMM_LEN, without the zero byte
  text.resize(std::min({text.find('\n'), text.size(), kMost}));
  const bool first = name->task == nullptr || name->task->id == process.pid;
  (first ? process.name : process.kernel.task(name->task->id)->name) = std::move(text);
  return 0;
}

struct stat status_of(const Process& process, const std::string& path, const MadeUpFile& file) {
  struct stat status {};
  constexpr unsigned kProcMinor = 20;
  status.st_dev = makedev(0, starts_with(path, "/sys") ? kProcMinor + 1 : kProcMinor);
  // FNV-1a: the same number for the same name.
  std::uint32_t inode = 2166136261U;
  for (const char letter : path) inode = (inode ^ static_cast<unsigned char>(letter)) * 16777619U;
  status.st_ino = inode;
  const std::uint32_t type = file.kind == Kind::kDirectory ? S_IFDIR
                             : file.kind == Kind::kLink    ? S_IFLNK
                                                           : S_IFREG;
  status.st_mode = type | file.permissions;
  status.st_nlink = 1;
  if (file.owner != 0) {
    const Process* owner = process.kernel.process(file.owner);
    const Credentials& credentials = owner == nullptr ? process.credentials : owner->credentials;
    // Of one who keeps a secret only the folders are his own.
    const bool open = credentials.dumpable || file.kind == Kind::kDirectory;
    status.st_uid = open ? credentials.user().effective : 0;
    status.st_gid = open ? credentials.group().effective : 0;
  }
  status.st_size = file.size;
  constexpr blksize_t kBlock = 1024;
  status.st_blksize = kBlock;
  status.st_atim.tv_sec = status.st_mtim.tv_sec = status.st_ctim.tv_sec =
      static_cast<time_t>(process.kernel.options.start_time);
  return status;
}

std::uint64_t guest_inode(Kernel& kernel, std::uint64_t host) {
  auto& known = kernel.nameless_inodes;
  const auto found = std::find(known.begin(), known.end(), host);
  const auto index = static_cast<std::uint64_t>(found - known.begin());
  if (found == known.end()) known.push_back(host);
  return kFirstInode + index;
}

std::string link_of(const Process& process, const OpenFile& file) {
  if (!file.made_up.empty()) return file.made_up;
  const std::string name = name_of_descriptor(file.host);
  const std::size_t bracket = name.find(":[");
  if (bracket == std::string::npos || starts_with(name, "anon_inode")) return process.paths.guest_name(name);
  std::uint64_t inode = 0;
  std::from_chars(name.data() + bracket + 2, name.data() + name.size(), inode);
  return name.substr(0, bracket + 2) + std::to_string(guest_inode(process.kernel, inode)) + "]";
}

}  // namespace m2sim::emu
