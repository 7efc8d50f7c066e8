#include "emu/linux/ipc.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "emu/linux/fd_table.h"
#include "emu/linux/kernel.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

SharedSegment::~SharedSegment() {
  if (host >= 0) ::close(host);
}

// An eventfd that counts nothing is writable, one that counts as far as it can is readable, others are both.
void PosixQueue::refresh() {
  constexpr eventfd_t kFull = UINT64_MAX - 1;
  const bool full = static_cast<std::int64_t>(entries.size()) >= most_messages;
  const eventfd_t count = full ? kFull : entries.empty() ? 0 : 1;
  std::erase_if(files, [](const auto& file) { return file.expired(); });
  for (const auto& entry : files) {
    const std::shared_ptr<OpenFile> file = entry.lock();
    eventfd_t before = 0;
    pollfd readable{file->host, POLLIN, 0};
    if (::poll(&readable, 1, 0) > 0) ::eventfd_read(file->host, &before);
    if (count != 0) ::eventfd_write(file->host, count);
  }
}

std::uint64_t attachments(const Kernel& kernel, const SharedSegment& segment) {
  std::uint64_t count = 0;
  const AddressSpace* before = nullptr;  // vfork's child has its parent's
  for (const auto& process : kernel.processes()) {
    if (process->space == nullptr || process->space.get() == before || !process->running()) continue;
    before = process->space.get();
    for (const Region& region : process->memory().regions()) {
      if (region.shared && region.object == segment.object) ++count;
    }
  }
  return count;
}

void sweep_segments(Kernel& kernel) {
  auto& table = kernel.ipc.segments;
  for (const auto& slot : table.slots()) {
    if (slot.object == nullptr || !slot.object->removed) continue;
    if (attachments(kernel, *slot.object) == 0) table.remove(slot.id);
  }
}

void release_ipc(Kernel& kernel, const Process& process) {
  Ipc& ipc = kernel.ipc;
  bool changed = false;
  for (const SemaphoreUndo& undo : ipc.undo) {
    SemaphoreSet* set = undo.pid == process.pid ? ipc.semaphores.find(undo.set) : nullptr;
    if (set == nullptr || undo.index >= set->semaphores.size()) continue;
    constexpr int kMostValue = 32767;  // SEMVMX
    Semaphore& semaphore = set->semaphores[undo.index];
    semaphore.value =
        static_cast<std::uint16_t>(std::clamp(semaphore.value + undo.adjustment, 0, kMostValue));
    semaphore.last = process.pid;
    changed = true;
  }
  std::erase_if(ipc.undo, [&process](const SemaphoreUndo& undo) { return undo.pid == process.pid; });
  for (const auto& [name, queue] : ipc.posix_queues) {
    if (queue->notified == process.pid) queue->notified = 0;
  }
  if (changed) kernel.wake_ipc_waiters();
}

}  // namespace m2sim::emu
