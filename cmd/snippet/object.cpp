// Snippets out of ELF files: words in place of text.
#include <fmt/format.h>

#include <cstring>
#include <span>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/snippet/source.h"
#include "emu/elf/elf.h"
#include "emu/elf/symbols.h"

namespace m2sim::cmd {
namespace {

constexpr std::uint64_t kSectionIsCode = 4;  // SHF_EXECINSTR
constexpr std::uint32_t kSectionRela = 4;    // SHT_RELA
constexpr std::uint64_t kMostCodeBytes = std::uint64_t{1} << 20U;

std::string words_text(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    text += fmt::format(".inst {:#010x}\n", word);
  }
  return text;
}

template <class T>
bool read(std::string_view bytes, std::uint64_t offset, T& value) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof value) return false;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return true;
}

Snippet snippet_of_words(const std::string& file, std::string name, std::string_view bytes) {
  if (bytes.size() < 4) throw failure("snippet: {} has no instructions", name.empty() ? file : name);
  if (bytes.size() > kMostCodeBytes)
    throw failure("snippet: {} is longer than {} bytes", file, kMostCodeBytes);
  return {std::move(name), file, 1, words_text(bytes), {}, false};
}

}  // namespace

bool is_elf(const std::string& file) { return file != "-" && read_file(file).starts_with("\177ELF"); }

Snippet snippet_of_object(const std::string& file) {
  const std::string bytes = read_file(file);
  emu::ElfHeader header{};
  const bool whole = read(bytes, 0, header) && header.file_class == 2 &&
                     header.machine == emu::kElfMachineAarch64 &&
                     header.section_size == sizeof(emu::ElfSection);
  if (!whole) throw failure("snippet: {} is no ELF file for AArch64", file);
  if (header.type != emu::kElfTypeRelocatable) {
    throw failure("snippet: {} is a program; say which of its functions with --function NAME", file);
  }
  std::string_view code;
  std::uint32_t code_index = 0;
  std::uint32_t relocated = 0;
  for (std::uint32_t i = 0; i < header.section_count; ++i) {
    emu::ElfSection section{};
    if (!read(bytes, header.section_offset + i * sizeof section, section)) break;
    const bool inside = section.offset <= bytes.size() && section.size <= bytes.size() - section.offset;
    if ((section.flags & kSectionIsCode) != 0 && code.empty() && inside) {
      code = std::string_view(bytes).substr(section.offset, section.size);
      code_index = i;
    }
    if (section.type == kSectionRela && section.size != 0 && section.info == code_index) relocated = i;
  }
  if (relocated != 0 && !code.empty()) {
    throw failure("snippet: the code of {} refers to what a linker places; link it, or hand in its source",
                  file);
  }
  return snippet_of_words(file, "", code);
}

Snippet snippet_of_function(const std::string& file, const std::string& function) {
  const emu::ElfImage image = emu::read_elf(file, emu::ElfUse::kLibrary);
  std::vector<std::string> names;
  for (const std::uint32_t table : {emu::kSectionSymbols, emu::kSectionDynamicSymbols}) {
    for (const emu::NamedSymbol& symbol : emu::symbol_table(image, table)) {
      if (emu::is_mapping_symbol(symbol.name)) continue;
      names.emplace_back(symbol.name);
      if (symbol.name != function || symbol.size < 4) continue;
      for (const emu::Segment& segment : image.segments) {
        const std::uint64_t offset = symbol.address - segment.address;
        if (symbol.address < segment.address || offset >= segment.file_size) continue;
        const std::uint64_t size = std::min(symbol.size, segment.file_size - offset);
        const auto* const first =
            reinterpret_cast<const char*>(image.bytes.data()) + segment.file_offset + offset;
        return snippet_of_words(file, function, {first, size});
      }
    }
  }
  if (names.empty()) throw failure("snippet: {} has no symbols", file);
  throw failure("snippet: {} has no function '{}'{}", file, function, did_you_mean(function, names));
}

}  // namespace m2sim::cmd
