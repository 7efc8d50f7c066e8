#include "benchmarks/host/guest_loop.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "emu/elf/format.h"

namespace m2sim::benchmarks {
namespace {

constexpr std::uint64_t kText = 0x400000;

constexpr std::uint32_t kBefore[] = {
    0xd10403ff,  // sub sp, sp, #0x100
    0x910003ea,  // mov x10, sp
    0xd2800004,  // mov x4, #0x0
    0xd2800062,  // mov x2, #0x3
    0xd28000e3,  // mov x3, #0x7
    0x1e6f1002,  // fmov d2, #1.5
    0x1e6e9003,  // fmov d3, #1.25
    0x1e6e1004,  // fmov d4, #1.0
    0xd289c409,  // mov x9, #20000
};
constexpr std::uint32_t kBehind[] = {
    0xf1000529,  // subs x9, x9, #0x1
    0x54fff9e1,  // b.ne to the first copy
    0xd2800000,  // mov x0, #0x0
    0xd2800ba8,  // mov x8, #93
    0xd4000001,  // svc #0x0
};

std::vector<std::uint32_t> text_of(std::uint32_t word) {
  std::vector<std::uint32_t> text(std::begin(kBefore), std::end(kBefore));
  text.insert(text.end(), GuestLoop::kCopies, word);
  text.insert(text.end(), std::begin(kBehind), std::end(kBehind));
  return text;
}

}  // namespace

GuestLoop::GuestLoop(std::uint32_t word) {
  const std::vector<std::uint32_t> text = text_of(word);
  constexpr std::uint64_t kHeaders = sizeof(emu::ElfHeader) + sizeof(emu::ElfPhdr);
  const std::uint64_t size = kHeaders + text.size() * sizeof text[0];
  emu::ElfHeader header{};
  std::memcpy(header.magic, "\177ELF", sizeof header.magic);
  header.file_class = 2;
  header.data = 1;
  header.ident_version = 1;
  header.type = emu::kElfTypeExecutable;
  header.machine = emu::kElfMachineAarch64;
  header.version = 1;
  header.entry = kText + kHeaders;
  header.phdr_offset = sizeof header;
  header.header_size = sizeof header;
  header.phdr_size = sizeof(emu::ElfPhdr);
  header.phdr_count = 1;
  constexpr std::uint32_t kReadAndExecute = 5;
  const emu::ElfPhdr segment{emu::kPhdrLoad, kReadAndExecute, 0, kText, kText, size, size, 0x1000};

  std::vector<char> bytes(size);
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(&bytes[sizeof header], &segment, sizeof segment);
  std::memcpy(&bytes[kHeaders], text.data(), size - kHeaders);
  std::string name = (std::filesystem::temp_directory_path() / "m2sim-bench-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  const bool written =
      file >= 0 && ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  if (file >= 0) ::close(file);
  if (!written) throw std::runtime_error("cannot write " + name);
  path_ = name;
}

GuestLoop::~GuestLoop() { ::unlink(path_.c_str()); }

}  // namespace m2sim::benchmarks
