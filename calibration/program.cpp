#include "calibration/program.h"

#include <cstring>

#include "emu/elf/format.h"

namespace m2sim::calibration {

std::vector<std::byte> program_of(std::span<const std::uint32_t> code, ProgramMemory memory) {
  constexpr std::uint32_t kReadAndExecute = 5;
  constexpr std::uint32_t kReadAndWrite = 6;
  constexpr std::uint64_t kHeaders = sizeof(emu::ElfHeader) + 2 * sizeof(emu::ElfPhdr);
  static_assert(kCodeAddress + kHeaders == kFirstWord);
  const std::uint64_t size = kHeaders + code.size_bytes();
  emu::ElfHeader header{};
  std::memcpy(header.magic, "\177ELF", sizeof header.magic);
  header.file_class = 2;
  header.data = 1;
  header.ident_version = 1;
  header.type = emu::kElfTypeExecutable;
  header.machine = emu::kElfMachineAarch64;
  header.version = 1;
  header.entry = kFirstWord;
  header.phdr_offset = sizeof header;
  header.header_size = sizeof header;
  header.phdr_size = sizeof(emu::ElfPhdr);
  header.phdr_count = 2;
  const emu::ElfPhdr segments[2] = {
      {emu::kPhdrLoad, kReadAndExecute, 0, kCodeAddress, kCodeAddress, size, size, 0x1000},
      {emu::kPhdrLoad, kReadAndWrite, 0, memory.address, memory.address, 0, memory.bytes, 0x1000}};

  std::vector<std::byte> bytes(size);
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(&bytes[sizeof header], segments, sizeof segments);
  std::memcpy(&bytes[kHeaders], code.data(), code.size_bytes());
  return bytes;
}

WrappedExperiment wrap(const Experiment& experiment, const ExperimentCode& code) {
  WrappedExperiment wrapped;
  std::vector<std::uint32_t>& words = wrapped.words;
  words.assign(code.beginning.begin(), code.beginning.end());
  words.insert(words.end(), code.setup.begin(), code.setup.end());
  wrapped.before = words.size();
  for (std::uint32_t i = 0; i < experiment.copies; ++i) {
    words.insert(words.end(), code.body.begin(), code.body.end());
  }
  words.insert(words.end(), code.end.begin(), code.end.end());
  wrapped.behind = experiment.loop == LoopEnd::kNone ? 0 : 1;
  wrapped.pass = experiment.copies * code.body.size() + code.end.size() - wrapped.behind;
  return wrapped;
}

}  // namespace m2sim::calibration
