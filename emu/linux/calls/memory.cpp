// brk, mmap and their relatives.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "emu/linux/calls/size_limits.h"
#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

// Linux arm64 <asm/mman.h>; the same numbers as x86-64, spelled out because they are the guest's.

constexpr std::uint32_t kMapPrivate = 2;
constexpr std::uint32_t kMapSharedValidate = 3;  // 1 is MAP_SHARED
constexpr std::uint32_t kMapTypeMask = 15;
constexpr std::uint32_t kMapFixed = 0x10;
constexpr std::uint32_t kMapAnonymous = 0x20;
constexpr std::uint32_t kMapFixedNoReplace = 0x100000;
constexpr std::uint32_t kMremapMayMove = 1;
constexpr std::uint32_t kMremapFixed = 2;
constexpr std::uint64_t kAdviseDontNeed = 4;
constexpr std::uint64_t kAdviseFree = 8;

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
  return process.memory().map_file(address, length, protection, name_of(fd), {fd, args[5], shared});
}

}  // namespace

namespace {

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

std::int64_t mmap(Process& process, const Args& args) {
  const std::uint32_t flags = args.u32(3);
  const std::uint32_t type = flags & kMapTypeMask;
  if (args[1] == 0 || type == 0 || type > kMapSharedValidate) return -EINVAL;
  if (!page_aligned(args[5])) return -EINVAL;
  if (args[1] > process.memory().limit()) return -ENOMEM;
  if ((flags & kMapAnonymous) == 0 && !process.fds->open(args.i32(4))) return -EBADF;
  const std::uint64_t length = page_up(args[1]);
  std::uint64_t address = args[0];
  if ((flags & (kMapFixed | kMapFixedNoReplace)) != 0) {
    if (!page_aligned(address)) return -EINVAL;
    if (address < kGuestPage) return -EPERM;
    if (address >= process.memory().limit() || length > process.memory().limit() - address) return -ENOMEM;
    if ((flags & kMapFixedNoReplace) != 0 && !process.memory().is_free(address, length)) return -EEXIST;
  } else {
    address = page_up(address);
    const bool usable = address >= kGuestPage && address < process.memory().limit() &&
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
  errno = ENOMEM;
  if (!map_backing(process, args, address, length)) return -std::int64_t{errno};
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
  const std::uint64_t length = (args[1] + page - 1) / page * page;
  return process.memory().protect(args[0], length, protection_of(args[2])) ? 0 : -ENOMEM;
}

std::int64_t mremap(Process& process, const Args& args) {
  const std::uint64_t from = args[0];
  const std::uint32_t flags = args.u32(3);
  Memory& memory = process.memory();
  if (!page_aligned(from) || args[2] == 0 || (flags & ~(kMremapMayMove | kMremapFixed)) != 0) return -EINVAL;
  if (args[1] == 0) return -EINVAL;  // duplicating a shared mapping is not modelled
  if (args[1] > memory.limit() || args[2] > memory.limit()) return -ENOMEM;
  const std::uint64_t old_length = page_up(args[1]);
  const std::uint64_t length = page_up(args[2]);
  const Region* region = memory.region_at(from);
  if (region == nullptr || region->end - from < old_length) return -EFAULT;
  if ((flags & kMremapFixed) != 0) {
    if ((flags & kMremapMayMove) == 0 || !page_aligned(args[4])) return -EINVAL;
    if (args[4] < kGuestPage) return -EPERM;
    if (!memory.move(from, old_length, args[4], length)) return -EINVAL;
    return args.i64(4);
  }
  if (length <= old_length) {
    if (length < old_length) memory.unmap(from + length, old_length - length);
    return static_cast<std::int64_t>(from);
  }
  const std::uint64_t more = length - old_length;
  const Region kept = *region;
  if (!may_map(process, more, 0, !kept.shared && (kept.protection & kProtWrite) != 0)) return -ENOMEM;
  if (!kept.file && from + length <= memory.limit() && memory.is_free(from + old_length, more) &&
      memory.map(from + old_length, more, kept.protection, kept.name)) {
    return static_cast<std::int64_t>(from);
  }
  if ((flags & kMremapMayMove) == 0) return -ENOMEM;
  const auto found = memory.find_free(length);
  if (!found || !memory.move(from, old_length, *found, length)) return -ENOMEM;
  return static_cast<std::int64_t>(*found);
}

std::int64_t madvise(Process& process, const Args& args) {
  if (!page_aligned(args[0])) return -EINVAL;
  if (args[1] > process.memory().limit()) return -ENOMEM;
  if (args[1] == 0) return 0;
  const std::uint64_t length = page_up(args[1]);
  if (process.memory().is_free(args[0], length)) return -ENOMEM;
  // Only these two change what a program can see; MADV_FREE may do so at once.
  if (args[2] == kAdviseDontNeed || args[2] == kAdviseFree) {
    return process.memory().discard(args[0], length) ? 0 : -ENOMEM;
  }
  return 0;
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
    if (region.file || region.shared || region.end <= args[0] || region.begin >= args[0] + length) continue;
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

// Locking changes nothing that a program can see here; only its range is checked.
std::int64_t mlock(Process& process, const Args& args) {
  if (args[1] > process.memory().limit()) return -ENOMEM;
  return process.memory().allows(args[0], args[1], kProtNone) ? 0 : -ENOMEM;
}
std::int64_t mlock2(Process& process, const Args& args) {
  return args.u32(2) > 1 ? -EINVAL : mlock(process, args);
}
std::int64_t munlock(Process& process, const Args& args) { return mlock(process, args); }
std::int64_t mlockall(Process& /*kernel*/, const Args& args) {
  return args.u32(0) == 0 || args.u32(0) > 7 ? -EINVAL : 0;
}
std::int64_t munlockall(Process& /*kernel*/, const Args& /*args*/) { return 0; }

}  // namespace m2sim::emu::sys
