#include "emu/linux/async_files.h"

#include <signal.h>
#include <sys/ioctl.h>

#include <algorithm>

#include "emu/linux/fd_table.h"
#include "emu/linux/kernel.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

namespace {

constexpr short kEvents = POLLIN | POLLOUT | POLLPRI;

struct Seen {
  short events = 0;
  int bytes = 0;
};

Seen look_at(const OpenFile& file) {
  pollfd polled{file.host, kEvents, 0};
  Seen seen;
  if (::poll(&polled, 1, 0) > 0) seen.events = polled.revents;
  if ((seen.events & POLLIN) != 0) ::ioctl(file.host, FIONREAD, &seen.bytes);
  return seen;
}

void send(Kernel& kernel, const AsyncState& async, const SignalInfo& info) {
  if (async.type == AsyncState::Owner::kThread) {
    if (Task* task = kernel.task(async.owner)) kernel.post(*task, info);
    return;
  }
  for (const auto& process : kernel.processes()) {
    const bool meant =
        async.type == AsyncState::Owner::kGroup ? process->group == async.owner : process->pid == async.owner;
    if (meant) kernel.post(*process, info);
  }
}

}  // namespace

void AsyncFiles::add(const std::shared_ptr<OpenFile>& file) {
  std::erase_if(files_, [&file](const auto& entry) { return entry.expired() || entry.lock() == file; });
  const Seen seen = look_at(*file);
  file->async.seen = seen.events;
  file->async.bytes_seen = seen.bytes;
  files_.push_back(file);
}

void AsyncFiles::look(Kernel& kernel) {
  std::erase_if(files_, [](const auto& entry) {
    const auto file = entry.lock();
    return file == nullptr || !file->async.on;
  });
  for (const auto& entry : files_) {
    const std::shared_ptr<OpenFile> file = entry.lock();
    AsyncState& async = file->async;
    const Seen now = look_at(*file);
    const auto fresh = static_cast<short>(now.events & ~async.seen);
    const bool more = fresh != 0 || now.bytes > async.bytes_seen;
    async.seen = now.events;
    async.bytes_seen = now.bytes;
    if (!more || async.owner == 0) continue;
    // The code says what: POLL_IN to read, else POLL_OUT, POLL_PRI, POLL_HUP.
    const short what = fresh != 0 ? fresh : static_cast<short>(POLLIN);
    const int code = (what & POLLIN) != 0    ? POLL_IN
                     : (what & POLLOUT) != 0 ? POLL_OUT
                     : (what & POLLPRI) != 0 ? POLL_PRI
                                             : POLL_HUP;
    const bool told = async.signal != 0;
    const auto band = static_cast<std::uint64_t>(static_cast<std::uint16_t>(now.events));
    const auto descriptor = std::uint64_t{static_cast<std::uint32_t>(async.descriptor)};
    send(kernel, async,
         {told ? async.signal : SIGIO, told ? code : SI_KERNEL, {told ? band : 0, told ? descriptor : 0, 0}});
  }
}

void AsyncFiles::append_outside(std::vector<pollfd>& files) const {
  for (const auto& entry : files_) {
    const std::shared_ptr<OpenFile> file = entry.lock();
    // Only what is not there yet will come.
    if (file == nullptr || !file->outside() || (file->async.seen & POLLIN) != 0) continue;
    files.push_back({file->host, POLLIN, 0});
  }
}

}  // namespace m2sim::emu
