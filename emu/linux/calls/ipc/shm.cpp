// System V shared memory.
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "emu/linux/calls/ipc/sysv.h"
#include "emu/linux/calls/size_limits.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/memory/file_object.h"

namespace m2sim::emu {

GuestIpcPermissions permissions_of(const IpcObject& object, int id) {
  constexpr int kSlots = 32768;
  const auto sequence = static_cast<std::uint16_t>(id / kSlots);
  return {object.key, object.uid, object.gid, object.creator_uid, object.creator_gid, object.mode,
          sequence,   0,          {}};
}

void set_permissions(IpcObject& object, const GuestIpcPermissions& wanted, std::uint64_t now) {
  constexpr std::uint32_t kPermissions = 0777;
  object.uid = wanted.uid;
  object.gid = wanted.gid;
  object.mode = (object.mode & ~kPermissions) | (wanted.mode & kPermissions);
  object.changed = now;
}

void begin_object(const Process& process, IpcObject& object, std::int32_t key, std::uint32_t flags) {
  object.key = key;
  object.uid = object.creator_uid = process.credentials.user().effective;
  object.gid = object.creator_gid = process.credentials.group().effective;
  object.mode = flags & 0777U;
  object.changed = seconds_now(process);
}

bool ipc_allows(const Process& process, const IpcObject& object, std::uint32_t wanted) {
  const Credentials& caller = process.credentials;
  const std::uint32_t user = caller.user().effective;
  constexpr unsigned kClass = 3;  // bits
  const unsigned shift = user == object.uid || user == object.creator_uid                     ? 2 * kClass
                         : caller.in_group(object.gid) || caller.in_group(object.creator_gid) ? kClass
                                                                                              : 0;
  const std::uint32_t asked = wanted | wanted >> kClass | wanted >> 2 * kClass;
  return (asked & ~(object.mode >> shift) & 7U) == 0 || caller.may(Capability::kIpcOwner);
}

bool ipc_owns(const Process& process, const IpcObject& object) {
  const std::uint32_t user = process.credentials.user().effective;
  return user == object.uid || user == object.creator_uid || process.credentials.may(Capability::kSysAdmin);
}

namespace {

constexpr std::uint32_t kReadOnly = 010000;
constexpr std::uint32_t kRound = 020000;
constexpr std::uint32_t kRemap = 040000;
constexpr std::uint32_t kExecutable = 0100000;
constexpr std::uint32_t kDestroyed = 01000;  // SHM_DEST, of the mode
constexpr std::uint32_t kLocked = 02000;

// struct shmid64_ds.
struct GuestSegment {
  GuestIpcPermissions permissions;
  std::uint64_t size, attached, detached, changed;
  std::int32_t creator, last;
  std::uint64_t attachments, unused[2];
};
static_assert(sizeof(GuestSegment) == 112);

// Null: it is of none.
SharedSegment* segment_of(const Kernel& kernel, const Region& region) {
  for (const auto& slot : kernel.ipc.segments.slots()) {
    if (slot.object != nullptr && slot.object->object == region.object) return slot.object.get();
  }
  return nullptr;
}

std::int64_t make_segment(const Process& process, std::int32_t key, std::uint64_t size, std::uint32_t flags,
                          std::unique_ptr<SharedSegment>& made) {
  if (size == 0) return -EINVAL;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 46U;
  if (size > kMost) return -ENOMEM;
  auto segment = std::make_unique<SharedSegment>();
  begin_object(process, *segment, key, flags);
  segment->size = size;
  segment->creator = process.pid;
  segment->host = ::memfd_create("SYSV", MFD_CLOEXEC);
  const std::uint64_t pages = (size + kGuestPage - 1) / kGuestPage * kGuestPage;
  struct stat status {};
  if (segment->host < 0 || ::ftruncate(segment->host, static_cast<off_t>(pages)) != 0) return -ENOSPC;
  if (::fstat(segment->host, &status) != 0) return -ENOSPC;
  segment->object = file_object(status);
  made = std::move(segment);
  return 0;
}

std::int64_t tell(Process& process, const SharedSegment& segment, int id, std::uint64_t at) {
  GuestSegment guest{permissions_of(segment, id),
                     segment.size,
                     segment.attached,
                     segment.detached,
                     segment.changed,
                     segment.creator,
                     segment.last,
                     attachments(process.kernel, segment),
                     {}};
  return process.memory().write_value(at, guest) ? 0 : -EFAULT;
}

// The largest and the least of everything, and with SHM_INFO how much there is.
std::int64_t tell_segments(Process& process, int command, std::uint64_t at) {
  const auto& slots = process.kernel.ipc.segments.slots();
  std::uint64_t pages = 0;
  std::int32_t used = 0;
  std::int32_t highest = 0;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].object == nullptr) continue;
    ++used;
    highest = static_cast<std::int32_t>(i);
    pages += (slots[i].object->size + kGuestPage - 1) / kGuestPage;
  }
  constexpr std::uint64_t kUnbounded = UINT64_MAX - (std::uint64_t{1} << 24U);
  const std::uint64_t limits[9] = {kUnbounded, 1, 4096, 4096, kUnbounded, 0, 0, 0, 0};
  const std::uint64_t info[6] = {static_cast<std::uint64_t>(used), pages, pages, 0, 0, 0};
  const bool written =
      command == kIpcInfo ? process.memory().write_value(at, limits) : process.memory().write_value(at, info);
  return written ? highest : -EFAULT;
}

}  // namespace

namespace sys {

std::int64_t shmget(Process& process, const Args& args) {
  sweep_segments(process.kernel);
  const std::uint64_t size = args[1];
  return get_ipc(
      process, process.kernel.ipc.segments, args.i32(0), args.u32(2),
      [size](const SharedSegment& segment) { return size <= segment.size; },
      [&](std::unique_ptr<SharedSegment>& made) {
        return make_segment(process, args.i32(0), size, args.u32(2), made);
      });
}

std::int64_t shmat(Process& process, const Args& args) {
  sweep_segments(process.kernel);
  SharedSegment* segment = process.kernel.ipc.segments.find(args.i32(0));
  const std::uint32_t flags = args.u32(2);
  std::uint64_t address = args[1];
  if (segment == nullptr) return -EINVAL;
  if ((flags & kRound) != 0) address = address / kGuestPage * kGuestPage;
  if (address % kGuestPage != 0 || (address == 0 && (flags & kRemap) != 0)) return -EINVAL;
  Memory& memory = process.memory();
  const std::uint64_t length = (segment->size + kGuestPage - 1) / kGuestPage * kGuestPage;
  if (address == 0) {
    const auto found = memory.find_free(length);
    if (!found) return -ENOMEM;
    address = *found;
  } else if (address >= memory.limit() || length > memory.limit() - address ||
             ((flags & kRemap) == 0 && !memory.is_free(address, length))) {
    return -EINVAL;
  }
  const std::uint32_t wanted = (flags & kReadOnly) != 0 ? kIpcReads : kIpcReads | kIpcWrites;
  if (!ipc_allows(process, *segment, wanted)) return -EACCES;
  if (!may_map(process, length, memory.mapped(address, length), false)) return -ENOMEM;
  unsigned protection = kProtRead;
  if ((flags & kReadOnly) == 0) protection |= kProtWrite;
  if ((flags & kExecutable) != 0) protection |= kProtExec;
  char name[32];
  std::snprintf(name, sizeof(name), "/SYSV%08x (deleted)", static_cast<unsigned>(segment->key));
  if (!memory.map_file(address, length, static_cast<std::uint8_t>(protection), name,
                       {segment->host, 0, true}))
    return -ENOMEM;
  segment->attached = seconds_now(process);
  segment->last = process.pid;
  return static_cast<std::int64_t>(address);
}

// Whatever is left of the attachment that began there: mprotect may have split it, and munmap taken parts
// away, its first one too.
std::int64_t shmdt(Process& process, const Args& args) {
  Memory& memory = process.memory();
  const std::uint64_t begin = args[0];
  SharedSegment* segment = nullptr;
  std::vector<Region> parts;
  for (const Region& region : memory.regions()) {
    if (!region.shared || region.begin < begin || region.begin - begin != region.offset) continue;
    if (segment == nullptr) segment = segment_of(process.kernel, region);
    if (segment != nullptr && region.object == segment->object) parts.push_back(region);
  }
  if (begin % kGuestPage != 0 || segment == nullptr) return -EINVAL;
  for (const Region& part : parts) memory.unmap(part.begin, part.end - part.begin);
  segment->detached = seconds_now(process);
  segment->last = process.pid;
  sweep_segments(process.kernel);
  return 0;
}

std::int64_t shmctl(Process& process, const Args& args) {
  enum Command : std::int32_t { kLock = 11, kUnlock = 12, kStatIndex = 13, kSystem = 14, kStatAny = 15 };
  sweep_segments(process.kernel);
  auto& table = process.kernel.ipc.segments;
  const int command = args.i32(1);
  if (command == kIpcInfo || command == kSystem) return tell_segments(process, command, args[2]);
  if (command == kStatIndex || command == kStatAny) {
    return tell_by_place(
        process, table, args.u32(0), command == kStatAny,
        [&](const SharedSegment& segment, int id) { return tell(process, segment, id, args[2]); });
  }
  SharedSegment* segment = table.find(args.i32(0));
  if (segment == nullptr) return -EINVAL;
  GuestSegment wanted{};
  switch (command) {
    case kIpcStat:
      if (!ipc_allows(process, *segment, kIpcReads)) return -EACCES;
      return tell(process, *segment, args.i32(0), args[2]);
    case kIpcSet:
      if (!ipc_owns(process, *segment)) return -EPERM;
      if (!process.memory().read_value(args[2], wanted)) return -EFAULT;
      set_permissions(*segment, wanted.permissions, seconds_now(process));
      return 0;
    case kIpcRemove:
      if (!ipc_owns(process, *segment)) return -EPERM;
      segment->removed = true;
      segment->mode |= kDestroyed;
      segment->key = kIpcPrivate;
      sweep_segments(process.kernel);
      return 0;
    case kLock:
    case kUnlock:
      if (!ipc_owns(process, *segment)) return -EPERM;
      segment->mode = command == kLock ? segment->mode | kLocked : segment->mode & ~kLocked;
      return 0;
    default:
      return -EINVAL;
  }
}

}  // namespace sys

}  // namespace m2sim::emu
