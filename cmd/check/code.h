// Which words of a file's code m2sim does not execute.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "emu/elf/elf.h"

namespace m2sim::cmd {

enum class WordKind {
  kNotImplemented,  // an instruction that m2sim decodes and cannot execute
  kExtension,       // of an extension that the M2 lacks: undefined there as here
  kUndefined,       // no instruction of the M2
};

// Words that lack the same thing. `marked`: mapping symbols say that they are instructions.
struct WordGroup {
  WordKind kind;
  bool marked;
  std::string what;  // the mnemonic, or the extension; empty for kUndefined
  std::uint64_t count = 0;
  std::uint64_t first_address = 0;  // as linked
  std::uint32_t first_word = 0;
  std::string symbol;  // "main+0x1c"; empty where there is none
  std::string text;    // as an assembler would take it
};

struct CodeCheck {
  std::uint64_t words = 0;         // looked at
  std::uint64_t marked_words = 0;  // of them known to be instructions
  std::uint64_t data_bytes = 0;    // marked as data, not looked at
  std::vector<WordGroup> groups;   // by kind, then by falling count

  std::uint64_t count(WordKind kind) const;
};

CodeCheck check_code(const emu::ElfImage& image);

}  // namespace m2sim::cmd
