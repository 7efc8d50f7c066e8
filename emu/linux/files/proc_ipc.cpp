// /proc/sysvipc: System V's objects, whoever may use them.
#include "emu/linux/files/proc_text.h"
#include "emu/linux/kernel.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

std::string segments_text(Kernel& kernel) {
  sweep_segments(kernel);
  std::string text =
      "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid"
      "      atime      dtime      ctime                   rss                  swap\n";
  for (const auto& [segment, id] : kernel.ipc.segments.slots()) {
    if (segment == nullptr) continue;
    const std::uint64_t resident = (segment->size + kGuestPage - 1) / kGuestPage * kGuestPage;
    text +=
        formatted("%10d %10d  %4o %21lu %5d %5d  %5lu %5u %5u %5u %5u %10lu %10lu %10lu %21lu %21u\n",
                  segment->key, id, segment->mode, segment->size, segment->creator, segment->last,
                  attachments(kernel, *segment), segment->uid, segment->gid, segment->creator_uid,
                  segment->creator_gid, segment->attached, segment->detached, segment->changed, resident, 0U);
  }
  return text;
}

std::string semaphores_text(Kernel& kernel) {
  std::string text = "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n";
  for (const auto& [set, id] : kernel.ipc.semaphores.slots()) {
    if (set == nullptr) continue;
    text += formatted("%10d %10d  %4o %10zu %5u %5u %5u %5u %10lu %10lu\n", set->key, id, set->mode,
                      set->semaphores.size(), set->uid, set->gid, set->creator_uid, set->creator_gid,
                      set->operated, set->changed);
  }
  return text;
}

std::string queues_text(Kernel& kernel) {
  std::string text =
      "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid"
      "      stime      rtime      ctime\n";
  for (const auto& [queue, id] : kernel.ipc.queues.slots()) {
    if (queue == nullptr) continue;
    text += formatted("%10d %10d  %4o  %10lu %10zu %5d %5d %5u %5u %5u %5u %10lu %10lu %10lu\n", queue->key,
                      id, queue->mode, queue->bytes, queue->messages.size(), queue->last_sender,
                      queue->last_receiver, queue->uid, queue->gid, queue->creator_uid, queue->creator_gid,
                      queue->sent, queue->received, queue->changed);
  }
  return text;
}

}  // namespace m2sim::emu
