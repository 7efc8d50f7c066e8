// The texts behind proc_files.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace m2sim::emu {

class System;
struct Kernel;
struct Task;

// Below /proc/<pid>/ or /proc/<pid>/task/<tid>/. `task` is null when the process has ended.
struct ProcessText {
  std::string_view name;
  std::uint32_t permissions;
  std::string (*text)(const Kernel& process, const Task* task);  // null: nobody may read it
};
std::span<const ProcessText> process_texts();

// Of the whole machine, by full name.
struct MachineText {
  std::string_view path;
  std::string (*text)(System& system);
};
std::span<const MachineText> machine_texts();

// The name that PR_SET_NAME sets: a process's first thread has the process's.
const std::string& comm_of(const Kernel& process, const Task* task);

// printf into a string.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...);

std::string maps_text(const Kernel& process, bool with_sizes);  // maps, smaps
std::string status_text(const Kernel& process, const Task* task);
std::string stat_text(const Kernel& process, const Task* task);
std::string statm_text(const Kernel& process, const Task* task);

}  // namespace m2sim::emu
