#include "emu/linux/calls/own_files.h"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "emu/linux/calls/event_files.h"
#include "emu/linux/files/proc_files.h"

namespace m2sim::emu {

namespace {

std::int64_t read_random(Process& process, std::span<const iovec> parts) {
  std::int64_t done = 0;
  for (const iovec& part : parts) {
    process.kernel.random.fill(part.iov_base, part.iov_len);
    done += static_cast<std::int64_t>(part.iov_len);
  }
  return done;
}

// What is written to a file of /proc means something; its stand-in knows whether writing is allowed.
std::int64_t write_text(Process& process, const OpenFile& file, std::span<const iovec> parts) {
  const std::int64_t host = ::writev(file.host, parts.data(), static_cast<int>(parts.size()));
  if (host < 0) return -std::int64_t{errno};
  std::string text;
  for (const iovec& part : parts) text.append(static_cast<const char*>(part.iov_base), part.iov_len);
  const std::int64_t error = write_made_up(process, file.made_up, std::move(text));
  return error < 0 ? error : host;
}

// Up to the first page that is not there, part by part. `move` gets an address, the guest's bytes and how
// many.
template <class Move>
std::int64_t through_memory(const OpenFile& file, std::span<const iovec> parts,
                            std::optional<std::int64_t> offset, const Move& move) {
  const std::shared_ptr<AddressSpace> space = std::get<MemoryFile>(file.special).space.lock();
  const std::int64_t begin = offset ? *offset : ::lseek(file.host, 0, SEEK_CUR);
  if (space == nullptr) return 0;
  auto at = static_cast<std::uint64_t>(begin);
  bool wanted = false;
  for (const iovec& part : parts) {
    wanted |= part.iov_len != 0;
    const std::uint64_t size = space->memory.accessible(at, part.iov_len, kProtNone);
    if (size != 0 && !move(space->memory, at, static_cast<std::byte*>(part.iov_base), size)) break;
    at += size;
    if (size < part.iov_len) break;
  }
  const auto done = static_cast<std::int64_t>(at) - begin;
  if (!offset && done != 0) ::lseek(file.host, static_cast<off_t>(at), SEEK_SET);
  return done == 0 && wanted ? -EIO : done;
}

}  // namespace

bool write_as_debugger(Memory& memory, std::uint64_t at, const std::byte* from, std::uint64_t size) {
  for (std::uint64_t next = at; next < at + size;) {
    const Region* region = memory.region_at(next);
    if (region == nullptr || (region->shared && (region->protection & kProtWrite) == 0)) return false;
    next = region->end;
  }
  if (!memory.write_any(at, from, size)) return false;
  for (std::uint64_t next = at; next < at + size; next = memory.region_at(next)->end) {
    const Region& region = *memory.region_at(next);
    if (region.decoded) memory.code_changed(std::max(region.begin, at), std::min(region.end, at + size));
  }
  return true;
}

std::optional<std::int64_t> read_own(Process& process, OpenFile& file, std::span<const iovec> parts,
                                     std::optional<std::int64_t> offset) {
  if (file.random) return read_random(process, parts);
  if (std::holds_alternative<SignalFile>(file.special)) {
    if (parts.empty()) return -EINVAL;
    return read_signals(process, file, static_cast<std::byte*>(parts[0].iov_base), parts[0].iov_len);
  }
  if (std::holds_alternative<MemoryFile>(file.special)) {
    const auto move = [](const Memory& memory, std::uint64_t at, std::byte* to, std::uint64_t size) {
      return memory.read_any(at, to, size);
    };
    return through_memory(file, parts, offset, move);
  }
  const bool silent =
      std::holds_alternative<PidFile>(file.special) || std::holds_alternative<QueueFile>(file.special);
  return silent ? std::optional<std::int64_t>(-EINVAL) : std::nullopt;
}

std::optional<std::int64_t> write_own(Process& process, OpenFile& file, std::span<const iovec> parts,
                                      std::optional<std::int64_t> offset) {
  if (std::holds_alternative<MemoryFile>(file.special))
    return through_memory(file, parts, offset, write_as_debugger);
  if (file.is_special()) return -EINVAL;
  if (file.made_up.empty()) return std::nullopt;
  return write_text(process, file, parts);
}

}  // namespace m2sim::emu
