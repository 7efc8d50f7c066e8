// The initial stack of a process: strings, auxiliary vector, environment, arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emu/memory/memory.h"

namespace m2sim::emu {

// The auxiliary vector's tags (System V ABI, Linux <linux/auxvec.h>).
enum class Aux : std::uint64_t {
  kNull = 0,
  kPhdr = 3,
  kPhent = 4,
  kPhnum = 5,
  kPagesz = 6,
  kBase = 7,
  kFlags = 8,
  kEntry = 9,
  kUid = 11,
  kEuid = 12,
  kGid = 13,
  kEgid = 14,
  kPlatform = 15,
  kHwcap = 16,
  kClktck = 17,
  kSecure = 23,
  kRandom = 25,
  kHwcap2 = 26,
  kExecfn = 31,
  kMinsigstksz = 51,
};

struct AuxEntry {
  Aux tag;
  std::uint64_t value;
};

struct StackContents {
  std::vector<std::string> argv;
  std::vector<std::string> envp;
  std::vector<AuxEntry> auxv;  // without kExecfn, kPlatform, kRandom and kNull, which this adds
  std::string execfn;
  std::uint64_t random[2];  // AT_RANDOM's 16 bytes
};

// Where things came to lie; addresses of the guest.
struct StackLayout {
  std::uint64_t stack_pointer;  // a multiple of 16, argc on it
  std::uint64_t arguments_begin;
  std::uint64_t arguments_end;
  std::uint64_t environment_begin;
  std::uint64_t environment_end;
  std::vector<std::byte> auxv;  // as it lies in memory, kNull included
};

// The longest single string of argv or envp, zero byte included (Linux: 32 pages).
inline constexpr std::uint64_t kStringMost = 32 * kGuestPage;

// Writes below `top` into mapped memory. Nothing when arguments and environment take more than `most` bytes
// or one of them more than kStringMost.
std::optional<StackLayout> write_stack(const StackContents& contents, std::uint64_t top, std::uint64_t most,
                                       Memory& memory);

}  // namespace m2sim::emu
