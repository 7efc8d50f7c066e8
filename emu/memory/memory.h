// Flat guest memory: one reserved host range; guest address a is host address base + a. Protection is
// the host's page protection, so a load or store costs an addition and no look-up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "emu/cpu/stale_code.h"

namespace m2sim::emu {

// The page size the guest is told (AT_PAGESZ): 16 KiB, as Linux on Apple cores uses.
inline constexpr std::uint64_t kGuestPage = 16384;

// Size of the region behind limit() that nothing is ever mapped into.
inline constexpr std::uint64_t kMemoryGuard = std::uint64_t{16} << 20;

enum Protection : std::uint8_t { kProtNone = 0, kProtRead = 1, kProtWrite = 2, kProtExec = 4 };

// What a child has in place of it (MADV_DONTFORK, MADV_WIPEONFORK).
enum class AtFork : std::uint8_t { kItself, kNothing, kZeros };

class MappedFile;

struct Region {
  std::uint64_t begin;
  std::uint64_t end;  // one past the last byte
  std::uint8_t protection;
  std::string name;     // "[heap]", "[stack]", a path, or empty
  bool file = false;    // backed by a host file: the host may raise SIGBUS behind its end
  bool shared = false;  // MAP_SHARED
  AtFork at_fork = AtFork::kItself;
  bool locked = false;  // mlock: it counts, and nothing follows, as no page is ever taken away
  // What is mapped, for words in shared memory: the host's inode, or a number of its own, and the place of
  // `begin` in it.
  std::uint64_t object = 0;
  std::uint64_t offset = 0;
  std::shared_ptr<const MappedFile> backing{};  // null: no file, or a copy of its pages
  mutable bool decoded = false;                 // blocks have been made of it: a change makes them stale

  bool executable() const { return (protection & kProtExec) != 0; }
  bool operator==(const Region&) const = default;
};

struct PageRange {
  std::uint64_t begin;
  std::uint64_t length;
};
using SharedPages = std::set<std::pair<std::uint64_t, std::uint64_t>>;

// What a file mapping shows: `fd` is a host descriptor, `offset` a multiple of Memory::granularity().
struct FileBacking {
  int fd;
  std::uint64_t offset;
  bool shared;
};

// Ranges are kept at the host's page granularity, 4 KiB on x86-64: what mmap and brk hand out is in
// guest pages, but the segments of a program linked for 4 KiB pages must load too. Pages of kProtExec
// regions are mapped without host execute permission: guest code is data to the host.
class Memory {
 public:
  Memory();  // throws std::system_error when no address range can be reserved
  // Up to `limit`, which another one had, or less where the host has no such range; never below `top`.
  Memory(std::uint64_t limit, std::uint64_t top);
  // fork: private pages are copied, shared ones stay shared. Its limit may be smaller than the parent's,
  // but nothing that is mapped there lies above it. The host has room for many copies of what lies below
  // kForCopies, and for none of what reaches far above it.
  static constexpr std::uint64_t kForCopies = std::uint64_t{1} << 40U;
  struct Copy {};
  Memory(const Memory& parent, Copy tag);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  std::byte* base() const { return base_; }
  std::uint64_t limit() const { return limit_; }  // guest addresses are below this; a guard region follows
  std::uint64_t granularity() const { return granularity_; }

  // MAP_SHARED without a file: a copy of this Memory sees the same pages.
  bool map_shared(std::uint64_t address, std::uint64_t length, std::uint8_t protection, std::string name);

  // All return false (and change nothing) when the range is empty, unaligned or beyond limit(), or
  // when the host refuses. map() replaces what was there, with zero-filled pages or a file's.
  bool map(std::uint64_t address, std::uint64_t length, std::uint8_t protection, std::string name);
  bool map_file(std::uint64_t address, std::uint64_t length, std::uint8_t protection, std::string name,
                const FileBacking& backing);
  bool unmap(std::uint64_t address, std::uint64_t length);
  bool protect(std::uint64_t address, std::uint64_t length, std::uint8_t protection);  // false: a hole inside
  // Moves the pages of one region; the target is replaced, a longer target grows with zero-filled pages.
  bool move(std::uint64_t from, std::uint64_t from_length, std::uint64_t to, std::uint64_t to_length);
  // A second view of a part of one shared region; the target is replaced.
  bool duplicate(std::uint64_t from, std::uint64_t to, std::uint64_t length);
  // False: a hole inside.
  bool set_at_fork(std::uint64_t address, std::uint64_t length, AtFork what);
  bool set_locked(std::uint64_t address, std::uint64_t length, bool locked);
  // Anonymous pages become zero again; a file's pages show the file again.
  bool discard(std::uint64_t address, std::uint64_t length);

  // A free range for mmap, whole guest pages, top down below set_search_top() (at first: the limit); where
  // there is none, the lowest above the stack.
  std::optional<std::uint64_t> find_free(std::uint64_t length) const;
  void set_search_top(std::uint64_t top) { search_top_ = top; }
  std::uint64_t search_top() const { return search_top_; }
  bool is_free(std::uint64_t address, std::uint64_t length) const;
  std::uint64_t mapped(std::uint64_t address, std::uint64_t length) const;  // bytes of the range

  const Region* region_at(std::uint64_t address) const;
  const std::vector<Region>& regions() const { return regions_; }
  // The last page of a file is the guest's: behind the file's end it reads as zeros up to the end of a guest
  // page, where the host's own pages may end before. True: pages were put there, and the access that faulted
  // can be made again. Callable where the access is made.
  bool fill_tail(std::uint64_t address) const;
  // The same for all shared mappings in the range, before the host's kernel touches it.
  void fill_tails(std::uint64_t address, std::uint64_t length) const;
  // A file has another size: what was filled is asked for again.
  void file_changed(std::uint64_t object);
  // A part of a file is gone, and the code that was there.
  void code_cut(std::uint64_t object);
  bool has_tails() const { return !tails_.empty(); }

  // How many of the `length` bytes from `address` on have `protection`: where the kernel's copy would stop.
  std::uint64_t accessible(std::uint64_t address, std::uint64_t length, std::uint8_t protection) const;
  bool allows(std::uint64_t address, std::uint64_t length, std::uint8_t protection) const;

  // Checked copies for system calls and the loader; false (EFAULT) when any byte is not accessible.
  // write() asks for kProtWrite; write_any() is the loader's and ignores protection of mapped pages.
  bool read(std::uint64_t address, void* to, std::uint64_t length) const;
  bool write(std::uint64_t address, const void* from, std::uint64_t length);
  bool write_any(std::uint64_t address, const void* from, std::uint64_t length);
  // An instruction word of an executable region, for decoding; false where its file has ended.
  bool fetch(const Region& region, std::uint64_t address, std::uint32_t& word) const;
  // Up to the zero byte, which must be within the first `most` bytes.
  std::optional<std::string> read_string(std::uint64_t address, std::uint64_t most) const;

  template <class T>
  bool read_value(std::uint64_t address, T& value) const {
    return read(address, &value, sizeof(T));
  }
  template <class T>
  bool write_value(std::uint64_t address, const T& value) {
    return write(address, &value, sizeof(T));
  }

  // Of mapped pages, whatever their protection; false where a file has ended.
  bool read_any(std::uint64_t address, void* to, std::uint64_t length) const;

  // Which guest pages of a private region without a file somebody has written to, in order. In large regions,
  // where the host may lay huge pages, those that hold anything but zeros: the host's own count would differ
  // from run to run.
  std::vector<std::uint64_t> used_pages(const Region& region) const;
  // What the region holds that neither its file nor a page of zeros gives, range by range: with it, what
  // put_back() has made in another process is the same memory. `known` has of shared memory without a file
  // what others have told, by object and place, and is told of the rest.
  std::vector<PageRange> contents(const Region& region, SharedPages& known) const;
  // Maps the region as it was, with its name and all else; `fd` is its file, or holds shared memory, or is
  // -1. False as map() says.
  bool put_back(const Region& region, int fd);
  // Whether the guest page at `page` holds the same in both.
  bool same_page(const Memory& other, std::uint64_t page) const;

  // Host pointer to `length` bytes if all have `protection`, for readv/writev without a copy; else null.
  std::byte* host(std::uint64_t address, std::uint64_t length, std::uint8_t protection) const;

  // Grows whenever bytes that have been decoded could have changed: unmap, protect, discard or map over a
  // region that fetch() was called for. The run loop then drops the blocks of changed_code().
  std::uint64_t code_epoch() const { return code_epoch_; }
  void code_changed(std::uint64_t begin, std::uint64_t end) {
    ++code_epoch_;
    changed_code_.add({begin, end});
  }
  StaleCode& changed_code() { return changed_code_; }

 private:
  static void open_own_pages();
  static constexpr std::uint64_t kFirstOwnObject = std::uint64_t{1} << 63U;
  static std::uint64_t own_object(std::uint64_t taken = 0);
  void reserve(unsigned log2_least, unsigned log2_most);
  void copy_region(const Memory& parent, const Region& region);
  static int host_protection(std::uint8_t protection);
  bool valid_range(std::uint64_t address, std::uint64_t length) const;
  std::optional<std::uint64_t> find_free_below(std::uint64_t top, std::uint64_t length) const;
  std::optional<std::uint64_t> find_free_above(std::uint64_t bottom, std::uint64_t length) const;
  bool hide(std::uint64_t address, std::uint64_t length);  // back to reserved, inaccessible pages
  struct Tail {
    std::uint64_t begin;
    std::uint64_t end;
    std::uint64_t object;
  };
  // Where the host's pages of the file end and the guest's last one does; empty where there is nothing
  // between.
  static Tail tail_of(const Region& region, std::uint64_t granularity);
  bool fill(const Region& region, const Tail& tail) const;
  std::shared_ptr<const MappedFile> held(std::uint64_t object, int fd) const;
  void forget(std::uint64_t begin, std::uint64_t end);  // drops the range from regions_
  void remember(Region region);                         // adds it, joining equal neighbours
  void split_at(std::uint64_t address);
  template <class Change>
  void change(std::uint64_t begin, std::uint64_t end, const Change& change);
  bool covered(std::uint64_t begin, std::uint64_t end) const;
  bool touches_file(std::uint64_t begin, std::uint64_t end) const;
  std::vector<Region>::const_iterator first_ending_after(std::uint64_t address) const;

  std::byte* base_ = nullptr;
  std::uint64_t limit_ = 0;
  std::uint64_t granularity_ = 4096;
  std::uint64_t search_top_ = 0;
  std::uint64_t code_epoch_ = 0;
  StaleCode changed_code_;
  std::vector<Region> regions_;  // sorted, disjoint
  mutable std::vector<Tail> tails_;
};

}  // namespace m2sim::emu
