#include <array>

#include "emu/linux/calls/syscalls.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

namespace {

constexpr auto kRows = [] {
  std::array<SystemCallRow, kSystemCallLimit> rows{};
#define SYSCALL(number, name, arguments) rows[number] = {#name, arguments, sys::name};
#define SYSCALL_NAME(number, name) rows[number] = {#name, nullptr, nullptr};
#include "emu/linux/calls/syscalls.inc"
#undef SYSCALL
#undef SYSCALL_NAME
  return rows;
}();

constexpr SystemCallRow kUnknown{};

}  // namespace

const SystemCallRow& system_call_row(std::uint64_t number) {
  return number < kSystemCallLimit ? kRows[number] : kUnknown;
}

}  // namespace m2sim::emu
