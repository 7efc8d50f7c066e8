// Looking at a run never changes it, and what is told adds up.
#include "timing/probe/probe.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <vector>

#include "tests/timing/random_program.h"
#include "timing/probe/pipe_trace.h"

namespace m2sim::timing {
namespace {

static_assert(Probe<NoProbe> && Probe<PipeTrace>);
static_assert(std::is_empty_v<NoProbe>);

template <template <class> class Model>
void expect_equal_runs() {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SyntheticProgram program;
    random_program(program, seed, 2000, seed % 2 == 0 ? 4096 : 1U << 22);
    Model<NoProbe> plain(m2_pcore());
    Model<PipeTrace> traced(m2_pcore());
    program.feed(plain);
    program.feed(traced);
    EXPECT_EQ(values(plain.stats()), values(traced.stats())) << "seed " << seed;
  }
}

TEST(Probes, ATraceChangesNothingInCore) { expect_equal_runs<BasicCore>(); }
TEST(Probes, ATraceChangesNothingInFastCore) { expect_equal_runs<BasicFastCore>(); }

}  // namespace
}  // namespace m2sim::timing
