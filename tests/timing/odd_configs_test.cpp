// Whatever check() lets pass must run: no configuration within the field table's bounds may hang or crash a
// model or unbalance its books. Fields are drawn at random, with a liking for their bounds.
#include <algorithm>
#include <numeric>
#include <string>

#include "tests/timing/random_program.h"
#include "timing/config/field_text.h"
#include "timing/config/fields.h"

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kRuns = 300;

// Bounds, a neighbour, or anything between, small values as likely as large ones.
std::uint32_t draw(Random& random, const CoreConfig& config, const Field& field) {
  // Fewer elements of a list, and any of those there are for a place.
  if (field.kind == FieldKind::kNames) return 1 + random.below(field.get(config));
  if (field.kind == FieldKind::kDispatchQueue || field.kind == FieldKind::kScheduler) {
    return random.below(static_cast<std::uint32_t>(choices_of(config, field.kind).size()));
  }
  // Hundreds of millions of cycles a line would only cost the host's time.
  if (field.path == "clock.mhz" || field.path == "dram.mb_per_s") return 1000 + random.below(9000);
  // The largest caches would only cost the host's memory.
  const std::uint32_t most = field.path.ends_with(".kib") ? std::min(field.max, 1U << 16) : field.max;
  switch (random.below(4)) {
    case 0:
      return field.min;
    case 1:
      return most;
    case 2:
      return std::min(most, field.min + 1);
    default:
      return field.min + random.below(most - field.min + 1) / (1U << random.below(12));
  }
}

// `config` with up to `changes` fields changed, each kept only if check() has nothing against it.
std::string change(CoreConfig& config, Random& random, unsigned changes) {
  std::string text;
  for (unsigned n = 0; n < changes; ++n) {
    const std::vector<Field> all = fields(config);
    const Field& field = all[random.below(static_cast<std::uint32_t>(all.size()))];
    CoreConfig changed = config;
    field.set(changed, draw(random, config, field));
    if (!check(changed).empty()) continue;
    config = changed;
    text += " --set " + field.path + "=" + text_of(config, field);
  }
  return text;
}

template <class Model>
void run(const CoreConfig& config, const SyntheticProgram& program) {
  Model model(config);
  program.feed(model, 50);
  const CoreStats& core = model.stats().core;
  EXPECT_EQ(std::accumulate(core.slots.begin(), core.slots.end(), std::uint64_t{0}),
            core.cycles * core.slots_per_cycle);
  EXPECT_EQ(core.slots[static_cast<std::size_t>(StallReason::kBase)], core.uops);
}

template <class Model>
struct OddConfigs : public ::testing::Test {
  static void run_seeds(std::uint64_t seeds, unsigned changes) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      Random random(1000 * changes + seed);
      CoreConfig config = m2_pcore();
      SCOPED_TRACE("seed " + std::to_string(seed) + ":" + change(config, random, changes));
      SyntheticProgram program;
      random_program(program, seed, kRuns, seed % 2 == 0 ? 4096 : 1U << 22);
      run<Model>(config, program);
    }
  }
};
TYPED_TEST_SUITE(OddConfigs, Models, ModelNames);

TYPED_TEST(OddConfigs, AFewFieldsChanged) { this->run_seeds(60, 4); }
TYPED_TEST(OddConfigs, ManyFieldsChanged) { this->run_seeds(60, 200); }

// Every field by itself at both of its ends.
TYPED_TEST(OddConfigs, EachFieldAtItsEnds) {
  SyntheticProgram program;
  random_program(program, 3, kRuns / 3, 1U << 20);
  for (const Field& field : fields(m2_pcore())) {
    for (const std::uint32_t value : {field.min, std::min(field.max, 1U << 20)}) {
      CoreConfig config = m2_pcore();
      field.set(config, value);
      if (!check(config).empty()) continue;
      SCOPED_TRACE(field.path + "=" + std::to_string(value));
      run<TypeParam>(config, program);
    }
  }
}

// The largest reorder buffer that the bounds admit holds more uops than any real one.
TYPED_TEST(OddConfigs, LargestReorderBufferBehindAMiss) {
  CoreConfig config = m2_pcore();
  for (const Field& field : fields(config)) {
    if (!field.path.starts_with("rob.") && !field.path.starts_with("prf.") && !field.path.starts_with("lsq."))
      continue;
    field.set(config, field.max);
  }
  config.dram.latency_ns = 10'000;
  ASSERT_TRUE(check(config).empty());
  Words words{a64::ldr(1, 12), a64::add_reg(9, 9, 1)};
  for (unsigned i = 0; i < 60; ++i) words.push_back(a64::add(i % 8 + 2, 10, 1));
  close_loop(words);
  SyntheticProgram alu;
  const std::uint32_t id = alu.block(kCode, words);
  for (std::uint64_t i = 0; i < 1500; ++i) alu.run(id, {kData + i * 65536});
  run<TypeParam>(config, alu);
  SyntheticProgram stores;
  const Words body{a64::ldr(1, 12), a64::str(1, 13), a64::str(2, 14), a64::str(3, 15)};
  Words looped = body;
  close_loop(looped);
  const std::uint32_t store_id = stores.block(kCode, looped);
  for (std::uint64_t i = 0; i < 1500; ++i)
    stores.run(store_id, {kData + i * 65536, kData + 64, kData + i * 4096, kData + 128});
  run<TypeParam>(config, stores);
}

// Addresses at both ends of the address space, in every stride: a log may hold any address.
TYPED_TEST(OddConfigs, ExtremeAddresses) {
  CoreConfig config = m2_pcore();
  config.prefetch.cross_pages = 1;
  SyntheticProgram program;
  Words words{a64::ldr(1, 12), a64::str(2, 13), a64::ldp(3, 4, 14), 0xF9800180U /* prfm pldl1keep, [x12] */};
  close_loop(words);
  const std::uint32_t id = program.block(kCode, words);
  Random random(7);
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const std::uint64_t step = 64 * (i % 50);
    program.run(id, {step - 1600, ~std::uint64_t{0} - random.below(4096), 0 - step, random.below(64)});
  }
  run<TypeParam>(config, program);
}

}  // namespace
}  // namespace m2sim::timing
