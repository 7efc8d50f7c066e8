#include "cmd/profile/symbols.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "cmd/console/output_file.h"
#include "cmd/symbols/demangled.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

// A structure at an offset of the file; empty where the file ends before.
template <class T>
std::optional<T> at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

std::string text_at(std::string_view bytes, std::uint64_t offset) {
  if (offset >= bytes.size()) return "";
  const std::string_view rest = bytes.substr(offset);
  return std::string(rest.substr(0, rest.find('\0')));
}

std::vector<Elf64_Shdr> sections_of(std::string_view bytes, const Elf64_Ehdr& header) {
  std::vector<Elf64_Shdr> sections;
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    const auto section = at<Elf64_Shdr>(bytes, header.e_shoff + i * std::uint64_t{header.e_shentsize});
    if (section) sections.push_back(*section);
  }
  return sections;
}

const Elf64_Shdr* symbol_section(const std::vector<Elf64_Shdr>& sections, Elf64_Word type) {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const Elf64_Shdr& section) {
    return section.sh_type == type && section.sh_link < sections.size();
  });
  return found == sections.end() ? nullptr : &*found;
}

std::vector<Elf64_Phdr> segments_of(std::string_view bytes, const Elf64_Ehdr& header) {
  std::vector<Elf64_Phdr> segments;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    const auto segment = at<Elf64_Phdr>(bytes, header.e_phoff + i * std::uint64_t{header.e_phentsize});
    if (segment) segments.push_back(*segment);
  }
  return segments;
}

std::optional<Elf64_Ehdr> header_of(std::string_view bytes) {
  const auto header = at<Elf64_Ehdr>(bytes, 0);
  const bool readable =
      header && std::memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 && header->e_ident[EI_CLASS] == ELFCLASS64;
  return readable ? header : std::nullopt;
}

std::uint64_t padded(std::uint64_t size) { return (size + 3) / 4 * 4; }

// Where distributions put the symbols they stripped: found by the file's build id. Empty: it has none.
std::string debug_file(std::string_view bytes, const std::vector<Elf64_Phdr>& segments) {
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type != PT_NOTE || segment.p_offset > bytes.size()) continue;
    std::string_view notes = bytes.substr(segment.p_offset, segment.p_filesz);
    while (const auto note = at<Elf64_Nhdr>(notes, 0)) {
      const std::uint64_t value_at = sizeof(Elf64_Nhdr) + padded(note->n_namesz);
      const std::uint64_t end = value_at + padded(note->n_descsz);
      if (end > notes.size()) break;
      if (note->n_type == NT_GNU_BUILD_ID && note->n_descsz > 1) {
        std::string digits;
        for (const char c : notes.substr(value_at, note->n_descsz)) {
          digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
        }
        return fmt::format("/usr/lib/debug/.build-id/{}/{}.debug", digits.substr(0, 2), digits.substr(2));
      }
      notes.remove_prefix(end);
    }
  }
  return "";
}

// Empty where the file cannot be read: "[vdso]", or removed since.
std::string bytes_of(const std::string& path) {
  try {
    return read_file(path);
  } catch (const emu::UserError&) {
    return "";
  }
}

std::vector<FunctionTable::Entry> functions_of(std::string_view bytes,
                                               const std::vector<Elf64_Shdr>& sections, Elf64_Word type) {
  std::vector<FunctionTable::Entry> entries;
  const Elf64_Shdr* table = symbol_section(sections, type);
  if (table == nullptr) return entries;
  const std::uint64_t names = sections[table->sh_link].sh_offset;
  for (std::uint64_t offset = 0; offset + sizeof(Elf64_Sym) <= table->sh_size; offset += sizeof(Elf64_Sym)) {
    const auto symbol = at<Elf64_Sym>(bytes, table->sh_offset + offset);
    if (!symbol) break;
    const unsigned type = ELF64_ST_TYPE(symbol->st_info);
    if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol->st_shndx == SHN_UNDEF) continue;
    entries.push_back({symbol->st_value, symbol->st_size, text_at(bytes, names + symbol->st_name)});
  }
  // Several names for one address: the first by name, so that every run says the same.
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.address != b.address ? a.address < b.address : a.name < b.name;
  });
  return entries;
}

std::uint64_t hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

std::string_view next_field(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view field = line.substr(0, line.find(' '));
  line.remove_prefix(field.size());
  return field;
}

}  // namespace

FunctionTable::FunctionTable(const std::string& path) {
  const std::string bytes = bytes_of(path);
  const auto header = header_of(bytes);
  if (!header) return;
  const std::vector<Elf64_Phdr> segments = segments_of(bytes, *header);
  for (const Elf64_Phdr& part : segments) {
    if (part.p_type == PT_LOAD) segments_.push_back({part.p_offset, part.p_filesz, part.p_vaddr});
  }
  const std::vector<Elf64_Shdr> sections = sections_of(bytes, *header);
  entries_ = functions_of(bytes, sections, SHT_SYMTAB);
  if (!entries_.empty()) return;
  const std::string debug = bytes_of(debug_file(bytes, segments));
  if (const auto debug_header = header_of(debug)) {
    entries_ = functions_of(debug, sections_of(debug, *debug_header), SHT_SYMTAB);
  }
  if (entries_.empty()) entries_ = functions_of(bytes, sections, SHT_DYNSYM);
}

std::uint64_t FunctionTable::address_of_offset(std::uint64_t file_offset) const {
  for (const Segment& segment : segments_) {
    if (file_offset - segment.offset < segment.size) return file_offset - segment.offset + segment.address;
  }
  return file_offset;
}

const FunctionTable::Entry* FunctionTable::find(std::uint64_t address) const {
  auto entry = std::upper_bound(entries_.begin(), entries_.end(), address,
                                [](std::uint64_t wanted, const Entry& e) { return wanted < e.address; });
  if (entry == entries_.begin()) return nullptr;
  const std::uint64_t start = std::prev(entry)->address;
  entry = std::lower_bound(entries_.begin(), entries_.end(), start,
                           [](const Entry& e, std::uint64_t wanted) { return e.address < wanted; });
  const bool inside = entry->size == 0 || address - start < entry->size;
  return inside ? &*entry : nullptr;
}

AddressSpace::AddressSpace(std::string_view maps) {
  while (!maps.empty()) {
    std::string_view line = maps.substr(0, maps.find('\n'));
    maps.remove_prefix(std::min(line.size() + 1, maps.size()));
    const std::string_view range = next_field(line);
    const std::string_view rights = next_field(line);
    const std::string_view offset = next_field(line);
    next_field(line);  // device
    next_field(line);  // inode
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::size_t dash = range.find('-');
    if (dash == std::string_view::npos || rights.find('x') == std::string_view::npos || line.empty())
      continue;
    mappings_.push_back({hexadecimal(range.substr(0, dash)), hexadecimal(range.substr(dash + 1)),
                         hexadecimal(offset), std::string(line)});
  }
}

Place AddressSpace::place_of(std::uint64_t pc) const {
  for (const Mapping& mapping : mappings_) {
    if (pc < mapping.begin || pc >= mapping.end) continue;
    const FunctionTable& table = tables_.try_emplace(mapping.file, mapping.file).first->second;
    const std::uint64_t address = table.address_of_offset(pc - mapping.begin + mapping.offset);
    const FunctionTable::Entry* entry = table.find(address);
    if (entry == nullptr) return {mapping.file, "", address};
    return {mapping.file, demangled(entry->name), entry->address};
  }
  return {std::string(kMachineCode), "", 0};
}

}  // namespace m2sim::cmd
