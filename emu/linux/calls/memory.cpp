// brk, mmap and their relatives.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "emu/linux/calls/size_limits.h"
#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

// Linux arm64 <asm/mman.h>; the same numbers as x86-64, spelled out because they are the guest's.

constexpr std::uint32_t kMapPrivate = 2;
constexpr std::uint32_t kMapSharedValidate = 3;  // 1 is MAP_SHARED
constexpr std::uint32_t kMapTypeMask = 15;
// With that type, all that were there before it; MAP_SYNC is for memory that is none of ours.
constexpr std::uint32_t kMapValidated = 0x7c07f933;
constexpr std::uint32_t kMapFixed = 0x10;
constexpr std::uint32_t kMapAnonymous = 0x20;
constexpr std::uint32_t kMapLocked = 0x2000;
constexpr std::uint32_t kMapFixedNoReplace = 0x100000;
constexpr std::uint64_t kProtBits = 0x3f;  // read, write, execute, PROT_SEM, PROT_BTI, PROT_MTE
constexpr std::uint64_t kProtGrowsDown = 0x01000000;
constexpr std::uint64_t kProtGrowsUp = 0x02000000;
constexpr std::uint32_t kMremapMayMove = 1;
constexpr std::uint32_t kMremapFixed = 2;
constexpr std::uint32_t kMremapDontUnmap = 4;

constexpr std::uint64_t page_up(std::uint64_t value) {
  return (value + kGuestPage - 1) / kGuestPage * kGuestPage;
}
constexpr bool page_aligned(std::uint64_t value) { return value % kGuestPage == 0; }

// PROT_READ, PROT_WRITE and PROT_EXEC are 1, 2 and 4 on Linux, as in Protection; PROT_BTI and PROT_MTE
// change nothing that is modelled.
std::uint8_t protection_of(std::uint64_t bits) { return static_cast<std::uint8_t>(bits & 7U); }

std::string name_of(int host_fd) {
  const std::string link = "/proc/self/fd/" + std::to_string(host_fd);
  std::string text(kPathMax, '\0');
  const ssize_t length = ::readlink(link.c_str(), text.data(), text.size());
  text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return text;
}

bool map_backing(Process& process, const Args& args, std::uint64_t address, std::uint64_t length) {
  const std::uint8_t protection = protection_of(args[2]);
  const bool shared = (args.u32(3) & kMapTypeMask) != kMapPrivate;
  if ((args.u32(3) & kMapAnonymous) != 0) {
    return shared ? process.memory().map_shared(address, length, protection, "/dev/zero (deleted)")
                  : process.memory().map(address, length, protection, "");
  }
  const int fd = process.fds->host(args.i32(4));
  const std::string name = name_of(fd);
  if (!process.memory().map_file(address, length, protection, name, {fd, args[5], shared})) return false;
  if ((protection & kProtExec) != 0) {
    process.kernel.mapped_code.push_back({process.space->family, address, address + length, name, args[5]});
  }
  return true;
}

}  // namespace

namespace {

// Where Linux looks first, as its vm.mmap_min_addr has it.
std::uint64_t hint_of(std::uint64_t address) {
  constexpr std::uint64_t kLeast = 65536;
  address = address / kGuestPage * kGuestPage;
  return address == 0 ? 0 : std::max(address, kLeast);
}

// What grows downwards keeps its distance from what lies below.
bool clear_of_stack(const Process& process, std::uint64_t address, std::uint64_t length) {
  const std::uint64_t begin = process.space->stack_begin;
  return address >= begin || address + length + kStackGuard <= begin;
}

}  // namespace

std::int64_t brk(Process& process, const Args& args) {
  const std::uint64_t wanted = args[0];
  const auto unchanged = static_cast<std::int64_t>(process.space->brk_end);
  if (wanted < process.space->brk_start || wanted > process.space->stack_begin - kStackGuard)
    return unchanged;
  const std::uint64_t old_top = page_up(process.space->brk_end);
  const std::uint64_t new_top = page_up(wanted);
  Memory& memory = process.memory();
  if (new_top > old_top) {
    if (!memory.is_free(old_top, new_top - old_top)) return unchanged;
    if (!may_map(process, new_top - old_top, 0, true)) return unchanged;
    if (!memory.map(old_top, new_top - old_top, kProtRead | kProtWrite, "[heap]")) return unchanged;
  } else if (new_top < old_top) {
    memory.unmap(new_top, old_top - new_top);
  }
  process.space->brk_end = wanted;
  return static_cast<std::int64_t>(wanted);
}

namespace {

std::uint64_t locked_bytes(const Process& process) {
  std::uint64_t bytes = 0;
  for (const Region& region : process.memory().regions()) {
    if (region.locked) bytes += region.end - region.begin;
  }
  return bytes;
}

// 0, or why so many bytes may not be locked.
std::int64_t may_lock(const Process& process, std::uint64_t bytes) {
  const std::uint64_t most = process.limits[Resource::kLocked].soft;
  if (process.credentials.may(Capability::kIpcLock)) return 0;
  return most == 0 ? -EPERM : bytes > most ? -ENOMEM : 0;
}

}  // namespace

std::int64_t mmap(Process& process, const Args& args) {
  const std::uint32_t flags = args.u32(3);
  const std::uint32_t type = flags & kMapTypeMask;
  if (args[1] == 0 || type == 0 || type > kMapSharedValidate) return -EINVAL;
  if ((flags & kMapAnonymous) != 0 && type == kMapSharedValidate) return -EINVAL;
  if (!page_aligned(args[5])) return -EINVAL;
  if (args[1] > process.memory().limit()) return -ENOMEM;
  if ((flags & kMapAnonymous) == 0 && !process.fds->open(args.i32(4))) return -EBADF;
  if (type == kMapSharedValidate && (flags & ~kMapValidated) != 0) return -EOPNOTSUPP;
  const std::uint64_t length = page_up(args[1]);
  std::uint64_t address = args[0];
  if ((flags & (kMapFixed | kMapFixedNoReplace)) != 0) {
    if (!page_aligned(address)) return -EINVAL;
    if (address < kGuestPage) return -EPERM;
    if (address >= process.memory().limit() || length > process.memory().limit() - address) return -ENOMEM;
    if ((flags & kMapFixedNoReplace) != 0 && !process.memory().is_free(address, length)) return -EEXIST;
  } else {
    // A hint only: what is placed far up makes fork impossible, and JavaScript engines draw from all of it.
    address = hint_of(address);
    const bool usable = address >= kGuestPage &&
                        address < std::min(process.memory().limit(), Memory::kForCopies) &&
                        length <= process.memory().limit() - address &&
                        process.memory().is_free(address, length) && clear_of_stack(process, address, length);
    if (!usable) {
      const auto found = process.memory().find_free(length);
      if (!found) return -ENOMEM;
      address = *found;
    }
  }
  const bool data = type == kMapPrivate && (protection_of(args[2]) & kProtWrite) != 0;
  const bool replaces = (flags & kMapFixed) != 0;
  if (!may_map(process, length, replaces ? process.memory().mapped(address, length) : 0, data))
    return -ENOMEM;
  const bool locks = process.space->locks_new || (flags & kMapLocked) != 0;
  if (locks && may_lock(process, locked_bytes(process) + length) != 0) {
    return (flags & kMapLocked) != 0 && process.limits[Resource::kLocked].soft == 0 ? -EPERM : -EAGAIN;
  }
  errno = ENOMEM;
  if (!map_backing(process, args, address, length)) return -std::int64_t{errno};
  if (locks) process.memory().set_locked(address, length, true);
  return static_cast<std::int64_t>(address);
}

std::int64_t munmap(Process& process, const Args& args) {
  if (!page_aligned(args[0]) || args[1] == 0 || args[1] > process.memory().limit()) return -EINVAL;
  return process.memory().unmap(args[0], page_up(args[1])) ? 0 : -EINVAL;
}

std::int64_t mprotect(Process& process, const Args& args) {
  // Programs linked for 4 KiB pages protect their RELRO part at that granularity; a kernel with 16 KiB
  // pages would not have loaded them, ours has.
  const std::uint64_t page = process.memory().granularity();
  if (args[0] % page != 0) return -EINVAL;
  if (args[1] == 0) return 0;
  if (args[1] > process.memory().limit()) return -ENOMEM;
  std::uint64_t length = (args[1] + page - 1) / page * page;
  const std::uint64_t grows = args[2] & (kProtGrowsDown | kProtGrowsUp);
  if ((args[2] & ~(kProtBits | grows)) != 0 || grows == (kProtGrowsDown | kProtGrowsUp)) return -EINVAL;
  Memory& memory = process.memory();
  std::uint64_t begin = args[0];
  if (grows != 0) {
    const Region* const region = memory.region_at(begin);
    if (region == nullptr) return -ENOMEM;
    if (grows == kProtGrowsUp || region->name != "[stack]") return -EINVAL;
    length += begin - region->begin;
    begin = region->begin;
  }
  // As far as there are pages, as on Linux.
  const std::uint64_t mapped = memory.accessible(begin, length, kProtNone);
  errno = ENOMEM;  // or the host's: EACCES where a file that is shared may not be written
  if (mapped != 0 && !memory.protect(begin, mapped, protection_of(args[2]))) return -std::int64_t{errno};
  return mapped == length ? 0 : -ENOMEM;
}

namespace {

// To a place of the caller's, or any; `keeps`: what is there begins anew, empty.
std::int64_t move_to(Process& process, const Args& args, std::uint64_t length, bool keeps) {
  Memory& memory = process.memory();
  const std::uint64_t from = args[0];
  const std::uint64_t old_length = page_up(args[1]);
  std::uint64_t to = args[4];
  if ((args.u32(3) & kMremapFixed) == 0) {
    const auto found = memory.find_free(length);
    if (!found) return -ENOMEM;
    to = *found;
  } else if (!page_aligned(to)) {
    return -EINVAL;
  } else if (to < kGuestPage) {
    return -EPERM;
  }
  if (args[1] == 0) return memory.duplicate(from, to, length) ? static_cast<std::int64_t>(to) : -EINVAL;
  const Region before = *memory.region_at(from);
  if (keeps && (before.file || before.shared)) return -EINVAL;
  if (!memory.move(from, old_length, to, length)) return -EINVAL;
  if (keeps && !memory.map(from, old_length, before.protection, before.name)) return -ENOMEM;
  return static_cast<std::int64_t>(to);
}

}  // namespace

std::int64_t mremap(Process& process, const Args& args) {
  const std::uint64_t from = args[0];
  const std::uint32_t flags = args.u32(3);
  Memory& memory = process.memory();
  if (!page_aligned(from) || args[2] == 0) return -EINVAL;
  if ((flags & ~(kMremapMayMove | kMremapFixed | kMremapDontUnmap)) != 0) return -EINVAL;
  if (args[1] > memory.limit() || args[2] > memory.limit()) return -ENOMEM;
  const std::uint64_t old_length = page_up(args[1]);
  const std::uint64_t length = page_up(args[2]);
  const bool keeps = (flags & kMremapDontUnmap) != 0;
  const bool moves = (flags & kMremapMayMove) != 0;
  if ((flags & ~kMremapMayMove) != 0 && !moves) return -EINVAL;
  if (keeps && old_length != length) return -EINVAL;
  const Region* region = memory.region_at(from);
  if (region == nullptr) return -EFAULT;
  if (args[1] == 0 && !region->shared) return -EINVAL;
  if (args[1] == 0 && !moves) return -ENOMEM;
  const bool stays = (flags & kMremapFixed) == 0 && !keeps && args[1] != 0;
  if (stays && length <= old_length) {  // whatever lies there
    if (length < old_length && !memory.unmap(from + length, old_length - length)) return -EINVAL;
    return static_cast<std::int64_t>(from);
  }
  if (region->end - from < old_length) return -EFAULT;
  if (!stays) return move_to(process, args, length, keeps);
  const std::uint64_t more = length - old_length;
  const Region kept = *region;
  if (!may_map(process, more, 0, !kept.shared && (kept.protection & kProtWrite) != 0)) return -ENOMEM;
  if (!kept.file && from + length <= memory.limit() && memory.is_free(from + old_length, more) &&
      memory.map(from + old_length, more, kept.protection, kept.name)) {
    return static_cast<std::int64_t>(from);
  }
  return moves ? move_to(process, args, length, false) : -ENOMEM;
}

namespace {

// MADV_... of every architecture; those that nothing follows from are left out of the switch below.
enum Advice : std::uint64_t {
  kWillNeed = 3,
  kDontNeed = 4,
  kFree = 8,
  kRemove = 9,
  kDontFork = 10,
  kDoFork = 11,
  kDoDump = 17,
  kWipeOnFork = 18,
  kKeepOnFork = 19,
  kCold = 20,
  kPageOut = 21,
  kPopulateRead = 22,
  kPopulateWrite = 23,
  kCollapse = 25,
  kPoison = 100,
  kSoftOffline = 101,
};

bool is_advice(std::uint64_t advice) {
  return advice <= kDontNeed || (advice >= kFree && advice <= kPopulateWrite) || advice == kCollapse ||
         advice == kPoison || advice == kSoftOffline;
}

// False where the range has something other than private memory of no file.
bool all_private(const Process& process, std::uint64_t begin, std::uint64_t end) {
  const auto& regions = process.memory().regions();
  return std::none_of(regions.begin(), regions.end(), [&](const Region& region) {
    return region.begin < end && region.end > begin && (region.file || region.shared);
  });
}

// `change`s what is mapped there, and says behind it that there were holes.
template <class Change>
std::int64_t change_mapped(const Memory& memory, std::uint64_t at, std::uint64_t length,
                           const Change& change) {
  if (change(at, length)) return 0;
  const std::uint64_t end = at + length;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> parts;
  for (const Region& region : memory.regions()) {
    const std::uint64_t from = std::max(region.begin, at);
    const std::uint64_t to = std::min(region.end, end);
    if (from < to) parts.emplace_back(from, to - from);
  }
  std::uint64_t mapped = 0;
  for (const auto& [from, size] : parts) {
    if (!change(from, size)) return -ENOMEM;
    mapped += size;
  }
  return mapped == length ? 0 : -ENOMEM;
}

std::int64_t advise(Process& process, std::uint64_t at, std::uint64_t length, std::uint64_t advice) {
  Memory& memory = process.memory();
  const auto at_fork = [&](AtFork what) {
    return change_mapped(memory, at, length, [&memory, what](std::uint64_t from, std::uint64_t size) {
      return memory.set_at_fork(from, size, what);
    });
  };
  const auto discard = [&memory](std::uint64_t from, std::uint64_t size) {
    return memory.discard(from, size);
  };
  switch (advice) {
    case kFree:  // may be done at once
      if (!all_private(process, at, at + length)) return -EINVAL;
      return change_mapped(memory, at, length, discard);
    case kDontNeed:
      return change_mapped(memory, at, length, discard);
    case kRemove: {
      std::byte* const host = memory.host(at, length, kProtNone);
      return host == nullptr ? -ENOMEM : result_of(::madvise(host, length, MADV_REMOVE));
    }
    case kDontFork:
      return at_fork(AtFork::kNothing);
    case kWipeOnFork:
      return all_private(process, at, at + length) ? at_fork(AtFork::kZeros) : -EINVAL;
    case kDoFork:
    case kKeepOnFork:
      return at_fork(AtFork::kItself);
    case kPopulateRead:
    case kPopulateWrite:
      if (!memory.allows(at, length, kProtNone)) return -ENOMEM;
      return memory.allows(at, length, advice == kPopulateRead ? kProtRead : kProtWrite) ? 0 : -EINVAL;
    case kPoison:
    case kSoftOffline:
      return -EPERM;
    default:
      return memory.allows(at, length, kProtNone) ? 0 : -ENOMEM;
  }
}

}  // namespace

std::int64_t madvise(Process& process, const Args& args) {
  if (!is_advice(args[2]) || !page_aligned(args[0])) return -EINVAL;
  if (args[1] > process.memory().limit() || args[0] > process.memory().limit() - args[1]) {
    return args[1] == 0 ? 0 : -ENOMEM;
  }
  return args[1] == 0 ? 0 : advise(process, args[0], page_up(args[1]), args[2]);
}

std::int64_t msync(Process& process, const Args& args) {
  if (!page_aligned(args[0])) return -EINVAL;
  if (args[1] == 0) return 0;
  if (args[1] > process.memory().limit()) return -ENOMEM;
  std::byte* host = process.memory().host(args[0], page_up(args[1]), kProtNone);
  return host == nullptr ? -ENOMEM : result_of(::msync(host, page_up(args[1]), args.i32(2)));
}

// A page of a program's own is resident once it holds something; one of a file always is.
std::int64_t mincore(Process& process, const Args& args) {
  if (!page_aligned(args[0])) return -EINVAL;
  if (args[1] > process.memory().limit()) return -ENOMEM;
  const std::uint64_t length = page_up(args[1]);
  if (!process.memory().allows(args[0], length, kProtNone)) return -ENOMEM;
  std::vector<std::byte> resident(length / kGuestPage, std::byte{1});
  for (const Region& region : process.memory().regions()) {
    if (region.file || region.shared || region.locked || region.end <= args[0] ||
        region.begin >= args[0] + length)
      continue;
    const std::uint64_t begin = std::max(region.begin, args[0]);
    const std::uint64_t end = std::min(region.end, args[0] + length);
    for (std::uint64_t page = begin; page < end; page += kGuestPage)
      resident[(page - args[0]) / kGuestPage] = std::byte{0};
    for (const std::uint64_t page : process.memory().used_pages(region)) {
      if (page >= begin && page < end) resident[(page - args[0]) / kGuestPage] = std::byte{1};
    }
  }
  return process.memory().write(args[2], resident.data(), resident.size()) ? 0 : -EFAULT;
}

namespace {

std::int64_t set_locked(Process& process, const Args& args, bool locked) {
  const std::uint64_t begin = args[0] / kGuestPage * kGuestPage;
  if (args[1] > process.memory().limit()) return -ENOMEM;
  const std::uint64_t length = page_up(args[0] - begin + args[1]);
  if (length == 0) return 0;
  if (locked) {
    const std::int64_t error = may_lock(process, locked_bytes(process) + length);
    if (error != 0) return error;
  }
  return process.memory().set_locked(begin, length, locked) ? 0 : -ENOMEM;
}

void set_all_locked(Process& process, bool locked) {
  const std::vector<Region> regions = process.memory().regions();
  for (const Region& region : regions)
    process.memory().set_locked(region.begin, region.end - region.begin, locked);
}

}  // namespace

std::int64_t mlock(Process& process, const Args& args) { return set_locked(process, args, true); }
std::int64_t mlock2(Process& process, const Args& args) {
  return args.u32(2) > 1 ? -EINVAL : mlock(process, args);
}
std::int64_t munlock(Process& process, const Args& args) { return set_locked(process, args, false); }

std::int64_t mlockall(Process& process, const Args& args) {
  enum Flag : std::uint32_t { kCurrent = 1, kFuture = 2, kOnFault = 4 };
  const std::uint32_t flags = args.u32(0);
  if (flags == 0 || flags == kOnFault || flags > (kCurrent | kFuture | kOnFault)) return -EINVAL;
  const Memory& memory = process.memory();
  const bool now = (flags & kCurrent) != 0;
  const std::int64_t error = may_lock(process, now ? memory.mapped(0, memory.limit()) : 0);
  if (error != 0) return error;
  process.space->locks_new = (flags & kFuture) != 0;
  if (now) set_all_locked(process, true);
  return 0;
}

std::int64_t munlockall(Process& process, const Args& /*args*/) {
  process.space->locks_new = false;
  set_all_locked(process, false);
  return 0;
}

}  // namespace m2sim::emu::sys
