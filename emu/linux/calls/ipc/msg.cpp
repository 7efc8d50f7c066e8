// System V message queues.
#include <algorithm>
#include <vector>

#include "emu/linux/calls/ipc/sysv.h"
#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu {

namespace {

constexpr std::uint64_t kMostText = 8192;   // MSGMAX
constexpr std::uint32_t kShorten = 010000;  // MSG_NOERROR
constexpr std::uint32_t kExcept = 020000;   // MSG_EXCEPT
constexpr std::uint32_t kCopy = 040000;     // MSG_COPY

// struct msqid64_ds.
struct GuestQueue {
  GuestIpcPermissions permissions;
  std::uint64_t sent, received, changed, bytes, count, most;
  std::int32_t last_sender, last_receiver;
  std::uint64_t unused[2];
};
static_assert(sizeof(GuestQueue) == 120);

// The call waits until somebody changes something, unless it must not.
std::int64_t wait_for_change(Process& process, std::uint32_t flags, int otherwise) {
  Wait& wait = process.task->wait;
  if ((flags & kIpcNoWait) != 0) return -otherwise;
  if (wait.interrupted) return -EINTR;
  wait.for_ipc = true;
  return kBlocked;
}

// As msgrcv's type asks: 0 the first, n the first of that type (or of others), -n the first of the least type
// up to n.
std::deque<Message>::iterator chosen(std::deque<Message>& messages, std::int64_t type, std::uint32_t flags) {
  if ((flags & kCopy) != 0) {
    const bool there = type >= 0 && static_cast<std::uint64_t>(type) < messages.size();
    return there ? messages.begin() + type : messages.end();
  }
  if (type == 0) return messages.begin();
  if (type > 0) {
    const bool except = (flags & kExcept) != 0;
    return std::find_if(messages.begin(), messages.end(),
                        [=](const Message& message) { return (message.type == type) != except; });
  }
  const std::int64_t most = type == INT64_MIN ? INT64_MAX : -type;
  const auto least = std::min_element(messages.begin(), messages.end(),
                                      [](const Message& a, const Message& b) { return a.type < b.type; });
  return least != messages.end() && least->type <= most ? least : messages.end();
}

std::int64_t deliver(Process& process, const Message& message, std::uint64_t to, std::uint64_t room) {
  const std::uint64_t size = std::min<std::uint64_t>(message.text.size(), room);
  const bool written = process.memory().write_value(to, message.type) &&
                       process.memory().write(to + sizeof(message.type), message.text.data(), size);
  return written ? static_cast<std::int64_t>(size) : -EFAULT;
}

std::int64_t tell(Process& process, const SysvQueue& queue, int id, std::uint64_t at) {
  const GuestQueue guest{
      permissions_of(queue, id), queue.sent, queue.received,    queue.changed,       queue.bytes,
      queue.messages.size(),     queue.most, queue.last_sender, queue.last_receiver, {}};
  return process.memory().write_value(at, guest) ? 0 : -EFAULT;
}

// struct msginfo.
std::int64_t tell_queues(Process& process, bool used, std::uint64_t at) {
  std::int32_t queues = 0;
  std::int32_t messages = 0;
  std::int32_t bytes = 0;
  std::int32_t highest = 0;
  const auto& slots = process.kernel.ipc.queues.slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].object == nullptr) continue;
    ++queues;
    messages += static_cast<std::int32_t>(slots[i].object->messages.size());
    bytes += static_cast<std::int32_t>(slots[i].object->bytes);
    highest = static_cast<std::int32_t>(i);
  }
  struct {
    std::int32_t pool, map, most_text, most_bytes, most_queues, segment, messages;
    std::uint16_t segments, padding;
  } const info{used ? queues : 512000,
               used ? messages : 16384,
               kMostText,
               SysvQueue::kBytes,
               32000,
               16,
               used ? bytes : 16384,
               0xffff,
               0};
  return process.memory().write_value(at, info) ? highest : -EFAULT;
}

}  // namespace

namespace sys {

std::int64_t msgget(Process& process, const Args& args) {
  return get_ipc(
      process, process.kernel.ipc.queues, args.i32(0), args.u32(1), [](const SysvQueue&) { return true; },
      [&](std::unique_ptr<SysvQueue>& made) -> std::int64_t {
        made = std::make_unique<SysvQueue>();
        begin_object(process, *made, args.i32(0), args.u32(1));
        return 0;
      });
}

std::int64_t msgsnd(Process& process, const Args& args) {
  const bool again = process.task->wait.again;
  Message message;
  if (args[2] > kMostText) return -EINVAL;
  if (!process.memory().read_value(args[1], message.type)) return -EFAULT;
  if (message.type < 1 || args.i32(0) < 0) return -EINVAL;
  message.text.resize(args[2]);
  if (!process.memory().read(args[1] + sizeof(message.type), message.text.data(), args[2])) return -EFAULT;
  SysvQueue* queue = process.kernel.ipc.queues.find(args.i32(0));
  if (queue == nullptr) return again ? -EIDRM : -EINVAL;
  if (!ipc_allows(process, *queue, kIpcWrites)) return -EACCES;
  // Empty messages must not fill a queue without end, either.
  if (queue->bytes + args[2] > queue->most || queue->messages.size() + 1 > queue->most)
    return wait_for_change(process, args.u32(3), EAGAIN);
  queue->bytes += args[2];
  queue->messages.push_back(std::move(message));
  queue->sent = seconds_now(process);
  queue->last_sender = process.pid;
  process.kernel.wake_ipc_waiters();
  return 0;
}

std::int64_t msgrcv(Process& process, const Args& args) {
  const bool again = process.task->wait.again;
  const std::uint32_t flags = args.u32(4);
  if (args.i64(2) < 0 || args.i32(0) < 0) return -EINVAL;
  if ((flags & kCopy) != 0 && ((flags & kExcept) != 0 || (flags & kIpcNoWait) == 0)) return -EINVAL;
  SysvQueue* queue = process.kernel.ipc.queues.find(args.i32(0));
  if (queue == nullptr) return again ? -EIDRM : -EINVAL;
  if (!ipc_allows(process, *queue, kIpcReads)) return -EACCES;
  const auto found = chosen(queue->messages, args.i64(3), flags);
  if (found == queue->messages.end()) return wait_for_change(process, flags, ENOMSG);
  if (found->text.size() > args[2] && (flags & kShorten) == 0) return -E2BIG;
  const std::int64_t size = deliver(process, *found, args[1], args[2]);
  if ((flags & kCopy) != 0) return size;
  // Linux has taken it off the queue before it finds out that it cannot be written.
  queue->bytes -= found->text.size();
  queue->messages.erase(found);
  queue->received = seconds_now(process);
  queue->last_receiver = process.pid;
  process.kernel.wake_ipc_waiters();
  return size;
}

std::int64_t msgctl(Process& process, const Args& args) {
  enum Command : std::int32_t { kStatIndex = 11, kSystem = 12, kStatAny = 13 };
  auto& table = process.kernel.ipc.queues;
  const int command = args.i32(1);
  if (command == kIpcInfo || command == kSystem) return tell_queues(process, command == kSystem, args[2]);
  if (command == kStatIndex || command == kStatAny) {
    return tell_by_place(process, table, args.u32(0), command == kStatAny,
                         [&](const SysvQueue& queue, int id) { return tell(process, queue, id, args[2]); });
  }
  SysvQueue* queue = table.find(args.i32(0));
  if (queue == nullptr) return -EINVAL;
  GuestQueue wanted{};
  switch (command) {
    case kIpcStat:
      if (!ipc_allows(process, *queue, kIpcReads)) return -EACCES;
      return tell(process, *queue, args.i32(0), args[2]);
    case kIpcSet:
      if (!ipc_owns(process, *queue)) return -EPERM;
      if (!process.memory().read_value(args[2], wanted)) return -EFAULT;
      if (wanted.most > SysvQueue::kBytes && !process.credentials.may(Capability::kSysResource))
        return -EPERM;
      queue->most = wanted.most;
      set_permissions(*queue, wanted.permissions, seconds_now(process));
      process.kernel.wake_ipc_waiters();
      return 0;
    case kIpcRemove:
      if (!ipc_owns(process, *queue)) return -EPERM;
      table.remove(args.i32(0));
      process.kernel.wake_ipc_waiters();
      return 0;
    default:
      return -EINVAL;
  }
}

}  // namespace sys

}  // namespace m2sim::emu
