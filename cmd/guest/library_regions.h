// Regions that are functions of shared libraries: where they begin is known once the guest has mapped them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cmd/guest/functions.h"
#include "emu/elf/elf.h"
#include "emu/linux/kernel.h"
#include "emu/machine.h"
#include "timing/run/regions.h"

namespace m2sim::cmd {

// "libcrypto.so.3:SHA256_Update"; "ns::f" has no library.
struct LibraryFunction {
  explicit LibraryFunction(const std::string& text);
  // The file's name, with or without the end of its version.
  bool is_in(const std::string& path, const std::string& soname) const;

  std::string library;  // empty: any
  std::string symbol;
};

class LibraryRegions : public timing::RegionFinder {
 public:
  explicit LibraryRegions(emu::Machine& machine);

  // The loader is in memory from the start on, and looked into where it is named only: it has functions of
  // its own with names of the C library's. Throws UserError where it does not have that one.
  std::optional<timing::FunctionPlace> in_loader(const LibraryFunction& name) const;
  void add(std::size_t region, const LibraryFunction& name);
  bool empty() const { return wanted_.empty(); }
  std::vector<Found> look() override;
  // Why the region was never come to, ": ..." for the end of a line; empty where it just was not called, or
  // is none of a library.
  std::string why_never(std::size_t region) const;

 private:
  struct Wanted {
    std::size_t region;
    LibraryFunction name;
    std::string path;  // of the file that has it; empty: none so far
    std::uint64_t address = 0;
    bool indirect = false;
    std::set<std::string> searched{};
    std::string ambiguity{};
  };
  struct Library {
    explicit Library(const std::string& path);
    // Of its addresses in memory over those as linked.
    std::optional<std::uint64_t> bias(const emu::FileCode& code) const;

    std::string soname;
    std::vector<emu::Segment> code;
    std::vector<GuestFunction> functions;
  };

  void look_at(const emu::FileCode& code, std::optional<std::uint64_t> bias, std::vector<Found>& found);
  static void search(Wanted& wanted, const std::string& path, const Library& library);

  emu::Machine& machine_;
  std::vector<Wanted> wanted_;
  std::map<std::string, Library> libraries_;  // by path
  std::size_t seen_ = 0;                      // of Kernel::mapped_code
};

}  // namespace m2sim::cmd
