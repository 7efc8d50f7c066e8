// POSIX message queues.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "emu/linux/calls/ipc/sysv.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"
#include "emu/linux/open_flags.h"

namespace m2sim::emu {

namespace {

constexpr std::size_t kMostName = 255;
constexpr std::int64_t kMostMessages = 10;      // of who has no privileges: msg_max
constexpr std::int64_t kMostSize = 8192;        // msgsize_max
constexpr std::int64_t kHardMessages = 65536;   // HARD_MSGMAX
constexpr std::int64_t kHardSize = 16 << 20;    // HARD_MSGSIZEMAX
constexpr std::size_t kMostQueues = 256;        // queues_max
constexpr std::uint32_t kMostPriority = 32768;  // MQ_PRIO_MAX

// struct mq_attr.
struct Attributes {
  std::int64_t flags, most_messages, message_size, messages, reserved[4];
};
static_assert(sizeof(Attributes) == 64);

std::shared_ptr<OpenFile> queue_file(const Process& process, int guest_fd) {
  auto file = process.fds->file(guest_fd);
  return file != nullptr && std::holds_alternative<QueueFile>(file->special) ? file : nullptr;
}

PosixQueue& queue_of(const OpenFile& file) { return *std::get<QueueFile>(file.special).queue; }

bool may(const OpenFile& file, int access) {
  const int has = std::get<QueueFile>(file.special).access;
  return has == O_RDWR || has == access;
}

// 0, or why a queue of this size cannot be.
std::int64_t check_attributes(const Process& process, const Attributes& wanted) {
  const bool privileged = process.credentials.may(Capability::kSysResource);
  if (wanted.most_messages <= 0 || wanted.message_size <= 0) return -EINVAL;
  if (wanted.most_messages > (privileged ? kHardMessages : kMostMessages)) return -EINVAL;
  if (wanted.message_size > (privileged ? kHardSize : kMostSize)) return -EINVAL;
  constexpr std::int64_t kPerMessage = 88;  // the kernel's own, for each
  const auto bytes = static_cast<std::uint64_t>(wanted.most_messages * (wanted.message_size + kPerMessage));
  return bytes > process.limits[Resource::kQueues].soft ? -EMFILE : 0;
}

std::int64_t make_queue(const Process& process, const Args& args, std::shared_ptr<PosixQueue>& made) {
  Attributes wanted{0, kMostMessages, kMostSize, 0, {}};
  if (args[3] != 0 && !process.memory().read_value(args[3], wanted)) return -EFAULT;
  if (const std::int64_t error = check_attributes(process, wanted); error != 0) return error;
  const bool full = process.kernel.ipc.posix_queues.size() >= kMostQueues;
  if (full && !process.credentials.may(Capability::kSysResource)) return -ENOSPC;
  made = std::make_shared<PosixQueue>();
  made->most_messages = wanted.most_messages;
  made->message_size = wanted.message_size;
  made->mode = process.mode_of_new_file(args.u32(2) & 0777U);
  made->uid = process.credentials.user().files;
  made->gid = process.credentials.group().files;
  return 0;
}

// As of a file with its mode.
bool may_open(const Process& process, const PosixQueue& queue, int access) {
  IpcObject file;
  file.uid = file.creator_uid = queue.uid;
  file.gid = file.creator_gid = queue.gid;
  file.mode = queue.mode;
  return ipc_allows(process, file,
                    (access != O_WRONLY ? kIpcReads : 0) | (access != O_RDONLY ? kIpcWrites : 0));
}

// The name, without the slash that glibc has taken off already; 0 or why it is none.
std::int64_t read_name(const Process& process, std::uint64_t at, std::string& name) {
  const auto text = process.memory().read_string(at, sys::kPathMax);
  if (!text) return -EFAULT;
  if (text->empty()) return -ENOENT;
  if (text->size() > kMostName) return -ENAMETOOLONG;
  if (text->find('/') != std::string::npos || *text == "." || *text == "..") return -EACCES;
  name = *text;
  return 0;
}

// -ETIMEDOUT or an error of the limit; kBlocked where the call waits until the queue changes.
std::int64_t wait_for_queue(Process& process, const OpenFile& file, std::uint64_t limit_at, short events) {
  Wait& wait = process.task->wait;
  if (file.nonblocking) return -EAGAIN;
  if (wait.interrupted) return kBlocked;
  if (!wait.again) {
    const TimeLimit limit = time_limit(process, limit_at);
    if (limit.error != 0) return limit.error;
    const std::uint64_t now = process.kernel.clock.realtime();
    if (limit.given) {
      wait.deadline = deadline_after(process, limit.nanoseconds - std::min(limit.nanoseconds, now));
    }
  }
  if (timed_out(process)) return -ETIMEDOUT;
  wait.files = {{file.host, events, 0}};
  return kBlocked;
}

void notify(Kernel& kernel, PosixQueue& queue) {
  Process* process = queue.notified == 0 ? nullptr : kernel.process(queue.notified);
  queue.notified = 0;
  if (process != nullptr && queue.notification.signal != 0) kernel.post(*process, queue.notification);
}

}  // namespace

namespace sys {

std::int64_t mq_open(Process& process, const Args& args) {
  std::string name;
  const int flags = host_open_flags(args.u32(1));
  if (const std::int64_t error = read_name(process, args[0], name); error != 0) return error;
  auto& queues = process.kernel.ipc.posix_queues;
  const auto found = queues.find(name);
  std::shared_ptr<PosixQueue> queue;
  if (found != queues.end()) {
    if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) return -EEXIST;
    queue = found->second;
    if (!may_open(process, *queue, flags & O_ACCMODE)) return -EACCES;
  } else {
    if ((flags & O_CREAT) == 0) return -ENOENT;
    if (const std::int64_t error = make_queue(process, args, queue); error != 0) return error;
  }
  const int host = ::eventfd(0, EFD_CLOEXEC);
  if (host < 0) return -std::int64_t{errno};
  const int guest = process.fds->add(host, (flags & O_CLOEXEC) != 0, OpenFile::Kind::kInner,
                                     (flags & O_NONBLOCK) != 0, QueueFile{queue, flags & O_ACCMODE});
  if (guest < 0) return guest;
  queues[name] = queue;
  queue->files.push_back(process.fds->file(guest));
  queue->refresh();
  return guest;
}

std::int64_t mq_unlink(Process& process, const Args& args) {
  std::string name;
  if (const std::int64_t error = read_name(process, args[0], name); error != 0) return error;
  auto& queues = process.kernel.ipc.posix_queues;
  const auto found = queues.find(name);
  if (found == queues.end()) return -ENOENT;
  const bool owns = process.credentials.user().files == found->second->uid;
  if (!owns && !process.credentials.may(Capability::kFowner)) return -EPERM;  // its folder is sticky
  queues.erase(found);
  return 0;
}

std::int64_t mq_timedsend(Process& process, const Args& args) {
  const auto file = queue_file(process, args.i32(0));
  if (file == nullptr || !may(*file, O_WRONLY)) return -EBADF;
  if (args.u32(3) >= kMostPriority) return -EINVAL;
  PosixQueue& queue = queue_of(*file);
  if (args[2] > static_cast<std::uint64_t>(queue.message_size)) return -EMSGSIZE;
  PosixQueue::Entry entry{args.u32(3), std::vector<std::byte>(args[2])};
  if (!process.memory().read(args[1], entry.text.data(), args[2])) return -EFAULT;
  if (static_cast<std::int64_t>(queue.entries.size()) >= queue.most_messages)
    return wait_for_queue(process, *file, args[4], POLLOUT);
  const bool was_empty = queue.entries.empty();
  const auto place = std::find_if(queue.entries.begin(), queue.entries.end(),
                                  [&](const auto& other) { return other.priority < entry.priority; });
  queue.entries.insert(place, std::move(entry));
  queue.refresh();
  // Who waits in a call gets it, and nobody is told.
  const auto& tasks = process.kernel.tasks();
  const bool awaited = std::any_of(tasks.begin(), tasks.end(), [&](const auto& task) {
    constexpr std::uint64_t kReceive = 183;
    if (task->state != Task::State::kWaiting || task->call != kReceive) return false;
    const auto theirs = queue_file(*task->process, task->args.i32(0));
    return theirs != nullptr && &queue_of(*theirs) == &queue;
  });
  if (was_empty && !awaited) notify(process.kernel, queue);
  return 0;
}

std::int64_t mq_timedreceive(Process& process, const Args& args) {
  const auto file = queue_file(process, args.i32(0));
  if (file == nullptr || !may(*file, O_RDONLY)) return -EBADF;
  PosixQueue& queue = queue_of(*file);
  if (args[2] < static_cast<std::uint64_t>(queue.message_size)) return -EMSGSIZE;
  if (queue.entries.empty()) return wait_for_queue(process, *file, args[4], POLLIN);
  const PosixQueue::Entry entry = std::move(queue.entries.front());
  queue.entries.pop_front();
  queue.refresh();
  if (!process.memory().write(args[1], entry.text.data(), entry.text.size())) return -EFAULT;
  if (args[3] != 0 && !process.memory().write_value(args[3], entry.priority)) return -EFAULT;
  return static_cast<std::int64_t>(entry.text.size());
}

std::int64_t mq_notify(Process& process, const Args& args) {
  // struct sigevent, its beginning.
  struct {
    std::uint64_t value;
    std::int32_t signal, how;
  } event{};
  enum How : std::int32_t { kSignal = 0, kNothing = 1 };
  const auto file = queue_file(process, args.i32(0));
  if (args[1] != 0 && !process.memory().read_value(args[1], event)) return -EFAULT;
  // A thread of the C library's is told by a socket that does not exist here.
  if (args[1] != 0 && event.how != kSignal && event.how != kNothing) return -EINVAL;
  if (args[1] != 0 && event.how == kSignal && (event.signal < 0 || event.signal > kSignalCount))
    return -EINVAL;
  if (file == nullptr) return -EBADF;
  PosixQueue& queue = queue_of(*file);
  if (args[1] == 0) {
    if (queue.notified == process.pid) queue.notified = 0;
    return 0;
  }
  if (queue.notified != 0) return -EBUSY;
  queue.notified = process.pid;
  const std::uint64_t who =
      static_cast<std::uint32_t>(process.pid) | (std::uint64_t{process.credentials.user().real} << 32U);
  queue.notification = {event.how == kSignal ? event.signal : 0, SI_MESGQ, {who, event.value, 0}};
  return 0;
}

std::int64_t mq_getsetattr(Process& process, const Args& args) {
  const auto file = queue_file(process, args.i32(0));
  Attributes wanted{};
  if (args[1] != 0 && !process.memory().read_value(args[1], wanted)) return -EFAULT;
  if ((wanted.flags & ~std::int64_t{O_NONBLOCK}) != 0) return -EINVAL;
  if (file == nullptr) return -EBADF;
  const PosixQueue& queue = queue_of(*file);
  const Attributes now{file->nonblocking ? O_NONBLOCK : 0,
                       queue.most_messages,
                       queue.message_size,
                       static_cast<std::int64_t>(queue.entries.size()),
                       {}};
  if (args[1] != 0) file->nonblocking = wanted.flags != 0;
  return args[2] == 0 || process.memory().write_value(args[2], now) ? 0 : -EFAULT;
}

}  // namespace sys

}  // namespace m2sim::emu
