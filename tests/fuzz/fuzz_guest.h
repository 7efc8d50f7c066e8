// Runs a guest program for a while, for fuzz targets: in a folder of its own, without system calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emu/emulator.h"
#include "emu/machine.h"
#include "emu/retired.h"
#include "tests/fuzz/fuzz_target.h"

namespace m2sim::fuzz {

inline constexpr std::uint64_t kMostInsts = 1000;

// A folder for files of the host, gone with its owner.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }
  // An executable file of that name below the folder; its path.
  std::string put(const std::string& name, std::span<const std::uint8_t> bytes) const;

 private:
  std::string path_;
};

// Counts what the log says, and that it is a log.
struct CountingSink {
  static constexpr bool kLogs = true;
  void consume(const emu::RetiredBatch& batch) {
    for (std::size_t i = 0; i < batch.words.size();) {
      require(batch.words[i] < batch.blocks.size(), "a record begins with the id of a block");
      insts += batch.blocks[batch.words[i]]->inst_count;
      i += 1U + batch.blocks[batch.words[i]]->mem_count;
    }
  }
  void blocks_cleared() {}
  std::uint64_t insts = 0;
};

// What a run leaves: the same whether there was a log or not.
struct Outcome {
  std::uint64_t insts = 0;
  std::vector<std::byte> memory;  // of what may be written
  bool operator==(const Outcome&) const = default;
};

// The guest must not reach the host's kernel while a fuzzer writes it: system calls become undefined, and
// code cannot be written any more.
void remove_system_calls(emu::Memory& memory);

// With and without a log, at most kMostInsts instructions; both ways must agree.
void run_guest(const std::string& program, const std::string& sysroot);

}  // namespace m2sim::fuzz
