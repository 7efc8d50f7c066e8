// Files of gperftools, and names for the code addresses in them.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "cmd/console/output_file.h"
#include "cmd/profile/cpu_file.h"
#include "cmd/profile/heap_file.h"
#include "cmd/profile/symbols.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

CpuProfile cpu_profile() {
  return {4000, {{3, {0x1000, 0x2000}}, {1, {0x1000}}, {2, {0x3000, 0x2000, 0x1000}}}, "maps\n"};
}

TEST(CpuProfileFile, WhatIsWrittenIsReadBack) {
  const CpuProfile profile = parse_cpu_profile(cpu_profile_bytes(cpu_profile()), "f");
  EXPECT_EQ(profile.period_us, 4000U);
  ASSERT_EQ(profile.records.size(), 3U);
  EXPECT_EQ(profile.records[2].count, 2U);
  EXPECT_EQ(profile.records[2].stack, (std::vector<std::uint64_t>{0x3000, 0x2000, 0x1000}));
  EXPECT_EQ(profile.maps, "maps\n");
}

TEST(CpuProfileFile, HalfAFileIsRefused) {
  CpuProfile profile = cpu_profile();
  profile.maps.clear();
  const std::string bytes = cpu_profile_bytes(profile);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(parse_cpu_profile(bytes.substr(0, size), "f"), emu::UserError) << size;
  }
  EXPECT_THROW(parse_cpu_profile("profile of some other kind, long enough to be one", "f"), emu::UserError);
}

TEST(CpuProfileFile, MergingAddsEqualStacks) {
  const CpuProfile sum = merged({cpu_profile(), cpu_profile()});
  ASSERT_EQ(sum.records.size(), 3U);
  for (const CpuProfileRecord& record : sum.records) EXPECT_EQ(record.count % 2, 0U);
  EXPECT_EQ(functions_of(sum, "f").total, 12U);
}

constexpr const char* kHeap =
    "heap profile:      2:      100 [     5:      400] @ heapprofile\n"
    "     2:      100 [     4:      300] @ 0x1000 0x2000\n"
    "     0:        0 [     1:      100] @ 0x3000\n"
    "\n"
    "MAPPED_LIBRARIES:\nmaps\n";

TEST(HeapProfileFile, WhatIsWrittenIsReadBack) {
  const HeapProfile first = parse_heap_profile(kHeap, "f");
  const HeapProfile profile = parse_heap_profile(heap_profile_text(first), "f");
  ASSERT_EQ(profile.records.size(), 2U);
  EXPECT_EQ(profile.records[0].counts.live_bytes, 100U);
  EXPECT_EQ(profile.records[0].counts.bytes, 300U);
  EXPECT_EQ(profile.records[0].stack, (std::vector<std::uint64_t>{0x1000, 0x2000}));
  EXPECT_EQ(profile.maps, "maps\n");
  EXPECT_EQ(functions_of(merged({profile, profile}), "f").total, 800U);
}

TEST(HeapProfileFile, OtherTextsAreRefused) {
  for (const char* text :
       {"", "heap profile:", "heap profile: 1: 2 [3: 4] @ heapprofile\n 1: 2 @ 0x1\nMAPPED_LIBRARIES:\n"}) {
    EXPECT_THROW(parse_heap_profile(text, "f"), emu::UserError) << text;
  }
}

TEST(OwnSymbols, NamesFunctionsOfTheProgramAndOfItsLibraries) {
  const AddressSpace space(read_file("/proc/self/maps"));
  const auto own = reinterpret_cast<std::uint64_t>(&parse_heap_profile);
  const Place place = space.place_of(own + 1);
  EXPECT_EQ(short_name(place.symbol), "parse_heap_profile") << place.symbol;
  const auto library = reinterpret_cast<std::uint64_t>(::dlsym(RTLD_DEFAULT, "getenv"));
  EXPECT_NE(space.place_of(library).file.find("libc.so"), std::string::npos);
  EXPECT_NE(space.place_of(library).symbol.find("getenv"), std::string::npos);
  EXPECT_EQ(space.place_of(16).symbol, "");
}

TEST(OwnSymbols, ShortNamesKeepWhatTellsHandlersApart) {
  EXPECT_EQ(short_name("m2sim::timing::Core::tick(unsigned long)"), "Core::tick");
  EXPECT_EQ(
      short_name("m2sim::emu::Uop const* m2sim::emu::plain_handler<m2sim::emu::(anonymous namespace)::add::"
                 "{lambda(m2sim::emu::Uop const&)#1}{}, unsigned long>(m2sim::emu::Uop const*)"),
      "plain_handler<add, unsigned long>");
  EXPECT_EQ(short_name("m2sim::cmd::profile_text[abi:cxx11](int)"), "profile_text");
  EXPECT_EQ(short_name("operator new(unsigned long)"), "operator new");
  EXPECT_EQ(short_name("main"), "main");
}

}  // namespace
}  // namespace m2sim::cmd
