// Filters of system calls: classic BPF over what a call is (seccomp(2)).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace m2sim::emu {

// struct sock_filter.
struct BpfInstruction {
  std::uint16_t code;
  std::uint8_t if_true;
  std::uint8_t if_false;
  std::uint32_t value;
};
static_assert(sizeof(BpfInstruction) == 8);

// struct seccomp_data.
struct SeccompData {
  std::int32_t number;
  std::uint32_t architecture;
  std::uint64_t pc;
  std::array<std::uint64_t, 6> args;
};
static_assert(sizeof(SeccompData) == 64);

// What becomes of a call; numbers of SECCOMP_RET_*, the lower half is data.
enum class SeccompAction : std::uint32_t {
  kKillProcess = 0x80000000,
  kKillThread = 0,
  kTrap = 0x00030000,
  kError = 0x00050000,
  kNotify = 0x7fc00000,
  kTrace = 0x7ff00000,
  kLog = 0x7ffc0000,
  kAllow = 0x7fff0000,
};

// Filters that a thread has set, the newest first; a new thread begins with its creator's.
struct SeccompFilter {
  std::vector<BpfInstruction> program;
  std::shared_ptr<const SeccompFilter> before;
};

// Whether Linux would take it: jumps within, loads within SeccompData, a return at the end.
bool valid_filter(std::span<const BpfInstruction> program);

// Of all filters the one that allows least: action and data.
std::uint32_t filtered(const SeccompFilter& filters, const SeccompData& data);

}  // namespace m2sim::emu
