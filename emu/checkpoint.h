// A guest in a file: what Machine::checkpoint() gives, and another Machine begins with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "emu/cpu/processor.h"
#include "emu/machine_options.h"

namespace m2sim::emu {

class SectionReader;

// What a user has said of the run that the checkpoint is of.
struct CheckpointOrigin {
  std::string program;
  std::vector<std::string> argv;
  std::vector<std::string> environment;
  std::vector<std::string> limits;  // as he wrote them
  std::string directory;            // the guest's first one
  std::string sysroot;
  std::int64_t start_time = 0;
  Cpu cpu = Cpu::kM2;
  std::uint64_t instructions = 0;  // since the program began
  std::string core;                // whose parts have learned `learned`; empty: none
  std::string config_sha256;       // of its configuration
  std::string learned;

  template <class Archive>
  void fields(Archive& archive) {
    archive(program, argv, environment, limits, directory, sysroot, start_time, cpu, instructions, core,
            config_sha256, learned);
  }
};

class Checkpoint {
 public:
  // All of a file. Throws UserError for what is no checkpoint, is damaged, or is of another m2sim.
  explicit Checkpoint(std::string bytes);
  ~Checkpoint();
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  const CheckpointOrigin& origin() const { return origin_; }
  // What stands behind the origin, once.
  SectionReader& sections() { return *sections_; }

 private:
  std::string bytes_;
  std::unique_ptr<SectionReader> sections_;
  CheckpointOrigin origin_;
};

}  // namespace m2sim::emu
