#include "emu/elf/dynamic.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "emu/elf/format.h"

namespace m2sim::emu {

namespace {

struct Entry {
  std::uint64_t tag;
  std::uint64_t value;
};

constexpr std::uint64_t kNull = 0;
constexpr std::uint64_t kNeeded = 1;
constexpr std::uint64_t kStringTable = 5;
constexpr std::uint64_t kStringSize = 10;
constexpr std::uint64_t kSoname = 14;
constexpr std::uint64_t kRpath = 15;
constexpr std::uint64_t kRunpath = 29;

std::vector<Entry> entries_of(const ElfImage& image) {
  std::vector<Entry> entries;
  const std::span<const std::byte> bytes = image.bytes;
  for (unsigned i = 0; i < image.phdr_count; ++i) {
    const auto phdr = read_at<ElfPhdr>(bytes, image.phdr_offset + i * sizeof(ElfPhdr));
    if (!phdr || phdr->type != kPhdrDynamic) continue;
    for (std::uint64_t at = 0; at + sizeof(Entry) <= phdr->file_size; at += sizeof(Entry)) {
      const auto entry = read_at<Entry>(bytes, phdr->offset + at);
      if (!entry || entry->tag == kNull) break;
      entries.push_back(*entry);
    }
  }
  return entries;
}

// The file's bytes from a linked address to the end of its segment.
std::span<const std::byte> bytes_at(const ElfImage& image, std::uint64_t address) {
  for (const Segment& segment : image.segments) {
    if (address < segment.address || address - segment.address >= segment.file_size) continue;
    const std::uint64_t skipped = address - segment.address;
    return std::span(image.bytes).subspan(segment.file_offset + skipped, segment.file_size - skipped);
  }
  return {};
}

class Strings {
 public:
  Strings(const ElfImage& image, const std::vector<Entry>& entries) {
    std::uint64_t size = UINT64_MAX;
    for (const Entry& entry : entries) {
      if (entry.tag == kStringTable) table_ = bytes_at(image, entry.value);
      if (entry.tag == kStringSize) size = entry.value;
    }
    table_ = table_.first(std::min<std::uint64_t>(size, table_.size()));
  }

  std::optional<std::string> at(std::uint64_t offset) const {
    if (offset >= table_.size()) return std::nullopt;
    const char* text = reinterpret_cast<const char*>(table_.data() + offset);
    const std::size_t length = ::strnlen(text, table_.size() - offset);
    if (length == 0 || length == table_.size() - offset) return std::nullopt;
    return std::string(text, length);
  }

 private:
  std::span<const std::byte> table_;
};

}  // namespace

DynamicSection read_dynamic(const ElfImage& image) {
  DynamicSection result;
  const std::vector<Entry> entries = entries_of(image);
  const Strings strings(image, entries);
  for (const Entry& entry : entries) {
    const auto text = strings.at(entry.value);
    if (!text) continue;
    if (entry.tag == kNeeded) result.needed.push_back(*text);
    if (entry.tag == kSoname) result.soname = *text;
    if (entry.tag == kRpath) result.rpath = *text;
    if (entry.tag != kRunpath) continue;
    result.runpath = *text;
    result.has_runpath = true;
  }
  return result;
}

}  // namespace m2sim::emu
