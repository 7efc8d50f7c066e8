// The guest's faults are caught, all others go to whoever had asked for them before.
#include "emu/engine/host_fault.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <memory>

namespace m2sim::emu {
namespace {

constexpr int kEarlierHandlerRan = 42;

void earlier_handler(int /*signal*/) { ::_exit(kEarlierHandlerRan); }

// In a process of its own: the handler is installed once, over whatever is there then.
[[noreturn]] void fault_outside_the_guest(bool with_catcher) {
  std::signal(SIGSEGV, earlier_handler);
  void* page = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const auto* outside = static_cast<volatile const char*>(page);
  Memory memory;
  const auto cpu = std::make_unique<CpuState>();
  {
    const FaultCatcher catcher(memory, *cpu);
    if (with_catcher) static_cast<void>(*outside);
  }
  static_cast<void>(*outside);
  ::_exit(0);
}

TEST(HostFaultDeathTest, WhatIsNotTheGuestsGoesToTheEarlierHandler) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(fault_outside_the_guest(true), ::testing::ExitedWithCode(kEarlierHandlerRan), "");
  EXPECT_EXIT(fault_outside_the_guest(false), ::testing::ExitedWithCode(kEarlierHandlerRan), "");
}

TEST(HostFault, TheGuestsIsAValue) {
  Memory memory;
  const auto cpu = std::make_unique<CpuState>();
  FaultCatcher catcher(memory, *cpu);
  constexpr std::uint64_t kAddress = 0x12340000;
  if (sigsetjmp(catcher.resume, 0) == 0) {
    static_cast<void>(*reinterpret_cast<volatile const char*>(memory.base() + kAddress));
    FAIL() << "nothing is mapped there";
  }
  EXPECT_EQ(catcher.fault.guest_address, kAddress);
  EXPECT_FALSE(catcher.fault.is_bus_error);
  EXPECT_EQ(cpu->exit, Exit::kFault);
}

}  // namespace
}  // namespace m2sim::emu
