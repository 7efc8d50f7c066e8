#include "tests/rows/program.h"

#include <sys/wait.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "emu/elf/format.h"

namespace m2sim::rows {
namespace {

// As run_samples.s has them.
constexpr std::uint64_t kRunnerAddress = 0x400000;
constexpr std::uint64_t kRunnerMemory = 0x20000;
constexpr std::uint64_t kSamplesAddress = 0x10000000;
constexpr std::uint64_t kPage = 4096;

emu::ElfPhdr segment(std::uint32_t flags, std::uint64_t offset, std::uint64_t address,
                     std::uint64_t file_bytes, std::uint64_t memory_bytes) {
  return {emu::kPhdrLoad, flags, offset, address, address, file_bytes, memory_bytes, kPage};
}

constexpr std::uint64_t page_up(std::uint64_t value) { return (value + kPage - 1) / kPage * kPage; }

}  // namespace

std::vector<std::byte> make_program(std::span<const std::byte> runner, std::span<const Sample> samples) {
  constexpr std::uint32_t kReadWrite = 6;
  constexpr std::uint32_t kAll = 7;
  const std::uint64_t samples_at = kPage + page_up(runner.size());
  const std::uint64_t samples_bytes = kPage + samples.size_bytes();
  const std::array<emu::ElfPhdr, 3> phdrs = {
      segment(kAll, kPage, kRunnerAddress, runner.size(), kRunnerMemory),
      segment(kReadWrite, samples_at, kSamplesAddress, samples_bytes, page_up(samples_bytes)),
      segment(kAll, 0, kRegionBegin, 0, kRegionEnd - kRegionBegin),
  };
  emu::ElfHeader header{};
  std::memcpy(header.magic, "\177ELF", 4);
  header.file_class = 2;
  header.data = 1;
  header.ident_version = 1;
  header.type = emu::kElfTypeExecutable;
  header.machine = emu::kElfMachineAarch64;
  header.version = 1;
  header.entry = kRunnerAddress;
  header.phdr_offset = sizeof(header);
  header.header_size = sizeof(header);
  header.phdr_size = sizeof(emu::ElfPhdr);
  header.phdr_count = phdrs.size();
  header.section_size = sizeof(emu::ElfSection);
  std::vector<std::byte> file(samples_at + samples_bytes);
  std::memcpy(file.data(), &header, sizeof(header));
  std::memcpy(&file[sizeof(header)], phdrs.data(), sizeof(phdrs));
  std::memcpy(&file[kPage], runner.data(), runner.size());
  const std::uint64_t count = samples.size();
  std::memcpy(&file[samples_at], &count, sizeof(count));
  std::memcpy(&file[samples_at + kPage], samples.data(), samples.size_bytes());
  return file;
}

std::vector<std::byte> read_file(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + name);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto content = std::as_bytes(std::span(bytes));
  return {content.begin(), content.end()};
}

void write_file(const std::string& name, std::span<const std::byte> content) {
  std::ofstream out(name, std::ios::binary);
  out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  if (!out) throw std::runtime_error("cannot write " + name);
}

ScratchDirectory::ScratchDirectory() {
  std::string name = std::filesystem::temp_directory_path().string() + "/m2sim-rows-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}
ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Executor::Answer Executor::run_once(std::span<const Sample> samples, std::string& complaints) const {
  const ScratchDirectory directory;
  const std::string program = directory.file("program");
  const std::string out = directory.file("out");
  const std::string err = directory.file("err");
  write_file(program, make_program(runner_, samples));
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const std::string limit = "exec timeout --kill-after=5 " + std::to_string(kMostSeconds) + " ";
  const std::string command = limit + command_ + " '" + program + "' > '" + out + "' 2> '" + err + "'";
  const int status = std::system(command.c_str());
  const std::vector<std::byte> written = read_file(out);
  Answer answer;
  answer.after.resize(written.size() / sizeof(Sample));
  std::memcpy(answer.after.data(), written.data(), answer.after.size() * sizeof(Sample));
  if (status == 0 && answer.after.size() == samples.size()) return answer;
  constexpr int kTimedOut = 124;  // timeout's own
  if (WIFEXITED(status) && WEXITSTATUS(status) == kTimedOut) {
    answer.signal = kHung;
    return answer;
  }
  const std::vector<std::byte> text = read_file(err);
  complaints += name_ + " stopped with status " + std::to_string(status) + ":\n";
  complaints.append(reinterpret_cast<const char*>(text.data()), text.size());
  if (answer.after.size() == samples.size()) throw std::runtime_error(complaints);
  return answer;
}

std::vector<Sample> Executor::run(std::span<const Sample> samples, std::string& complaints) const {
  std::vector<Sample> after;
  while (after.size() < samples.size()) {
    const Answer some = run_once(samples.subspan(after.size()), complaints);
    after.insert(after.end(), some.after.begin(), some.after.end());
    if (after.size() == samples.size()) break;
    after.push_back(samples[after.size()]);
    after.back().signal = some.signal;
  }
  return after;
}

}  // namespace m2sim::rows
