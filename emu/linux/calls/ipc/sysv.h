// What the calls of System V's three kinds share.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>

#include "emu/linux/calls/timespec.h"
#include "emu/linux/ipc.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

inline constexpr std::int32_t kIpcPrivate = 0;
inline constexpr std::uint32_t kIpcCreate = 01000;
inline constexpr std::uint32_t kIpcExclusive = 02000;
inline constexpr std::uint32_t kIpcNoWait = 04000;

// Commands of shmctl, semctl and msgctl that mean the same.
enum IpcCommand : std::int32_t { kIpcRemove = 0, kIpcSet = 1, kIpcStat = 2, kIpcInfo = 3 };

// struct ipc64_perm of arm64.
struct GuestIpcPermissions {
  std::int32_t key;
  std::uint32_t uid, gid, creator_uid, creator_gid, mode;
  std::uint16_t sequence, padding;
  std::uint64_t unused[2];
};
static_assert(sizeof(GuestIpcPermissions) == 48);

GuestIpcPermissions permissions_of(const IpcObject& object, int id);
void set_permissions(IpcObject& object, const GuestIpcPermissions& wanted, std::uint64_t now);
// A new object of the caller's.
void begin_object(const Process& process, IpcObject& object, std::int32_t key, std::uint32_t flags);

// Modes: all that is asked for, for whomever.
inline constexpr std::uint32_t kIpcReads = 0444;
inline constexpr std::uint32_t kIpcWrites = 0222;
// Whether the mode gives the caller all those of his class that `wanted` names in any.
bool ipc_allows(const Process& process, const IpcObject& object, std::uint32_t wanted);
// Whether he may change and remove it.
bool ipc_owns(const Process& process, const IpcObject& object);

inline std::uint64_t seconds_now(const Process& process) {
  return process.kernel.clock.realtime() / kNanosecondsPerSecond;
}

// The id of the object for `key`, one that `make` gives where there is none; or -errno. `fits` says whether
// the one there is what is asked for.
template <class Object, class Fits, class Make>
std::int64_t get_ipc(const Process& process, IpcTable<Object>& table, std::int32_t key, std::uint32_t flags,
                     const Fits& fits, const Make& make) {
  const int id = key == kIpcPrivate ? -1 : table.find_key(key);
  if (id >= 0) {
    constexpr std::uint32_t kNew = kIpcCreate | kIpcExclusive;
    if ((flags & kNew) == kNew) return -EEXIST;
    if (!ipc_allows(process, *table.find(id), flags)) return -EACCES;
    return fits(*table.find(id)) ? id : -EINVAL;
  }
  if (key != kIpcPrivate && (flags & kIpcCreate) == 0) return -ENOENT;
  std::unique_ptr<Object> object;
  const std::int64_t error = make(object);
  return error != 0 ? error : table.add(std::move(object));
}

// The id of the object at a place of its table, of which `tell(object, id)` tells; or -errno. SHM_STAT and
// the like; `any` asks nobody, as SHM_STAT_ANY.
template <class Object, class Tell>
std::int64_t tell_by_place(const Process& process, const IpcTable<Object>& table, std::uint32_t place,
                           bool any, const Tell& tell) {
  if (place >= table.slots().size() || table.slots()[place].object == nullptr) return -EINVAL;
  const auto& slot = table.slots()[place];
  if (!any && !ipc_allows(process, *slot.object, kIpcReads)) return -EACCES;
  const std::int64_t error = tell(*slot.object, slot.id);
  return error != 0 ? error : slot.id;
}

}  // namespace m2sim::emu
