#include "timing/core/scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "timing/config/fields.h"

namespace m2sim::timing {
namespace {

// Uops of a scheduler by a key, as its user keeps them: where each is and whether it is ready.
struct Entry {
  unsigned slot;
  bool ready;
  Cycle due = 0;  // not 0: ready from then on
};

struct Harness {
  Scheduler scheduler;
  std::map<std::uint32_t, Entry> plain;
  std::uint32_t last = 0;
  Cycle now = 1;
  unsigned moves = 0;

  explicit Harness(std::uint32_t entries) : scheduler(entries) {}

  void insert() {
    const std::uint32_t key = ++last;
    const unsigned slot = scheduler.insert(key, [this](std::uint32_t moved, unsigned to) {
      plain.at(moved).slot = to;
      ++moves;
    });
    plain[key] = {slot, false};
  }
  void wake_at(Entry& entry, Cycle cycle) {
    scheduler.wake_at(entry.slot, cycle);
    entry.due = cycle;
  }
  void next_cycle() {
    scheduler.wake_due(++now);
    for (auto& [key, entry] : plain) {
      if (entry.due != now) continue;
      entry.ready = true;
      entry.due = 0;
    }
  }
  std::uint32_t oldest() const { return scheduler.key(scheduler.oldest(scheduler.ready_by_age())); }
  void check() const {
    ASSERT_EQ(scheduler.waiting(), plain.size());
    std::uint64_t rest = scheduler.ready_by_age();
    ASSERT_EQ(scheduler.any_ready(), rest != 0);
    for (const auto& [key, entry] : plain) {
      ASSERT_EQ(scheduler.key(entry.slot), key);
      if (!entry.ready) continue;
      ASSERT_NE(rest, 0U);
      ASSERT_EQ(scheduler.oldest(rest), entry.slot) << "in order of age";
      rest &= rest - 1;
    }
    ASSERT_EQ(rest, 0U);
  }
};

// The largest that a configuration may ask for.
std::uint32_t largest() {
  std::uint32_t most = 0;
  for (const Field& field : fields(m2_pcore())) {
    if (field.path.starts_with("schedulers.") && field.path.ends_with(".entries"))
      most = std::max(most, field.max);
  }
  return most;
}

TEST(Scheduler, TheOldestReadyUopIsFoundWhateverLeftBeforeIt) {
  for (const std::uint32_t entries : {1U, 2U, 12U, 36U, largest()}) {
    Harness harness(entries);
    std::mt19937 random(entries);
    for (unsigned turn = 0; turn < 40'000; ++turn) {
      ASSERT_EQ(harness.scheduler.full(), harness.plain.size() == entries);
      const bool filling = turn / 256 % 2 == 0;
      if (harness.plain.empty() || (!harness.scheduler.full() && random() % 4 < (filling ? 2U : 1U))) {
        harness.insert();
      } else {
        auto at =
            std::next(harness.plain.begin(), static_cast<std::ptrdiff_t>(random() % harness.plain.size()));
        switch (random() % 5) {
          case 0:
            harness.scheduler.wake(at->second.slot);
            at->second.ready = true;
            break;
          case 1:
            harness.scheduler.sleep(at->second.slot);
            at->second.ready = false;
            break;
          case 2:
            if (!at->second.ready && at->second.due == 0)
              harness.wake_at(at->second, harness.now + 1 + random() % (Scheduler::kReach - 1));
            break;
          case 3:
            harness.next_cycle();
            break;
          default:
            if (at->second.due != 0) break;
            harness.scheduler.remove(at->second.slot);
            harness.plain.erase(at);
        }
      }
      harness.check();
      if (HasFatalFailure()) return;
    }
    if (entries >= 12) {
      EXPECT_GT(harness.moves, entries) << "slots ran out often";
    }
  }
}

// One old uop that stays, while others come and go.
TEST(Scheduler, AUopThatSleepsKeepsItsAge) {
  Harness harness(4);
  harness.insert();
  const std::uint32_t old = harness.last;
  for (unsigned i = 0; i < 1000; ++i) {
    harness.insert();
    const Entry young = harness.plain.at(harness.last);
    harness.scheduler.wake(young.slot);
    harness.scheduler.wake(harness.plain.at(old).slot);
    EXPECT_EQ(harness.oldest(), old);
    harness.scheduler.sleep(harness.plain.at(old).slot);
    EXPECT_EQ(harness.oldest(), harness.last);
    harness.scheduler.remove(young.slot);
    harness.plain.erase(harness.last);
  }
  EXPECT_EQ(harness.scheduler.waiting(), 1U);
  EXPECT_GT(harness.moves, 2U);
}

}  // namespace
}  // namespace m2sim::timing
