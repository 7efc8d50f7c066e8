#include "emu/elf/code.h"

#include <algorithm>

#include "emu/elf/format.h"
#include "emu/elf/symbols.h"

namespace m2sim::emu {

namespace {

constexpr std::uint64_t kWord = 4;

struct Mark {
  std::uint64_t address;
  bool code;
};

// Where code and data begin, by address.
std::vector<Mark> marks_of(const ElfImage& image) {
  std::vector<Mark> marks;
  for (const NamedSymbol& symbol : symbol_table(image, kSectionSymbols)) {
    const bool code = symbol.name.starts_with("$x");
    if (code || symbol.name.starts_with("$d")) marks.push_back({symbol.address, code});
  }
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Mark& a, const Mark& b) { return a.address < b.address; });
  return marks;
}

CodeRange whole_words(std::uint64_t address, std::uint64_t file_offset, std::uint64_t size) {
  const std::uint64_t skipped = std::min((kWord - address % kWord) % kWord, size);
  return {address + skipped, file_offset + skipped, (size - skipped) / kWord * kWord, false};
}

bool holds(const Segment& segment, const ElfSection& section) {
  return (segment.protection & kProtExec) != 0 && section.address >= segment.address &&
         section.offset >= segment.file_offset &&
         section.address - segment.address == section.offset - segment.file_offset &&
         section.offset - segment.file_offset <= segment.file_size &&
         section.size <= segment.file_size - (section.offset - segment.file_offset);
}

std::vector<CodeRange> executable_parts(const ElfImage& image) {
  std::vector<CodeRange> parts;
  for (const ElfSection& section : section_headers(image)) {
    if (section.type != kSectionProgram || (section.flags & kSectionExecutable) == 0) continue;
    if (std::none_of(image.segments.begin(), image.segments.end(),
                     [&section](const Segment& segment) { return holds(segment, section); })) {
      continue;
    }
    parts.push_back(whole_words(section.address, section.offset, section.size));
  }
  if (parts.empty()) {
    for (const Segment& segment : image.segments) {
      if ((segment.protection & kProtExec) == 0) continue;
      parts.push_back(whole_words(segment.address, segment.file_offset, segment.file_size));
    }
  }
  std::sort(parts.begin(), parts.end(),
            [](const CodeRange& a, const CodeRange& b) { return a.address < b.address; });
  return parts;
}

}  // namespace

CodeMap code_map(const ElfImage& image) {
  CodeMap map;
  const std::vector<Mark> marks = marks_of(image);
  std::uint64_t done_to = 0;  // sections of a damaged file may overlap
  for (const CodeRange& part : executable_parts(image)) {
    const std::uint64_t end = part.address + part.size;
    std::uint64_t at = std::max(part.address, done_to);
    bool marked = false;
    bool code = true;
    auto mark = std::partition_point(marks.begin(), marks.end(),
                                     [at](const Mark& candidate) { return candidate.address < at; });
    while (at < end) {
      for (; mark != marks.end() && mark->address <= at; ++mark) {
        marked = true;
        code = mark->code;
      }
      // Marks inside a word move to its end: data that is no multiple of 4 long is padded.
      const std::uint64_t next =
          mark == marks.end() ? end : std::min((mark->address + kWord - 1) / kWord * kWord, end);
      if (code) {
        map.ranges.push_back({at, part.file_offset + (at - part.address), next - at, marked});
      } else {
        map.data_bytes += next - at;
      }
      at = next;
    }
    done_to = std::max(done_to, end);
  }
  return map;
}

}  // namespace m2sim::emu
