#include "emu/elf/elf.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "emu/elf/format.h"
#include "emu/elf/refusal.h"

namespace m2sim::emu {

namespace {

static_assert(std::endian::native == std::endian::little, "ELF fields are read in place");

// Linux refuses more program headers than fit in 64 KiB; so do we.
constexpr std::uint64_t kMostPhdrBytes = 65536;

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case 3:
      return "x86";
    case 8:
      return "MIPS";
    case 20:
    case 21:
      return "PowerPC";
    case 22:
      return "s390";
    case 40:
      return "32-bit Arm";
    case 62:
      return "x86-64";
    case 243:
      return "RISC-V";
    case 258:
      return "LoongArch";
    default:
      return "machine number " + std::to_string(machine);
  }
}

std::string foreign_kind(std::span<const std::byte> bytes) {
  if (bytes.empty()) return "the file is empty";
  const auto starts = [bytes](std::string_view prefix) {
    return bytes.size() >= prefix.size() && std::memcmp(bytes.data(), prefix.data(), prefix.size()) == 0;
  };
  if (starts("#!")) return "a script, not an ELF program; run its interpreter and give it the script";
  if (starts("\xcf\xfa\xed\xfe") || starts("\xca\xfe\xba\xbe")) {
    return "a macOS program (Mach-O), not an ELF program; build it for Linux";
  }
  if (starts("MZ")) return "a Windows program, not an ELF program; build it for Linux";
  if (starts("!<arch>\n")) return "a static library, not a program";
  return "not an ELF program";
}

}  // namespace

ElfHeader checked_header(const std::string& path, std::span<const std::byte> bytes, std::uint64_t file_size) {
  if (bytes.size() < 4 || std::memcmp(bytes.data(),
                                      "\x7f"
                                      "ELF",
                                      4) != 0) {
    refuse_elf(path, foreign_kind(bytes));
  }
  const auto header = read_at<ElfHeader>(bytes, 0);
  if (!header) {
    refuse_elf(path, "truncated: " + std::to_string(bytes.size()) + " bytes, an ELF header alone has 64");
  }
  if (header->file_class == 1 || header->machine == 40) {
    refuse_elf(path, "a 32-bit program; m2sim runs 64-bit ARM programs (aarch64)");
  }
  if (header->file_class != 2) refuse_elf(path, "damaged: ELF class " + std::to_string(header->file_class));
  if (header->data != 1) refuse_elf(path, "a big-endian program; m2sim runs little-endian aarch64 programs");
  if (header->machine != kElfMachineAarch64) {
    refuse_elf(path, "a program for " + machine_name(header->machine) +
                         "; m2sim runs aarch64 programs (aarch64-linux-gnu-gcc -static makes them)");
  }
  if (header->type == kElfTypeRelocatable) refuse_elf(path, "an object file; link it into a program first");
  if (header->type == kElfTypeCore) refuse_elf(path, "a core dump, not a program");
  if (header->type != kElfTypeExecutable && header->type != kElfTypeShared) {
    refuse_elf(path, "damaged: ELF type " + std::to_string(header->type));
  }
  if (header->phdr_count == 0) refuse_elf(path, "no program headers, so nothing to load");
  if (header->phdr_size != sizeof(ElfPhdr)) {
    refuse_elf(path, "damaged: program headers of " + std::to_string(header->phdr_size) + " bytes, not 56");
  }
  const std::uint64_t table = std::uint64_t{header->phdr_count} * sizeof(ElfPhdr);
  if (table > kMostPhdrBytes || header->phdr_offset > file_size || file_size - header->phdr_offset < table) {
    refuse_elf(path, "damaged or truncated: " + std::to_string(header->phdr_count) +
                         " program headers at offset " + hex(header->phdr_offset) +
                         " do not fit the file of " + std::to_string(file_size) + " bytes");
  }
  return *header;
}

namespace {

std::uint8_t protection_of(std::uint32_t flags) {
  std::uint8_t protection = kProtNone;
  if ((flags & 4U) != 0) protection |= kProtRead;
  if ((flags & 2U) != 0) protection |= kProtWrite;
  if ((flags & 1U) != 0) protection |= kProtExec;
  return protection;
}

std::string segment_text(unsigned index, const ElfPhdr& phdr) {
  return "segment " + std::to_string(index) + " (offset " + hex(phdr.offset) + ", address " +
         hex(phdr.address) + ", " + hex(phdr.file_size) + " bytes in the file, " + hex(phdr.memory_size) +
         " in memory)";
}

void add_segment(ElfImage& image, unsigned index, const ElfPhdr& phdr) {
  const std::string& path = image.path;
  if (phdr.file_size > phdr.memory_size) {
    refuse_elf(path, "damaged: " + segment_text(index, phdr) + " is larger in the file than in memory");
  }
  // Linkers place the offset of a segment of zeros alone behind the file's end; nothing is read there.
  const std::uint64_t offset = phdr.file_size == 0 ? 0 : phdr.offset;
  if (offset > image.bytes.size() || image.bytes.size() - offset < phdr.file_size) {
    refuse_elf(path, "truncated: " + segment_text(index, phdr) + " ends behind the file's " +
                         std::to_string(image.bytes.size()) + " bytes");
  }
  // Half the address space is more than any layout can use, and keeps later sums from wrapping.
  constexpr std::uint64_t kMost = std::uint64_t{1} << 62U;
  if (phdr.address >= kMost || phdr.memory_size >= kMost) {
    refuse_elf(path, "damaged: " + segment_text(index, phdr) + " does not fit the address space");
  }
  // The specification asks for it, and linkers keep it; what breaks it was not written by one.
  const bool power_of_two = (phdr.align & (phdr.align - 1)) == 0;
  if (!power_of_two || (phdr.align > 1 && (phdr.address - phdr.offset) % phdr.align != 0)) {
    refuse_elf(
        path, "damaged: " + segment_text(index, phdr) + " does not keep its alignment of " + hex(phdr.align));
  }
  if (phdr.memory_size == 0) return;
  image.segments.push_back(
      {phdr.address, phdr.memory_size, offset, phdr.file_size, protection_of(phdr.flags)});
}

void set_interpreter(ElfImage& image, const ElfPhdr& phdr) {
  const std::uint64_t size = image.bytes.size();
  if (phdr.offset > size || size - phdr.offset < phdr.file_size || phdr.file_size < 2 ||
      phdr.file_size > 4096) {
    refuse_elf(image.path, "damaged: the interpreter's name lies outside the file");
  }
  const char* text = reinterpret_cast<const char*>(image.bytes.data() + phdr.offset);
  const std::string_view name(text, ::strnlen(text, phdr.file_size));
  // Messages show it, and must not write what they like to a terminal.
  const bool printable = std::none_of(name.begin(), name.end(), is_control);
  if (name.empty() || name.size() == phdr.file_size || !printable) {
    refuse_elf(image.path, "damaged: the interpreter's name is not a string");
  }
  image.interpreter = name;
}

void check_entry(const ElfImage& image) {
  const auto& segments = image.segments;
  const bool in_code = std::any_of(segments.begin(), segments.end(), [&image](const Segment& segment) {
    return (segment.protection & kProtExec) != 0 && image.entry >= segment.address &&
           image.entry < segment.end();
  });
  if (in_code && image.entry % 4 == 0) return;
  const bool library = image.position_independent && image.entry == 0;
  refuse_elf(image.path, library ? std::string("a shared library, not a program")
                                 : "damaged: the entry point " + hex(image.entry) +
                                       " is not an instruction in an executable segment");
}

void check_layout(ElfImage& image) {
  auto& segments = image.segments;
  if (segments.empty()) refuse_elf(image.path, "no loadable segment, so nothing to run");
  std::sort(segments.begin(), segments.end(),
            [](const Segment& a, const Segment& b) { return a.address < b.address; });
  for (std::size_t i = 1; i < segments.size(); ++i) {
    if (segments[i].address < segments[i - 1].end()) {
      refuse_elf(image.path, "damaged: the segments at " + hex(segments[i - 1].address) + " and " +
                                 hex(segments[i].address) + " overlap");
    }
  }
}

// Where the program finds its own headers at run time (AT_PHDR); static-pie needs it to relocate itself.
std::uint64_t phdr_address(const ElfImage& image, std::uint64_t table_entry) {
  if (table_entry != 0) return table_entry;
  const std::uint64_t size = std::uint64_t{image.phdr_count} * sizeof(ElfPhdr);
  for (const Segment& segment : image.segments) {
    if (image.phdr_offset >= segment.file_offset && segment.file_size >= size &&
        image.phdr_offset - segment.file_offset <= segment.file_size - size) {
      return segment.address + (image.phdr_offset - segment.file_offset);
    }
  }
  return 0;
}

}  // namespace

ElfImage parse_elf(std::string path, std::vector<std::byte> bytes, ElfUse use) {
  ElfImage image;
  image.path = std::move(path);
  image.bytes = std::move(bytes);
  const ElfHeader header = checked_header(image.path, image.bytes, image.bytes.size());
  image.entry = header.entry;
  image.phdr_offset = header.phdr_offset;
  image.phdr_count = header.phdr_count;
  image.position_independent = header.type == kElfTypeShared;
  std::uint64_t table_entry = 0;
  for (unsigned i = 0; i < header.phdr_count; ++i) {
    const auto phdr = read_at<ElfPhdr>(image.bytes, header.phdr_offset + i * sizeof(ElfPhdr));
    if (phdr->type == kPhdrLoad) add_segment(image, i, *phdr);
    if (phdr->type == kPhdrInterpreter) set_interpreter(image, *phdr);
    if (phdr->type == kPhdrTable) table_entry = phdr->address;
    if (phdr->type == kPhdrGnuStack) image.executable_stack = (phdr->flags & 1U) != 0;
  }
  check_layout(image);
  if (use == ElfUse::kProgram) check_entry(image);
  image.phdr_address = phdr_address(image, table_entry);
  return image;
}

std::vector<ElfSection> section_headers(const ElfImage& image) {
  std::vector<ElfSection> sections;
  const auto header = read_at<ElfHeader>(image.bytes, 0);
  if (!header || header->section_size != sizeof(ElfSection)) return sections;
  for (unsigned i = 0; i < header->section_count; ++i) {
    // An offset near 2^64 may wrap: the bytes that it finds are then as good as any.
    const auto section = read_at<ElfSection>(image.bytes, header->section_offset + i * sizeof(ElfSection));
    if (!section) break;
    sections.push_back(*section);
  }
  return sections;
}

}  // namespace m2sim::emu
