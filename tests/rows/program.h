// Small static ELF programs that run samples and write what became of them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "tests/rows/sample.h"

namespace m2sim::rows {

// `runner`: the machine code of run_samples.s.
std::vector<std::byte> make_program(std::span<const std::byte> runner, std::span<const Sample> samples);

std::vector<std::byte> read_file(const std::string& name);
void write_file(const std::string& name, std::span<const std::byte> content);

// A directory of its own under the system's one for temporary files; disappears with its files.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// In place of a signal: why there is no state after a sample.
inline constexpr std::uint32_t kHung = 998;
inline constexpr std::uint32_t kLost = 999;
// For one program of a few hundred samples, which needs a second on a busy machine.
inline constexpr unsigned kMostSeconds = 60;

// Something that executes guest programs: `command` gets the program's name behind it.
class Executor {
 public:
  Executor(std::string name, std::string command, std::vector<std::byte> runner)
      : name_(std::move(name)), command_(std::move(command)), runner_(std::move(runner)) {}

  const std::string& name() const { return name_; }

  // The states after the samples. One whose program did not survive it comes back with signal kLost, and the
  // text that the executor left is in `complaints`; one that did not come back in time, with kHung.
  std::vector<Sample> run(std::span<const Sample> samples, std::string& complaints) const;

 private:
  // What came back, and why no more did.
  struct Answer {
    std::vector<Sample> after;
    std::uint32_t signal = kLost;
  };
  Answer run_once(std::span<const Sample> samples, std::string& complaints) const;

  std::string name_;
  std::string command_;
  std::vector<std::byte> runner_;
};

}  // namespace m2sim::rows
