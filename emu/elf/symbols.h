// Names for guest addresses, from .symtab or .dynsym.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emu/elf/elf.h"

namespace m2sim::emu {

struct SymbolOffset {
  std::string_view name;
  std::uint64_t offset;
  bool inside;  // not behind its end, as far as its size is known
};

// A row of a symbol table.
struct NamedSymbol {
  std::uint64_t address;  // as linked
  std::uint64_t size;
  std::string_view name;  // lives as long as the image; never empty
  unsigned kind;          // STT_FUNC and so on
};

// The rows of all tables of a type (kSectionSymbols or kSectionDynamicSymbols) that are defined in some
// section, in the file's order. What is damaged is left out.
std::vector<NamedSymbol> symbol_table(const ElfImage& image, std::uint32_t type);

// "$x" and "$d" and their longer forms, by which a linker tells where code and data begin (AAELF64).
inline bool is_mapping_symbol(std::string_view name) { return name.front() == '$'; }

// Tables are read at the first question. A program without usable tables has no symbols; that is never an
// error. Names live as long as the image.
class Symbols {
 public:
  Symbols(const ElfImage& image, std::uint64_t bias) : image_(image), bias_(bias) {}

  // The function or object that contains a run-time address; failing that, the nearest one below it in
  // the same segment.
  std::optional<SymbolOffset> find(std::uint64_t address);
  // Run-time address of a symbol, functions before objects.
  std::optional<std::uint64_t> address_of(std::string_view name);
  // "main+0x1c" or "0x4005c8".
  std::string describe(std::uint64_t address);

 private:
  struct Entry {
    std::uint64_t address;  // as linked
    std::uint64_t size;
    std::string_view name;
    bool function;
  };
  void load();
  void load_table(std::uint32_t type);

  const ElfImage& image_;
  std::uint64_t bias_;
  bool loaded_ = false;
  std::vector<Entry> entries_;  // by address
};

}  // namespace m2sim::emu
