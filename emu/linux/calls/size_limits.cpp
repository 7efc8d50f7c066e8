#include "emu/linux/calls/size_limits.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "emu/memory/file_object.h"

namespace m2sim::emu {

namespace {

std::int64_t too_large(Process& process) {
  process.kernel.post(*process.task, {SIGXFSZ, SI_USER, {}});
  return -EFBIG;
}

bool is_data(const Region& region) {
  return !region.shared && (region.protection & kProtWrite) != 0 && region.name != "[stack]";
}

}  // namespace

std::int64_t allowed_bytes(Process& process, int host, std::int64_t offset, std::uint64_t bytes) {
  const std::uint64_t limit = process.limits[Resource::kFileSize].soft;
  const auto wanted = static_cast<std::int64_t>(bytes);
  if (limit == kUnlimited || offset < 0 || bytes == 0) return wanted;
  struct stat status {};
  if (::fstat(host, &status) != 0 || !S_ISREG(status.st_mode)) return wanted;
  const auto begin = static_cast<std::uint64_t>(offset);
  if (begin >= limit) return too_large(process);
  return static_cast<std::int64_t>(std::min(bytes, limit - begin));
}

std::int64_t allowed_bytes_here(Process& process, int host, std::uint64_t bytes) {
  if (process.limits[Resource::kFileSize].soft == kUnlimited) return static_cast<std::int64_t>(bytes);
  struct stat status {};
  const bool appends = (::fcntl(host, F_GETFL) & O_APPEND) != 0 && ::fstat(host, &status) == 0;
  return allowed_bytes(process, host, appends ? status.st_size : ::lseek(host, 0, SEEK_CUR), bytes);
}

std::int64_t check_size(Process& process, int host, std::int64_t size) {
  struct stat status {};
  const std::uint64_t limit = process.limits[Resource::kFileSize].soft;
  if (limit == kUnlimited || size < 0 || static_cast<std::uint64_t>(size) <= limit) return 0;
  return ::fstat(host, &status) != 0 || size <= status.st_size ? 0 : too_large(process);
}

void file_changed(const Process& process, int host) {
  struct stat status {};
  bool asked = false;
  for (const auto& other : process.kernel.processes()) {
    if (other->space == nullptr || !other->running() || !other->memory().has_tails()) continue;
    if (!asked && ::fstat(host, &status) != 0) return;
    asked = true;
    other->memory().file_changed(file_object(status));
  }
}

void file_cut(const Process& process, int host) {
  file_changed(process, host);
  struct stat status {};
  if (::fstat(host, &status) != 0) return;
  for (const auto& other : process.kernel.processes()) {
    if (other->space != nullptr && other->running()) other->memory().code_cut(file_object(status));
  }
}

bool may_map(const Process& process, std::uint64_t more, std::uint64_t replaced, bool data) {
  const std::uint64_t most_space = process.limits[Resource::kAddressSpace].soft;
  const std::uint64_t most_data = data ? process.limits[Resource::kData].soft : kUnlimited;
  if (more <= replaced || (most_space == kUnlimited && most_data == kUnlimited)) return true;
  std::uint64_t space = 0;
  std::uint64_t writable = 0;
  for (const Region& region : process.memory().regions()) {
    const std::uint64_t size = region.end - region.begin;
    space += size;
    if (is_data(region)) writable += size;
  }
  const std::uint64_t growth = more - replaced;
  return growth <= most_space - std::min(space, most_space) &&
         growth <= most_data - std::min(writable, most_data);
}

}  // namespace m2sim::emu
