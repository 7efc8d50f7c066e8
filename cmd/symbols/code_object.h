// One file of guest code: which function an address is in, which source line it was made of, what the word
// there is. Read by libdw, with its debug information where that is: in the file itself or in another, found
// by build id or .gnu_debuglink. Addresses are those that the file is linked at.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace m2sim::cmd {

struct SourceLine {
  std::string file;  // empty: not known
  unsigned line = 0;
  auto operator<=>(const SourceLine&) const = default;
};

struct FunctionName {
  std::string name;  // demangled; "libc.so.6+0x1234" where the file names none
  std::uint64_t begin = 0;
};

class CodeObject {
 public:
  // A file that cannot be read, or no longer, has no functions, lines or words. Debug files are looked for
  // below /usr/lib/debug of the host and of `sysroot`.
  CodeObject(const std::string& path, const std::string& sysroot);
  ~CodeObject();
  CodeObject(const CodeObject&) = delete;
  CodeObject& operator=(const CodeObject&) = delete;

  const std::string& name() const { return name_; }  // of the file, without its folders
  // "" or why its debug information is of no use; known when lines have been asked for.
  const std::string& warning() const { return warning_; }

  std::optional<std::uint64_t> linked_address(std::uint64_t file_offset) const;
  std::optional<std::uint32_t> word(std::uint64_t address) const;
  // Something calls what is there: where symbols do not say so, a function begins.
  void called(std::uint64_t address) { called_.insert(address); }
  FunctionName function(std::uint64_t address) const;
  // What else is known by a name there: for labels. Empty: nothing.
  std::string label(std::uint64_t address) const;
  SourceLine line(std::uint64_t address);
  // The functions inlined there, the innermost last.
  std::vector<std::string> inlined(std::uint64_t address);

 private:
  struct Debug;  // libdw's
  struct Section {
    std::uint64_t begin;
    std::uint64_t end;
  };
  struct Symbol {
    std::uint64_t begin;
    std::uint64_t end;  // 0: not known
    std::string name;   // as linked
  };

  void read_symbols();
  void add_stubs();
  void read_sections();
  void find_debug_information();
  void refuse_debug_information(const std::string& why);

  std::string path_;
  std::string name_;
  std::string warning_;
  std::vector<std::byte> bytes_;
  std::unique_ptr<Debug> debug_;
  std::vector<Section> sections_;  // with code, by address
  std::vector<Symbol> functions_;  // by address
  std::vector<Symbol> labels_;     // the like
  std::set<std::uint64_t> called_;
};

}  // namespace m2sim::cmd
