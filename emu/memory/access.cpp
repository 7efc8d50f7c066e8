// The region list and the checked copies of Memory.
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "emu/memory/memory.h"

namespace m2sim::emu {

namespace {

// Behind the end of a mapped file the host raises SIGBUS; the kernel's own copy reports EFAULT instead.
// Where a sandbox forbids the call a plain copy must do.
bool kernel_copy(void* to, const void* from, std::uint64_t length) {
  while (length > 0) {
    const iovec local{to, length};
    const iovec remote{const_cast<void*>(from), length};
    const ssize_t done = ::process_vm_readv(::getpid(), &local, 1, &remote, 1, 0);
    if (done <= 0) {
      if (done < 0 && (errno == ENOSYS || errno == EPERM)) {
        std::memcpy(to, from, length);
        return true;
      }
      return false;
    }
    to = static_cast<std::byte*>(to) + done;
    from = static_cast<const std::byte*>(from) + done;
    length -= static_cast<std::uint64_t>(done);
  }
  return true;
}

bool kernel_store(void* to, const void* from, std::uint64_t length) {
  while (length > 0) {
    const iovec local{const_cast<void*>(from), length};
    const iovec remote{to, length};
    const ssize_t done = ::process_vm_writev(::getpid(), &local, 1, &remote, 1, 0);
    if (done <= 0) {
      if (done < 0 && (errno == ENOSYS || errno == EPERM)) {
        std::memcpy(to, from, length);
        return true;
      }
      return false;
    }
    to = static_cast<std::byte*>(to) + done;
    from = static_cast<const std::byte*>(from) + done;
    length -= static_cast<std::uint64_t>(done);
  }
  return true;
}

}  // namespace

std::vector<Region>::const_iterator Memory::first_ending_after(std::uint64_t address) const {
  return std::partition_point(regions_.begin(), regions_.end(),
                              [address](const Region& region) { return region.end <= address; });
}

void Memory::split_at(std::uint64_t address) {
  const auto it = first_ending_after(address);
  if (it == regions_.end() || it->begin >= address) return;
  const auto index = it - regions_.begin();
  Region upper = *it;
  upper.offset += address - upper.begin;
  upper.begin = address;
  regions_[static_cast<std::size_t>(index)].end = address;
  regions_.insert(regions_.begin() + index + 1, std::move(upper));
}

void Memory::forget(std::uint64_t begin, std::uint64_t end) {
  split_at(begin);
  split_at(end);
  const auto first = first_ending_after(begin);
  const auto last = std::partition_point(first, regions_.cend(),
                                         [end](const Region& region) { return region.begin < end; });
  for (auto it = first; it != last; ++it) {
    if (it->decoded) code_changed(it->begin, it->end);
  }
  regions_.erase(first, last);
  std::erase_if(tails_, [=](const Tail& tail) { return begin < tail.end && tail.begin < end; });
}

void Memory::remember(Region region) {
  auto it = regions_.begin() + (first_ending_after(region.begin) - regions_.cbegin());
  // File regions stay apart: neighbours may show different parts of the file.
  const auto joins = [](const Region& low, const Region& high) {
    return low.end == high.begin && low.protection == high.protection && low.name == high.name &&
           low.at_fork == high.at_fork && low.locked == high.locked && !low.file && !high.file &&
           !low.shared && !high.shared;
  };
  if (it != regions_.begin() && joins(*std::prev(it), region)) {
    --it;
    it->end = region.end;
    it->decoded |= region.decoded;
  } else {
    it = regions_.insert(it, std::move(region));
  }
  const auto after = std::next(it);
  if (after != regions_.end() && joins(*it, *after)) {
    it->end = after->end;
    it->decoded |= after->decoded;
    regions_.erase(after);
  }
}

bool Memory::covered(std::uint64_t begin, std::uint64_t end) const {
  for (auto it = first_ending_after(begin); begin < end; ++it) {
    if (it == regions_.end() || it->begin > begin) return false;
    begin = it->end;
  }
  return true;
}

bool Memory::touches_file(std::uint64_t begin, std::uint64_t end) const {
  for (auto it = first_ending_after(begin); it != regions_.end() && it->begin < end; ++it) {
    if (it->file) return true;
  }
  return false;
}

const Region* Memory::region_at(std::uint64_t address) const {
  const auto it = first_ending_after(address);
  return it != regions_.end() && it->begin <= address ? &*it : nullptr;
}

std::uint64_t Memory::accessible(std::uint64_t address, std::uint64_t length, std::uint8_t protection) const {
  if (address >= limit_) return 0;
  const std::uint64_t start = address;
  const std::uint64_t end = address + std::min(length, limit_ - address);
  for (auto it = first_ending_after(address); address < end; ++it) {
    if (it == regions_.end() || it->begin > address) break;
    if ((it->protection & protection) != protection) break;
    address = it->end;
  }
  return std::min(address, end) - start;
}

bool Memory::allows(std::uint64_t address, std::uint64_t length, std::uint8_t protection) const {
  return address < limit_ && accessible(address, length, protection) == length;
}

std::byte* Memory::host(std::uint64_t address, std::uint64_t length, std::uint8_t protection) const {
  return allows(address, length, protection) ? base_ + address : nullptr;
}

bool Memory::read(std::uint64_t address, void* to, std::uint64_t length) const {
  if (length == 0) return true;
  if (!allows(address, length, kProtRead)) return false;
  if (touches_file(address, address + length)) {
    if (kernel_copy(to, base_ + address, length)) return true;
    fill_tails(address, length);
    return kernel_copy(to, base_ + address, length);
  }
  std::memcpy(to, base_ + address, length);
  return true;
}

bool Memory::fetch(const Region& region, std::uint64_t address, std::uint32_t& word) const {
  region.decoded = true;
  if (region.file) return kernel_copy(&word, base_ + address, sizeof(word));
  std::memcpy(&word, base_ + address, sizeof(word));
  return true;
}

bool Memory::write(std::uint64_t address, const void* from, std::uint64_t length) {
  if (length == 0) return true;
  if (!allows(address, length, kProtWrite)) return false;
  if (touches_file(address, address + length)) {
    if (kernel_store(base_ + address, from, length)) return true;
    fill_tails(address, length);
    return kernel_store(base_ + address, from, length);
  }
  std::memcpy(base_ + address, from, length);
  return true;
}

bool Memory::write_any(std::uint64_t address, const void* from, std::uint64_t length) {
  if (length == 0) return true;
  if (!allows(address, length, kProtNone)) return false;
  const auto* source = static_cast<const std::byte*>(from);
  for (auto it = first_ending_after(address); length > 0; ++it) {
    const std::uint64_t here = std::min(length, it->end - address);
    const bool writable = (it->protection & kProtWrite) != 0;
    std::byte* first = base_ + it->begin;
    const std::uint64_t size = it->end - it->begin;
    if (!writable && ::mprotect(first, size, PROT_READ | PROT_WRITE) != 0) return false;
    std::memcpy(base_ + address, source, here);
    const int back = it->protection == kProtNone ? PROT_NONE : PROT_READ;
    if (!writable && ::mprotect(first, size, back) != 0) return false;
    address += here;
    source += here;
    length -= here;
  }
  return true;
}

std::optional<std::string> Memory::read_string(std::uint64_t address, std::uint64_t most) const {
  std::string text;
  while (text.size() < most) {
    const Region* region = region_at(address);
    if (region == nullptr || (region->protection & kProtRead) == 0) return std::nullopt;
    // Page by page, so that a file that ends early is not touched behind its end.
    const std::uint64_t page_end = (address / granularity_ + 1) * granularity_;
    const std::uint64_t here = std::min(most - text.size(), page_end - address);
    const std::size_t before = text.size();
    text.resize(before + here);
    if (!read(address, text.data() + before, here)) return std::nullopt;
    const std::size_t zero = text.find('\0', before);
    if (zero != std::string::npos) {
      text.resize(zero);
      return text;
    }
    address += here;
  }
  return std::nullopt;
}

}  // namespace m2sim::emu
