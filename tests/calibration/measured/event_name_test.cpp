#include "calibration/measured/event_name.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace m2sim::calibration {
namespace {

TEST(EventName, GenericNamesAreWhatLinuxMapsThemTo) {
  EXPECT_EQ(event_name("cycles").counter, "pmu.CORE_ACTIVE_CYCLE");
  EXPECT_EQ(event_name("cpu-cycles:u").counter, "pmu.CORE_ACTIVE_CYCLE");
  EXPECT_EQ(event_name("instructions:uk").counter, "pmu.INST_ALL");
  EXPECT_EQ(event_name("branches").counter, "pmu.INST_BRANCH");
  EXPECT_EQ(event_name("branch-misses").counter, "pmu.BRANCH_MISPRED_NONSPEC");
}

TEST(EventName, ApplesNamesAndNumbersAreKnown) {
  EXPECT_EQ(event_name("INST_ALL").counter, "pmu.INST_ALL");
  EXPECT_EQ(event_name("pmu.L1D_CACHE_MISS_LD").counter, "pmu.L1D_CACHE_MISS_LD");
  EXPECT_EQ(event_name("r8c").counter, "pmu.INST_ALL");
  EXPECT_EQ(event_name("r2:u").counter, "pmu.CORE_ACTIVE_CYCLE");
  EXPECT_EQ(event_name("r0cb").counter, "pmu.BRANCH_MISPRED_NONSPEC");
}

TEST(EventName, APmuSaysTheTypeOfCore) {
  const EventName fast = event_name("apple_avalanche_pmu/cycles/u");
  EXPECT_EQ(fast.counter, "pmu.CORE_ACTIVE_CYCLE");
  EXPECT_EQ(fast.core_type, CoreType::kPerformance);
  const EventName small = event_name("apple_blizzard_pmu/event=0x8c,name=x/");
  EXPECT_EQ(small.core_type, CoreType::kEfficiency);
  EXPECT_EQ(small.counter, "pmu.INST_ALL");
  EXPECT_EQ(event_name("apple_icestorm_pmu/config=0x8c/").counter, "pmu.INST_ALL");
  EXPECT_EQ(event_name("apple_firestorm_pmu/r8c/").core_type, CoreType::kPerformance);
  EXPECT_FALSE(event_name("cycles").core_type);
}

TEST(EventName, OthersAreNone) {
  for (const char* name :
       {"", "r", "rxyz", "r8d0", "page-faults", "inst_all", "L1-dcache-loads", "/", "r8c8c8c8c8c8c"}) {
    EXPECT_EQ(event_name(name).counter, "") << name;
  }
}

TEST(EventName, EveryKnownNameIsOne) {
  const std::vector<std::string> names = known_events();
  EXPECT_GT(names.size(), 60U);
  EXPECT_NE(std::ranges::find(names, "SCHEDULE_UOP"), names.end());
  for (const std::string& name : names) EXPECT_NE(event_name(name).counter, "") << name;
}

}  // namespace
}  // namespace m2sim::calibration
