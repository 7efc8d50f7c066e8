// System V's and POSIX's objects between processes: they belong to the emulated machine and go with it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emu/linux/signals.h"

namespace m2sim::emu {

class Kernel;
struct OpenFile;
struct Process;

// What all three kinds of System V have (struct ipc64_perm).
struct IpcObject {
  std::int32_t key = 0;
  std::uint32_t uid = 0, gid = 0;
  std::uint32_t creator_uid = 0, creator_gid = 0;
  std::uint32_t mode = 0;
  std::uint64_t changed = 0;  // seconds of CLOCK_REALTIME
};

struct SharedSegment : IpcObject {
  SharedSegment() = default;
  ~SharedSegment();
  SharedSegment(const SharedSegment&) = delete;
  SharedSegment& operator=(const SharedSegment&) = delete;

  int host = -1;                             // a memfd of its pages
  std::uint64_t object = 0;                  // Region::object of what is attached
  std::uint64_t size = 0;                    // as asked for
  std::uint64_t attached = 0, detached = 0;  // when last, in seconds
  int creator = 0, last = 0;                 // pids
  bool removed = false;                      // goes with its last attachment
};

struct Semaphore {
  std::uint16_t value = 0;
  int last = 0;  // pid
};

struct SemaphoreSet : IpcObject {
  std::vector<Semaphore> semaphores;
  std::uint64_t operated = 0;  // when last, in seconds
};

struct Message {
  std::int64_t type = 0;
  std::vector<std::byte> text;
};

struct SysvQueue : IpcObject {
  static constexpr std::uint64_t kBytes = 16384;  // MSGMNB

  std::deque<Message> messages;
  std::uint64_t bytes = 0;
  std::uint64_t most = kBytes;
  std::uint64_t sent = 0, received = 0;    // when last, in seconds
  int last_sender = 0, last_receiver = 0;  // pids
};

// Objects of one kind by their ids, which are an index and a sequence number, as Linux makes them: an id of
// one that is gone names no other.
template <class Object>
class IpcTable {
 public:
  struct Slot {
    std::unique_ptr<Object> object;
    int id = 0;
  };

  // Null: there is none.
  Object* find(int id) const {
    for (const Slot& slot : slots_) {
      if (slot.object != nullptr && slot.id == id) return slot.object.get();
    }
    return nullptr;
  }
  int find_key(std::int32_t key) const {
    for (const Slot& slot : slots_) {
      if (slot.object != nullptr && slot.object->key == key) return slot.id;
    }
    return -1;
  }
  int add(std::unique_ptr<Object> object) {
    constexpr int kSlots = 32768;  // IPCMNI
    std::size_t index = 0;
    while (index < slots_.size() && slots_[index].object != nullptr) ++index;
    if (index == slots_.size()) slots_.emplace_back();
    slots_[index] = {std::move(object), sequence_ * kSlots + static_cast<int>(index)};
    sequence_ = (sequence_ + 1) % kSlots;
    return slots_[index].id;
  }
  void remove(int id) {
    for (Slot& slot : slots_) {
      if (slot.object != nullptr && slot.id == id) slot.object.reset();
    }
  }
  const std::vector<Slot>& slots() const { return slots_; }

 private:
  std::vector<Slot> slots_;
  int sequence_ = 0;
};

// What a process's end takes back of what it did to a semaphore (SEM_UNDO).
struct SemaphoreUndo {
  int pid;
  int set;
  std::uint16_t index;
  int adjustment;
};

// A POSIX message queue. Its open files share it.
struct PosixQueue {
  struct Entry {
    std::uint32_t priority;
    std::vector<std::byte> text;
  };
  std::int64_t most_messages = 10;
  std::int64_t message_size = 8192;
  std::uint32_t mode = 0;
  std::uint32_t uid = 0, gid = 0;
  std::deque<Entry> entries;  // highest priority first, then the oldest
  // Who is told of the first message for an empty queue; pid 0: nobody.
  int notified = 0;
  SignalInfo notification{};
  std::vector<std::weak_ptr<OpenFile>> files;

  // Makes its descriptors readable and writable as it is now.
  void refresh();
};

struct Ipc {
  IpcTable<SharedSegment> segments;
  IpcTable<SemaphoreSet> semaphores;
  IpcTable<SysvQueue> queues;
  std::vector<SemaphoreUndo> undo;
  std::map<std::string, std::shared_ptr<PosixQueue>> posix_queues;
};

// Every mapping of it counts, as every VMA does.
std::uint64_t attachments(const Kernel& kernel, const SharedSegment& segment);
// Segments that are removed go with their last mapping, whichever way that went.
void sweep_segments(Kernel& kernel);

// The process has ended: what it is to undo, and what it was to be told.
void release_ipc(Kernel& kernel, const Process& process);

}  // namespace m2sim::emu
