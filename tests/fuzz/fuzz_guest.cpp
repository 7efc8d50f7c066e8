#include "tests/fuzz/fuzz_guest.h"

#include <filesystem>
#include <fstream>

#include "insts/decode.h"

namespace m2sim::fuzz {
namespace {

// More than any input needs; stacks and larger images are mostly zeros.
constexpr std::uint64_t kMostCompared = std::uint64_t{1} << 18U;

std::vector<std::byte> writable_memory(const emu::Memory& memory) {
  std::vector<std::byte> bytes;
  for (const emu::Region& region : memory.regions()) {
    const std::uint64_t size = region.end - region.begin;
    if ((region.protection & emu::kProtWrite) == 0 || size > kMostCompared) continue;
    const std::size_t at = bytes.size();
    bytes.resize(at + size);
    if (!memory.read(region.begin, bytes.data() + at, size)) bytes.resize(at);
  }
  return bytes;
}

template <class S>
Outcome run_once(const std::string& program, const std::string& sysroot, S& sink) {
  emu::MachineOptions options;
  options.program = program;
  options.sysroot = sysroot;
  options.start_time = 0;
  options.diagnostics = [](std::string_view /*line*/) {};
  emu::Machine machine(options);
  remove_system_calls(machine.memory());
  emu::Emulator emulator(machine);
  emulator.run(sink, {.insts = kMostInsts});
  require(emulator.stats().insts <= kMostInsts, "no more instructions than allowed");
  return {emulator.stats().insts, writable_memory(machine.memory())};
}

}  // namespace

Folder::Folder() : path_(std::filesystem::temp_directory_path() / "m2sim_fuzz_XXXXXX") {
  require(::mkdtemp(path_.data()) != nullptr, "a temporary folder can be made");
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::put(const std::string& name, std::span<const std::uint8_t> bytes) const {
  const std::filesystem::path path = std::filesystem::path(path_) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  require(file.good(), "the file takes the input");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

void remove_system_calls(emu::Memory& memory) {
  const std::vector<emu::Region> regions = memory.regions();
  for (const emu::Region& region : regions) {
    if (!region.executable()) continue;
    for (std::uint64_t pc = region.begin; pc < region.end; pc += 4) {
      std::uint32_t word = 0;
      if (!memory.fetch(region, pc, word) || insts::decode(word).op != insts::Op::kSVC) continue;
      word = 0;
      memory.write_any(pc, &word, sizeof(word));
    }
    const auto protection = static_cast<std::uint8_t>(region.protection & ~emu::kProtWrite);
    memory.protect(region.begin, region.end - region.begin, protection);
  }
}

void run_guest(const std::string& program, const std::string& sysroot) {
  emu::NoSink none;
  const Outcome silent = run_once(program, sysroot, none);
  CountingSink counting;
  const Outcome logged = run_once(program, sysroot, counting);
  require(counting.insts <= kMostInsts, "the log has no more than what retired");
  require(silent == logged, "a run with a log does what a run without does");
}

}  // namespace m2sim::fuzz
