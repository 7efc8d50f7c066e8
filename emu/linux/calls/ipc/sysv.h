// What the calls of System V's three kinds share.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>

#include "emu/linux/ipc.h"
#include "emu/linux/process.h"
#include "emu/linux/timespec.h"

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
void begin_object(IpcObject& object, std::int32_t key, std::uint32_t flags, std::uint64_t now);

inline std::uint64_t seconds_now(const Process& process) {
  return process.kernel.clock.realtime() / kNanosecondsPerSecond;
}

// The id of the object for `key`, one that `make` gives where there is none; or -errno. `fits` says whether
// the one there is what is asked for.
template <class Object, class Fits, class Make>
std::int64_t get_ipc(IpcTable<Object>& table, std::int32_t key, std::uint32_t flags, const Fits& fits,
                     const Make& make) {
  const int id = key == kIpcPrivate ? -1 : table.find_key(key);
  if (id >= 0) {
    constexpr std::uint32_t kNew = kIpcCreate | kIpcExclusive;
    if ((flags & kNew) == kNew) return -EEXIST;
    return fits(*table.find(id)) ? id : -EINVAL;
  }
  if (key != kIpcPrivate && (flags & kIpcCreate) == 0) return -ENOENT;
  std::unique_ptr<Object> object;
  const std::int64_t error = make(object);
  return error != 0 ? error : table.add(std::move(object));
}

}  // namespace m2sim::emu
