// The file that a checkpoint is: a head and sections behind each other, each with a name, its length and a
// checksum over both and its compressed bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emu/linux/checkpoint/archive.h"

namespace m2sim::emu {

// Grows with every change of what a section has.
inline constexpr std::uint32_t kCheckpointSchema = 2;

class SectionWriter {
 public:
  SectionWriter();
  void add(std::string_view name, const Archive& section);
  // With the last section behind it: the whole file.
  std::string finish();

 private:
  std::string bytes_;
  std::uint64_t count_ = 0;
};

class SectionReader {
 public:
  // Throws UserError for what is no checkpoint, is damaged, or is of another m2sim; `bytes` stay the
  // caller's.
  explicit SectionReader(std::string_view bytes);
  // The next one, which must have this name.
  Archive next(const char* name);
  // There is nothing more but what ends the file.
  void finish();

 private:
  void check() const;

  std::string_view rest_;
};

}  // namespace m2sim::emu
