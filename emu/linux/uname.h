// The machine and the system that the guest is told it runs on. None of it is the host's: what a program
// reads of it decides what it executes, and every run shall execute the same.
#pragma once

#include <cstdint>
#include <string_view>

namespace m2sim::emu::machine {

inline constexpr std::string_view kSystem = "Linux";
inline constexpr std::string_view kHostName = "m2sim";
inline constexpr std::string_view kDomain = "(none)";
inline constexpr std::string_view kRelease = "6.4.0";  // the first with the M2's device trees
inline constexpr std::string_view kVersion = "#1 SMP PREEMPT";
inline constexpr std::string_view kArchitecture = "aarch64";

// Programs size their tables by these: the smallest M2, half of it free.
inline constexpr std::uint64_t kMemory = std::uint64_t{8} << 30U;      // bytes
inline constexpr std::uint64_t kFreeMemory = std::uint64_t{4} << 30U;  // bytes

// Every file system, in blocks of its own size; free is half.
inline constexpr std::uint64_t kDiskBytes = std::uint64_t{64} << 30U;
inline constexpr std::uint64_t kDiskFiles = std::uint64_t{1} << 22U;

inline constexpr int kMostProcessId = 4'194'304;
inline constexpr std::uint64_t kClockTicks = 100;  // a second: USER_HZ

}  // namespace m2sim::emu::machine
