// A guest program that does nothing but one instruction, over and over.
#pragma once

#include <cstdint>
#include <string>

namespace m2sim::benchmarks {

// An ELF file that goes away with its owner. The loop has kCopies of the instruction, a counter and the
// branch back. x2, x3 and d2 to d4 hold small numbers, x4 is zero, x10 points to 256 bytes of stack.
class GuestLoop {
 public:
  static constexpr unsigned kCopies = 48;
  static constexpr std::uint64_t kPasses = 20000;

  explicit GuestLoop(std::uint32_t word);
  ~GuestLoop();
  GuestLoop(const GuestLoop&) = delete;
  GuestLoop& operator=(const GuestLoop&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace m2sim::benchmarks
