// Flat guest memory: one reserved host range; guest address a is host address base + a. Protection is
// the host's page protection, so a load or store costs an addition and no look-up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace m2sim::emu {

// The page size the guest is told (AT_PAGESZ): 16 KiB, as Linux on Apple cores uses.
inline constexpr std::uint64_t kGuestPage = 16384;

enum Protection : std::uint8_t { kProtNone = 0, kProtRead = 1, kProtWrite = 2, kProtExec = 4 };

struct Region {
  std::uint64_t begin;
  std::uint64_t end;  // one past the last byte
  std::uint8_t protection;
  std::string name;   // "[heap]", "[stack]", a path, or empty
};

// Ranges are kept at guest-page granularity (kGuestPage). Host pages of kProtExec regions are mapped
// without host execute permission: guest code is data to the host.
class Memory {
 public:
  Memory();  // throws std::system_error when no address range can be reserved
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  std::byte* base() const { return base_; }
  std::uint64_t limit() const { return limit_; }  // guest addresses are below this; a guard region follows

  // All return false (and change nothing) when the range is empty, unaligned or beyond limit().
  bool map(std::uint64_t address, std::uint64_t length, std::uint8_t protection, std::string name);
  bool unmap(std::uint64_t address, std::uint64_t length);
  bool protect(std::uint64_t address, std::uint64_t length, std::uint8_t protection);  // false: a hole inside
  std::optional<std::uint64_t> find_free(std::uint64_t length) const;                  // top down, below the stack
  bool is_free(std::uint64_t address, std::uint64_t length) const;

  const Region* region_at(std::uint64_t address) const;
  const std::vector<Region>& regions() const { return regions_; }
  bool allows(std::uint64_t address, std::uint64_t length, std::uint8_t protection) const;

  // Checked copies for system calls and the loader; false (EFAULT) when any byte is not accessible.
  // write() asks for kProtWrite; write_any() is the loader's and ignores protection of mapped pages.
  bool read(std::uint64_t address, void* to, std::uint64_t length) const;
  bool write(std::uint64_t address, const void* from, std::uint64_t length);
  bool write_any(std::uint64_t address, const void* from, std::uint64_t length);
  std::optional<std::string> read_string(std::uint64_t address, std::uint64_t most) const;

  template <class T>
  bool read_value(std::uint64_t address, T& value) const { return read(address, &value, sizeof(T)); }
  template <class T>
  bool write_value(std::uint64_t address, const T& value) { return write(address, &value, sizeof(T)); }

  // Host pointer to `length` bytes if all have `protection`, for readv/writev without a copy; else null.
  std::byte* host(std::uint64_t address, std::uint64_t length, std::uint8_t protection) const;

  // Grows whenever bytes that may have been decoded could have changed: unmap, protect or map over an
  // executable region. The run loop drops its blocks when it sees a new value.
  std::uint64_t code_epoch() const { return code_epoch_; }
  void code_changed() { ++code_epoch_; }

 private:
  std::byte* base_ = nullptr;
  std::uint64_t reserved_ = 0;
  std::uint64_t limit_ = 0;
  std::uint64_t code_epoch_ = 0;
  std::vector<Region> regions_;  // sorted, disjoint
};

}  // namespace m2sim::emu
