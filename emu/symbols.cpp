#include "emu/symbols.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "emu/elf_format.h"

namespace m2sim::emu {

namespace {

constexpr unsigned kObject = 1;     // STT_OBJECT
constexpr unsigned kFunction = 2;   // STT_FUNC
constexpr unsigned kIndirect = 10;  // STT_GNU_IFUNC
constexpr unsigned kNoType = 0;     // labels of assembly sources

std::string hex(std::uint64_t value) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  return "0x" + std::string(digits.data(), end);
}

// The string at `offset` of a string table, or empty when either lies outside the file.
std::string_view name_at(std::span<const std::byte> bytes, const ElfSection& strings, std::uint32_t offset) {
  if (strings.offset >= bytes.size() || offset >= bytes.size() - strings.offset || offset >= strings.size) {
    return {};
  }
  const std::uint64_t start = strings.offset + offset;
  const std::uint64_t most = std::min<std::uint64_t>(bytes.size() - start, strings.size - offset);
  const char* text = reinterpret_cast<const char*>(bytes.data() + start);
  const std::size_t length = ::strnlen(text, most);
  return length == most ? std::string_view{} : std::string_view{text, length};
}

}  // namespace

void Symbols::load_table(std::uint64_t section_offset, std::uint16_t section_count, std::uint32_t type) {
  const std::span<const std::byte> bytes = image_.bytes;
  for (unsigned i = 0; i < section_count; ++i) {
    const auto section = read_at<ElfSection>(bytes, section_offset + i * sizeof(ElfSection));
    if (!section || section->type != type || section->link >= section_count) continue;
    const auto strings =
        read_at<ElfSection>(bytes, section_offset + std::uint64_t{section->link} * sizeof(ElfSection));
    if (!strings || section->offset > bytes.size()) continue;
    const std::uint64_t size = std::min<std::uint64_t>(section->size, bytes.size() - section->offset);
    for (std::uint64_t at = 0; at + sizeof(ElfSymbol) <= size; at += sizeof(ElfSymbol)) {
      const auto symbol = read_at<ElfSymbol>(bytes, section->offset + at);
      const unsigned kind = symbol->info & 15U;
      if (symbol->section == 0 || symbol->section >= 0xff00) continue;  // undefined, absolute, common
      if (kind != kFunction && kind != kIndirect && kind != kObject && kind != kNoType) continue;
      const std::string_view name = name_at(bytes, *strings, symbol->name);
      // $x and $d mark code and data for debuggers (AAELF64); they name nothing.
      if (name.empty() || name.front() == '$') continue;
      entries_.push_back({symbol->value, symbol->size, name, kind == kFunction || kind == kIndirect});
    }
  }
}

void Symbols::load() {
  if (loaded_) return;
  loaded_ = true;
  const auto header = read_at<ElfHeader>(image_.bytes, 0);
  if (!header || header->section_size != sizeof(ElfSection)) return;
  if (header->section_offset > image_.bytes.size()) return;
  load_table(header->section_offset, header->section_count, kSectionSymbols);
  if (entries_.empty()) load_table(header->section_offset, header->section_count, kSectionDynamicSymbols);
  // Of several names for one address the sized function is the best answer, then the shortest name.
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    if (a.address != b.address) return a.address < b.address;
    if (a.function != b.function) return a.function;
    if ((a.size != 0) != (b.size != 0)) return a.size != 0;
    if (a.name.size() != b.name.size()) return a.name.size() < b.name.size();
    return a.name < b.name;
  });
}

std::optional<SymbolOffset> Symbols::find(std::uint64_t address) {
  load();
  const std::uint64_t linked = address - bias_;
  const auto segment = std::find_if(
      image_.segments.begin(), image_.segments.end(),
      [linked](const Segment& candidate) { return linked >= candidate.address && linked < candidate.end(); });
  if (segment == image_.segments.end()) return std::nullopt;
  const auto above = std::partition_point(entries_.begin(), entries_.end(),
                                          [linked](const Entry& entry) { return entry.address <= linked; });
  if (above == entries_.begin()) return std::nullopt;
  const std::uint64_t nearest = std::prev(above)->address;
  if (nearest < segment->address) return std::nullopt;
  const auto best = std::partition_point(entries_.begin(), above,
                                         [nearest](const Entry& entry) { return entry.address < nearest; });
  return SymbolOffset{best->name, linked - best->address};
}

std::optional<std::uint64_t> Symbols::address_of(std::string_view name) {
  load();
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    if (entry.name != name) continue;
    if (found == nullptr || (entry.function && !found->function)) found = &entry;
  }
  if (found == nullptr) return std::nullopt;
  return found->address + bias_;
}

std::string Symbols::describe(std::uint64_t address) {
  const auto symbol = find(address);
  if (!symbol) return hex(address);
  std::string text(symbol->name);
  if (symbol->offset != 0) text += "+" + hex(symbol->offset);
  return text;
}

}  // namespace m2sim::emu
