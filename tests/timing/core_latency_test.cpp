// Latencies and throughputs of both models, through loops whose cycles a reader can add up.
#include "tests/timing/loop.h"
#include "timing/crack/op_timing.h"

namespace m2sim::timing {
namespace {

using namespace a64;
using insts::TimingClass;

unsigned latency(TimingClass c) { return op_timing(c).steps[0].latency; }

unsigned alu_ports(const CoreConfig& config) {
  unsigned count = 0;
  for (const PortConfig& port : config.ports) count += (port.capabilities & kCapAlu) != 0 ? 1 : 0;
  return count;
}

template <class Model>
struct CoreLatency : public ModelTest {};
TYPED_TEST_SUITE(CoreLatency, Models, ModelNames);

TYPED_TEST(CoreLatency, ChainsTakeTheirLatency) {
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {add(0, 0, 1)}), latency(TimingClass::kAlu));
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {add_lsl(0, 0, 1, 3)}),
                   latency(TimingClass::kAluShift));
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {add_lsl(0, 0, 1, 0)}), latency(TimingClass::kAlu));
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {mul(0, 0, 1)}), latency(TimingClass::kMul));
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {sdiv(0, 0, 1)}), latency(TimingClass::kDiv));
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {fadd(0, 0, 1)}), latency(TimingClass::kFpAdd));
}

TYPED_TEST(CoreLatency, AddendIsNeededLate) {
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {madd(0, 1, 2, 0)}), 1);
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {madd(0, 0, 2, 3)}), latency(TimingClass::kMadd));
  // From an ALU the addend is no shortcut: the multiply-add itself takes its time.
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {madd(0, 1, 2, 0), add(0, 0, 1)}),
                   latency(TimingClass::kMadd) + 1);
}

TYPED_TEST(CoreLatency, LoadToBaseAndToUse) {
  this->config.lsq.address_index_bits = 0;
  for (const unsigned more : {0U, 3U}) {
    this->config.l1d.load_to_use = m2_pcore().l1d.load_to_use + more;
    this->config.l1d.load_to_base = m2_pcore().l1d.load_to_base + more;
    EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {ldr(0, 0)}, {kData}),
                     this->config.l1d.load_to_base);
    EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {ldr(0, 0), add(0, 0, 1)}, {kData}),
                     this->config.l1d.load_to_use + 1);
    // The second register of a pair has no short way.
    EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {ldp(0, 1, 0)}, {kData}),
                     this->config.l1d.load_to_base);
    EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {ldp(1, 0, 0)}, {kData}),
                     this->config.l1d.load_to_use);
    // The updated base comes from its own operation.
    EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {ldr_post(1, 0, 8)}, {kData}), 1);
  }
}

// A chain of loads that each see one address: nothing waits once that is known, but one reads ahead a cycle.
// The sum that is its address keeps its own chain.
TYPED_TEST(CoreLatency, ALoadThatIsForetoldWaitsForNoAddress) {
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {ldr(0, 0)}, {kData}), 1);
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {ldr(0, 0), ldr(0, 0)}, {kData, kData + 64}), 2);
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {ldr(1, 0), add(0, 0, 1)}, {kData}), 1);
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(m1_pcore(), {ldr(0, 0)}, {kData}), m1_pcore().l1d.load_to_base);
}

// Steering that looks, so that all ports have work in every cycle.
void steer_to_the_emptiest(CoreConfig& config) {
  config.issue.queue_difference = 1;
  for (unsigned q = 0; q < config.dispatch_queues.size(); ++q) config.dispatch_queues[q].bound_cycles = 0;
}

TYPED_TEST(CoreLatency, IndependentWorkIsBoundByPorts) {
  steer_to_the_emptiest(this->config);
  Words adds;
  for (unsigned i = 0; i < 48; ++i) adds.push_back(add(i % 8, 20, 1));
  EXPECT_NEAR(loop_cycles<TypeParam>(this->config, adds), (48.0 + kLoopIssues) / alu_ports(this->config),
              0.01);
  Words muls;
  for (unsigned i = 0; i < 20; ++i) muls.push_back(mul(i % 8, 20, 21));
  EXPECT_NEAR(loop_cycles<TypeParam>(this->config, muls), 20.0 / 2, 0.01);
  Words shifted;
  for (unsigned i = 0; i < 24; ++i) shifted.push_back(add_lsl(i % 8, 20, 21, 2));
  EXPECT_NEAR(loop_cycles<TypeParam>(this->config, shifted), (48.0 + kLoopIssues) / alu_ports(this->config),
              0.7);
}

// An M1 adds in 0.1671 cycles (applecpu), so a port chosen blindly costs little where nobody waits for the
// result; in chains every uop that meets another at its port delays its own: 5.44 cycles are measured on an
// M2 for five chains of four additions.
TYPED_TEST(CoreLatency, BlindSteeringCostsChainsMost) {
  Words adds;
  for (unsigned i = 0; i < 48; ++i) adds.push_back(add(i % 8, 20, 1));
  EXPECT_NEAR(loop_cycles<TypeParam>(this->config, adds), (48.0 + kLoopIssues) / alu_ports(this->config),
              0.05 * 48 / alu_ports(this->config));
  Words chains;
  for (unsigned i = 0; i < 20; ++i) chains.push_back(add(i % 5, i % 5, 1));
  EXPECT_NEAR(loop_cycles<TypeParam>(this->config, chains), 5.44, 0.04 * 5.44);
  steer_to_the_emptiest(this->config);
  EXPECT_LT(loop_cycles<TypeParam>(this->config, chains), 5.1);
}

TYPED_TEST(CoreLatency, EliminatedWorkIsBoundByRename) {
  const double width = this->config.rename.width;
  EXPECT_NEAR(loop_cycles<TypeParam>(this->config, repeat(61, {nop()})), (61 + kLoopSlots) / width, 0.01);
  EXPECT_NEAR(loop_cycles<TypeParam>(this->config, repeat(61, {mov(0, 1)})), (61 + kLoopSlots) / width, 0.01);
  EXPECT_NEAR(loop_cycles<TypeParam>(this->config, repeat(61, {mov_imm(0, 0)})), (61 + kLoopSlots) / width,
              0.01);
  // A chain of register moves is no chain.
  EXPECT_NEAR(loop_cycles<TypeParam>(this->config, repeat(61, {mov(0, 0)})), (61 + kLoopSlots) / width, 0.01);
}

TYPED_TEST(CoreLatency, MovesPassTheirSourceOn) {
  EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {add(0, 0, 1), mov(1, 0), mov(0, 1)}),
                   latency(TimingClass::kAlu));
}

TYPED_TEST(CoreLatency, ComparesFuseWithTheirBranch) {
  // 23 adds and add + cmp/b.lt are 25 issued uops; cmp and b.lt apart would be 26.
  steer_to_the_emptiest(this->config);
  Words fused = repeat(22, {add(0, 20, 1)});
  const double cycles = loop_cycles<TypeParam>(this->config, fused);
  EXPECT_NEAR(cycles, 24.0 / alu_ports(this->config), 0.01);
  this->config.rename.fusion_registers = 0;
  EXPECT_NEAR(loop_cycles<TypeParam>(this->config, fused), 25.0 / alu_ports(this->config), 0.01);
}

TYPED_TEST(CoreLatency, StoresForwardToLoads) {
  // The pair's period is the forwarding latency, once the predictor has learnt the dependence.
  for (const unsigned forward : {5U, 9U}) {
    this->config.lsq.forward_predicted_latency = forward;
    EXPECT_DOUBLE_EQ(chain_cycles<TypeParam>(this->config, {str(0, 1), ldr(0, 1)}, {kData, kData}), forward);
  }
}

// Apple, CPU optimization guide 3.0, 4.6.10: a load that ran too early once waits for that store for long,
// though it needs it no longer.
TYPED_TEST(CoreLatency, ALoadThatOnceRanTooEarlyWaitsForTheStoreInVain) {
  // The store's address comes out of two multiplications; what is loaded goes into a third.
  const auto pass = [this](unsigned too_early, std::uint64_t later) {
    return cycles_per_iteration<TypeParam>(this->config, [&](SyntheticProgram& program, std::uint64_t n) {
      Words body{mul(1, 1, 1), mul(1, 1, 1), str(0, 1), ldr(2, 3), mul(1, 1, 2)};
      close_loop(body);
      const std::uint32_t id = program.block(kCode, body);
      for (unsigned i = 0; i < too_early; ++i) program.run(id, {kData, kData});
      for (std::uint64_t i = 0; i < n; ++i) program.run(id, {kData, later});
    });
  };
  const double free = pass(0, kData + 64);
  EXPECT_NEAR(free, 9, 0.01);
  const double waits = this->config.lsq.predicted_wait + this->config.l1d.load_to_use;
  EXPECT_NEAR(pass(50, kData), free + waits, 0.01) << "as it must";
  EXPECT_NEAR(pass(50, kData + 64), free, 0.01) << "long after";
  this->config.lsq.vain_waits = 100'000;
  EXPECT_NEAR(pass(50, kData + 64), free + waits, 0.01) << "in vain";
}

}  // namespace
}  // namespace m2sim::timing
