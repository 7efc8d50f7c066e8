// The texts behind proc_files.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "emu/linux/uname.h"

namespace m2sim::emu {

inline constexpr std::uint64_t kSecond = 1'000'000'000;  // ns
inline constexpr std::uint64_t kTick = kSecond / machine::kClockTicks;
inline constexpr std::uint64_t kKilo = 1024;

class Kernel;
struct Process;
struct Task;

// Below /proc/<pid>/ or /proc/<pid>/task/<tid>/. `task` is null when the process has ended.
struct ProcessText {
  std::string_view name;
  std::uint32_t permissions;
  std::string (*text)(const Process& process, const Task* task);  // null: nobody may read it
};
std::span<const ProcessText> process_texts();

// Of the whole machine, by full name.
struct MachineText {
  std::string_view path;
  std::string (*text)(Kernel& kernel);
};
std::span<const MachineText> machine_texts();

// printf into a string.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...);

std::string maps_text(const Process& process, bool with_sizes);     // maps, smaps
std::string rollup_text(const Process& process, const Task* task);  // smaps_rollup
std::string status_text(const Process& process, const Task* task);
std::string stat_text(const Process& process, const Task* task);
std::string descriptor_text(const Process& process, int guest);  // fdinfo/<guest>
std::string statm_text(const Process& process, const Task* task);
std::string segments_text(Kernel& kernel);    // sysvipc/shm
std::string semaphores_text(Kernel& kernel);  // sysvipc/sem
std::string queues_text(Kernel& kernel);      // sysvipc/msg

}  // namespace m2sim::emu
