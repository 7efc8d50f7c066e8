#include "emu/elf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include "emu/elf_format.h"
#include "emu/user_error.h"

namespace m2sim::emu {

namespace {

static_assert(std::endian::native == std::endian::little, "ELF fields are read in place");

// Below this address Linux maps nothing (vm.mmap_min_addr), so that null pointers fault.
constexpr std::uint64_t kLowestSegment = 0x1000;
// Linux refuses more program headers than fit in 64 KiB; so do we.
constexpr std::uint64_t kMostPhdrBytes = 65536;

std::string hex(std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), kDigits[value & 15U]);
    value >>= 4U;
  } while (value != 0);
  return "0x" + text;
}

[[noreturn]] void reject(const std::string& path, const std::string& why) {
  throw UserError(path + ": " + why, kExitNotExecutable);
}

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

ElfHeader checked_header(const std::string& path, std::span<const std::byte> bytes) {
  if (bytes.size() < 4 || std::memcmp(bytes.data(),
                                      "\x7f"
                                      "ELF",
                                      4) != 0) {
    reject(path, foreign_kind(bytes));
  }
  const auto header = read_at<ElfHeader>(bytes, 0);
  if (!header) {
    reject(path, "truncated: " + std::to_string(bytes.size()) + " bytes, an ELF header alone has 64");
  }
  if (header->file_class == 1 || header->machine == 40) {
    reject(path, "a 32-bit program; m2sim runs 64-bit ARM programs (aarch64)");
  }
  if (header->file_class != 2) reject(path, "damaged: ELF class " + std::to_string(header->file_class));
  if (header->data != 1) reject(path, "a big-endian program; m2sim runs little-endian aarch64 programs");
  if (header->machine != kElfMachineAarch64) {
    reject(path, "a program for " + machine_name(header->machine) +
                     "; m2sim runs aarch64 programs (aarch64-linux-gnu-gcc -static makes them)");
  }
  if (header->type == kElfTypeRelocatable) reject(path, "an object file; link it into a program first");
  if (header->type == kElfTypeCore) reject(path, "a core dump, not a program");
  if (header->type != kElfTypeExecutable && header->type != kElfTypeShared) {
    reject(path, "damaged: ELF type " + std::to_string(header->type));
  }
  if (header->phdr_count == 0) reject(path, "no program headers, so nothing to load");
  if (header->phdr_size != sizeof(ElfPhdr)) {
    reject(path, "damaged: program headers of " + std::to_string(header->phdr_size) + " bytes, not 56");
  }
  const std::uint64_t table = std::uint64_t{header->phdr_count} * sizeof(ElfPhdr);
  if (table > kMostPhdrBytes || header->phdr_offset > bytes.size() ||
      bytes.size() - header->phdr_offset < table) {
    reject(path, "damaged or truncated: " + std::to_string(header->phdr_count) +
                     " program headers at offset " + hex(header->phdr_offset) + " do not fit the file of " +
                     std::to_string(bytes.size()) + " bytes");
  }
  return *header;
}

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
    reject(path, "damaged: " + segment_text(index, phdr) + " is larger in the file than in memory");
  }
  if (phdr.offset > image.bytes.size() || image.bytes.size() - phdr.offset < phdr.file_size) {
    reject(path, "truncated: " + segment_text(index, phdr) + " ends behind the file's " +
                     std::to_string(image.bytes.size()) + " bytes");
  }
  // Half the address space is more than any layout can use, and keeps later sums from wrapping.
  constexpr std::uint64_t kMost = std::uint64_t{1} << 62U;
  if (phdr.address >= kMost || phdr.memory_size >= kMost) {
    reject(path, "damaged: " + segment_text(index, phdr) + " does not fit the address space");
  }
  if (phdr.memory_size == 0) return;
  image.segments.push_back(
      {phdr.address, phdr.memory_size, phdr.offset, phdr.file_size, protection_of(phdr.flags)});
}

void set_interpreter(ElfImage& image, const ElfPhdr& phdr) {
  const std::uint64_t size = image.bytes.size();
  if (phdr.offset > size || size - phdr.offset < phdr.file_size || phdr.file_size < 2 ||
      phdr.file_size > 4096) {
    reject(image.path, "damaged: the interpreter's name lies outside the file");
  }
  const char* text = reinterpret_cast<const char*>(image.bytes.data() + phdr.offset);
  image.interpreter.assign(text, ::strnlen(text, phdr.file_size));
}

void check_layout(ElfImage& image) {
  auto& segments = image.segments;
  if (segments.empty()) reject(image.path, "no loadable segment, so nothing to run");
  std::sort(segments.begin(), segments.end(),
            [](const Segment& a, const Segment& b) { return a.address < b.address; });
  for (std::size_t i = 1; i < segments.size(); ++i) {
    if (segments[i].address < segments[i - 1].end()) {
      reject(image.path, "damaged: the segments at " + hex(segments[i - 1].address) + " and " +
                             hex(segments[i].address) + " overlap");
    }
  }
  const bool entry_in_code = std::any_of(segments.begin(), segments.end(), [&image](const Segment& segment) {
    return (segment.protection & kProtExec) != 0 && image.entry >= segment.address &&
           image.entry < segment.end();
  });
  if (!entry_in_code || image.entry % 4 != 0) {
    const bool library = image.position_independent && image.entry == 0;
    reject(image.path, library ? std::string("a shared library, not a program")
                               : "damaged: the entry point " + hex(image.entry) +
                                     " is not an instruction in an executable segment");
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

ElfImage parse_elf(std::string path, std::vector<std::byte> bytes) {
  ElfImage image;
  image.path = std::move(path);
  image.bytes = std::move(bytes);
  const ElfHeader header = checked_header(image.path, image.bytes);
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
  image.phdr_address = phdr_address(image, table_entry);
  return image;
}

ElfImage read_elf(const std::string& path) {
  const auto fail = [&path](int reason) {
    const int status = reason == ENOENT || reason == ENOTDIR ? kExitNotFound : kExitNotExecutable;
    throw UserError("cannot open " + path + ": " + std::generic_category().message(reason), status);
  };
  // Non-blocking, so that a pipe without a writer does not hold us up before we can refuse it.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) fail(errno);
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(fd);
    reject(path, S_ISDIR(status.st_mode) ? "a directory, not a program" : "not a regular file");
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t have = 0;
  ssize_t got = 1;
  while (have < bytes.size() && got > 0) {
    got = ::read(fd, bytes.data() + have, bytes.size() - have);
    if (got > 0) have += static_cast<std::size_t>(got);
  }
  const int reason = errno;
  ::close(fd);
  if (got < 0) fail(reason);
  bytes.resize(have);
  return parse_elf(path, std::move(bytes));
}

// Segments are mapped out to whole pages of the size that the guest is told, so that a program which rounds
// by it (glibc's RELRO protection does) finds no hole; to smaller ones where segments would meet.
static std::uint64_t segment_page(const ElfImage& image, const Memory& memory) {
  const Segment* before = nullptr;
  for (const Segment& segment : image.segments) {
    if (before != nullptr && segment.address / kGuestPage <= (before->end() - 1) / kGuestPage) {
      return memory.granularity();
    }
    before = &segment;
  }
  return kGuestPage;
}

void load_elf(const ElfImage& image, std::uint64_t bias, Memory& memory) {
  const std::uint64_t page = segment_page(image, memory);
  const auto down = [page](std::uint64_t address) { return address / page * page; };
  const auto up = [down, page](std::uint64_t address) { return down(address + page - 1); };
  const auto refuse = [&image](const Segment& segment, const std::string& why) {
    reject(image.path,
           "the segment of " + hex(segment.memory_size) + " bytes at " + hex(segment.address) + why);
  };
  std::uint64_t mapped_to = 0;
  for (const Segment& segment : image.segments) {
    const std::uint64_t begin = std::max(down(segment.address + bias), mapped_to);
    const std::uint64_t end = up(segment.end() + bias);
    if (segment.address + bias < kLowestSegment)
      refuse(segment, " would lie in the null page; link it higher");
    if (end > memory.limit()) {
      refuse(segment, " ends beyond the guest's address space of " + hex(memory.limit()) + " bytes");
    }
    if (begin < end && !memory.map(begin, end - begin, kProtRead | kProtWrite, image.path)) {
      refuse(segment, " cannot be mapped: the host refuses the memory");
    }
    mapped_to = end;
    memory.write_any(segment.address + bias, image.bytes.data() + segment.file_offset, segment.file_size);
  }
  // A page that two segments share gets the rights of both.
  std::uint64_t protected_to = 0;
  std::uint8_t last = kProtNone;
  for (const Segment& segment : image.segments) {
    std::uint64_t begin = down(segment.address + bias);
    const std::uint64_t end = up(segment.end() + bias);
    std::uint8_t here = segment.protection;
    if (begin < protected_to) {
      here = static_cast<std::uint8_t>(here | last);
      memory.protect(begin, page, here);
      begin += page;
    }
    if (begin < end) memory.protect(begin, end - begin, here = segment.protection);
    protected_to = end;
    last = here;
  }
}

}  // namespace m2sim::emu
