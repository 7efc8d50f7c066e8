#include "timing/zeroed_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include "timing/zeroed_array.h"

namespace m2sim::timing {
namespace {

constexpr std::size_t kBytes = 5'000'000;  // of more pages than are looked up at once, the last one not whole

bool zeros(const void* pages, std::size_t bytes) {
  const auto* const begin = static_cast<const std::byte*>(pages);
  return std::all_of(begin, begin + bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

TEST(KeptPages, GivesTheSamePagesAgainAsZeros) {
  KeptPages kept_pages;
  void* first = nullptr;
  for (unsigned n = 0; n < 4; ++n) {
    const KeptPages::Use use(kept_pages);
    void* const pages = zeroed_pages(kBytes);
    if (n == 0) first = pages;
    EXPECT_EQ(pages, first);
    EXPECT_TRUE(zeros(pages, kBytes));
    // All of it, its ends, or what nobody had touched before.
    auto* const bytes = static_cast<std::byte*>(pages);
    if (n == 1) std::memset(bytes, 1, kBytes);
    bytes[0] = bytes[kBytes - 1] = bytes[n * 10'000] = std::byte{7};
    give_back_pages(pages, kBytes);
  }
}

TEST(KeptPages, EachMemberHasItsOwnAgain) {
  KeptPages kept_pages;
  std::set<const void*> seen;
  const std::uint64_t* last = nullptr;
  for (unsigned n = 0; n < 3; ++n) {
    const KeptPages::Use use(kept_pages);
    const ZeroedArray<std::uint64_t> one(1000);
    const ZeroedArray<std::uint64_t> other(1000);
    const ZeroedArray<std::uint64_t> longer(2000);
    for (const auto* array : {&one, &other, &longer}) {
      seen.insert(array->data());
      EXPECT_EQ(std::ranges::count(std::vector(array->data(), array->data() + array->size()), 0U),
                static_cast<std::ptrdiff_t>(array->size()));
    }
    if (last != nullptr) {
      EXPECT_EQ(one.data(), last);
    }
    last = one.data();
  }
  EXPECT_EQ(seen.size(), 3U);
}

TEST(KeptPages, WhatOutlivesItsUseIsGivenBackToTheHost) {
  KeptPages kept_pages;
  ZeroedArray<std::uint64_t> kept;
  {
    const KeptPages::Use use(kept_pages);
    kept = ZeroedArray<std::uint64_t>(1000);
    kept[999] = 1;
  }
  EXPECT_EQ(kept[999], 1U);
  const KeptPages::Use use(kept_pages);
  const ZeroedArray<std::uint64_t> other(1000);
  EXPECT_NE(other.data(), kept.data());
}

}  // namespace
}  // namespace m2sim::timing
