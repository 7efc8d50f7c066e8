// From file to bytes, and from a checked image to guest memory.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "emu/elf/elf.h"
#include "emu/elf/refusal.h"
#include "emu/user_error.h"

namespace m2sim::emu {
namespace {

// vm.mmap_min_addr as distributions set it: Linux maps nothing below, so that null pointers fault.
constexpr std::uint64_t kLowestSegment = 0x10000;

// The largest programs with debug information have some GiB; what is larger is no program.
constexpr std::uint64_t kMostFileBytes = std::uint64_t{4} << 30U;
constexpr std::size_t kReadBytes = std::size_t{1} << 20U;

[[noreturn]] void fail(const std::string& path, int reason) {
  const bool absent = reason == ENOENT || reason == ENOTDIR;
  throw UserError("cannot open " + path + ": " + std::generic_category().message(reason),
                  absent ? UserError::Kind::kNotFound : UserError::Kind::kNotExecutable);
}

void require_regular(const std::string& path, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return;
  refuse_elf(path, S_ISDIR(status.st_mode) ? "a directory, not a program" : "not a regular file");
}

// Closes a host descriptor, whichever way its scope is left.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : path_(path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) fail(path, errno);
    // Before opening: opening a device may do something, and would let a pipe's writer go on.
    require_regular(path, status);
    fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd_ < 0) fail(path, errno);
  }
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  std::uint64_t size() const {
    struct stat status {};
    if (::fstat(fd_, &status) != 0) fail(path_, errno);
    require_regular(path_, status);
    return static_cast<std::uint64_t>(status.st_size);
  }

  // Appends at most `most` bytes; false at the end of the file, which may come before its size.
  bool read(std::vector<std::byte>& bytes, std::uint64_t most) const {
    const std::size_t before = bytes.size();
    bytes.resize(before + most);
    ssize_t got = -1;
    do got = ::read(fd_, bytes.data() + before, most);
    while (got < 0 && errno == EINTR);
    if (got < 0) fail(path_, errno);
    bytes.resize(before + static_cast<std::size_t>(got));
    return got > 0;
  }

 private:
  const std::string& path_;
  int fd_ = -1;
};

}  // namespace

std::string hex(std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), kDigits[value & 15U]);
    value >>= 4U;
  } while (value != 0);
  return "0x" + text;
}

void refuse_elf(const std::string& path, const std::string& why) {
  throw UserError(path + ": " + why, UserError::Kind::kNotExecutable);
}

ElfImage read_elf(const std::string& path, ElfUse use) {
  const OpenFile file(path);
  const std::uint64_t size = file.size();
  std::vector<std::byte> bytes;
  // A file that is no program is known by its first bytes, however many follow.
  while (bytes.size() < sizeof(ElfHeader) && file.read(bytes, sizeof(ElfHeader) - bytes.size())) {
  }
  checked_header(path, bytes, size);
  if (size > kMostFileBytes) {
    refuse_elf(path, "a file of " + std::to_string(size) + " bytes; m2sim loads programs of at most " +
                         std::to_string(kMostFileBytes) + " (strip removes debug information)");
  }
  while (bytes.size() < size && file.read(bytes, std::min<std::uint64_t>(size - bytes.size(), kReadBytes))) {
  }
  bytes.shrink_to_fit();
  return parse_elf(path, std::move(bytes), use);
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
    refuse_elf(image.path,
               "the segment of " + hex(segment.memory_size) + " bytes at " + hex(segment.address) + why);
  };
  std::uint64_t mapped_to = 0;
  for (const Segment& segment : image.segments) {
    const std::uint64_t begin = std::max(down(segment.address + bias), mapped_to);
    const std::uint64_t end = up(segment.end() + bias);
    if (begin < kLowestSegment) {
      refuse(segment, " lies below " + hex(kLowestSegment) +
                          ", where Linux maps nothing (vm.mmap_min_addr); link it higher");
    }
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
