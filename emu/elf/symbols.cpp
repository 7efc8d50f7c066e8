#include "emu/elf/symbols.h"

#include <algorithm>
#include <cstring>

#include "emu/elf/format.h"
#include "emu/elf/refusal.h"

namespace m2sim::emu {

namespace {

constexpr unsigned kObject = 1;     // STT_OBJECT
constexpr unsigned kFunction = 2;   // STT_FUNC
constexpr unsigned kIndirect = 10;  // STT_GNU_IFUNC
constexpr unsigned kNoType = 0;     // labels of assembly sources

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

void append_table(std::span<const std::byte> bytes, const ElfSection& section, const ElfSection& strings,
                  std::vector<NamedSymbol>& symbols) {
  if (section.offset > bytes.size()) return;
  const std::uint64_t size = std::min<std::uint64_t>(section.size, bytes.size() - section.offset);
  for (std::uint64_t at = 0; at + sizeof(ElfSymbol) <= size; at += sizeof(ElfSymbol)) {
    const auto symbol = read_at<ElfSymbol>(bytes, section.offset + at);
    if (symbol->section == 0 || symbol->section >= 0xff00) continue;  // undefined, absolute, common
    const std::string_view name = name_at(bytes, strings, symbol->name);
    if (!name.empty()) symbols.push_back({symbol->value, symbol->size, name, symbol->info & 15U});
  }
}

}  // namespace

std::vector<NamedSymbol> symbol_table(const ElfImage& image, std::uint32_t type) {
  std::vector<NamedSymbol> symbols;
  const std::span<const std::byte> bytes = image.bytes;
  const std::vector<ElfSection> sections = section_headers(image);
  for (const ElfSection& section : sections) {
    if (section.type != type || section.link >= sections.size()) continue;
    append_table(bytes, section, sections[section.link], symbols);
  }
  return symbols;
}

void Symbols::load_table(std::uint32_t type) {
  for (const NamedSymbol& symbol : symbol_table(image_, type)) {
    const bool function = symbol.kind == kFunction || symbol.kind == kIndirect;
    if (!function && symbol.kind != kObject && symbol.kind != kNoType) continue;
    if (is_mapping_symbol(symbol.name)) continue;  // names nothing
    entries_.push_back({symbol.address, symbol.size, symbol.name, function});
  }
}

void Symbols::load() {
  if (loaded_) return;
  loaded_ = true;
  load_table(kSectionSymbols);
  if (entries_.empty()) load_table(kSectionDynamicSymbols);
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
  const std::uint64_t offset = linked - best->address;
  return SymbolOffset{best->name, offset, best->size == 0 || offset < best->size};
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
