// Open files that mean something to the simulator beyond their host descriptor.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "emu/linux/timer.h"

namespace m2sim::emu {

struct AddressSpace;
struct OpenFile;

// The host's epoll instance watches host descriptors; the guest names its own. Linux keeps an entry for each
// pair of a number and an open file, so two numbers for one file are two entries, and the host needs two
// descriptors.
struct EpollFile {
  struct Entry {
    int guest;
    std::weak_ptr<OpenFile> file;
    int host;
  };
  std::vector<Entry> entries;
};

// A timerfd: the host's descriptor is an eventfd that counts the expiries not read yet.
struct TimerFile {
  explicit TimerFile(TimerList& list) : timer(list, nullptr) {}

  Timer timer;
  int clock = 0;
};

// A signalfd: the host's descriptor is an eventfd that is readable while such a signal is pending for the
// process that used the file last.
struct SignalFile {
  std::uint64_t mask = 0;
  int process = 0;
  bool readable = false;
};

// A pidfd: the host's descriptor is an eventfd that is readable when the process has ended.
struct PidFile {
  int pid = 0;
};

struct PosixQueue;

// A POSIX message queue, opened to read, to write or both: the host's descriptor is an eventfd (ipc.h).
struct QueueFile {
  std::shared_ptr<PosixQueue> queue;
  int access = 0;
};

// /proc/<pid>/mem: positions are addresses. The host's descriptor keeps the position and holds nothing.
struct MemoryFile {
  std::weak_ptr<AddressSpace> space;
};

using SpecialFile = std::variant<std::monostate, EpollFile, std::unique_ptr<TimerFile>, SignalFile, PidFile,
                                 QueueFile, MemoryFile>;

}  // namespace m2sim::emu
