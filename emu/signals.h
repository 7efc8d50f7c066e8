// Signal dispositions and mask as system calls see them.
#pragma once

#include <array>
#include <cstdint>

namespace m2sim::emu {

inline constexpr int kSignalCount = 64;

// arm64's struct sigaction as rt_sigaction passes it.
struct GuestSigaction {
  std::uint64_t handler = 0;  // 0: default, 1: ignore
  std::uint64_t flags = 0;
  std::uint64_t restorer = 0;
  std::uint64_t mask = 0;
};
static_assert(sizeof(GuestSigaction) == 32);

struct GuestSigaltstack {
  std::uint64_t pointer = 0;
  std::int32_t flags = 2;  // SS_DISABLE
  std::int32_t padding = 0;
  std::uint64_t size = 0;
};
static_assert(sizeof(GuestSigaltstack) == 24);

// Where a pending signal came from: siginfo_t's code, and the address of a fault.
struct SignalOrigin {
  int code = 0;
  std::uint64_t address = 0;
};

struct Signals {
  std::array<GuestSigaction, kSignalCount + 1> actions{};  // by signal number
  std::uint64_t blocked = 0;                               // bit n - 1: signal n
  std::uint64_t pending = 0;
  std::array<SignalOrigin, kSignalCount + 1> info{};  // of pending ones
  GuestSigaltstack alternate{};
};

// What Linux does with a signal whose action is the default one.
enum class DefaultAction : std::uint8_t { kTerminate, kIgnore, kStop };
DefaultAction default_action(int signal);

}  // namespace m2sim::emu
