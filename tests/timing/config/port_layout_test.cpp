#include "timing/config/port_layout.h"

#include <gtest/gtest.h>

#include <bit>
#include <numeric>
#include <set>
#include <stdexcept>

namespace m2sim::timing {
namespace {

TEST(PortLayout, SpecialistsComeFirstAndEqualsInTheirOrder) {
  for (const CoreConfig& config : {m2_pcore(), m1_pcore()}) {
    const auto order = ports_by_speciality(config);
    ASSERT_EQ(order.size(), config.ports.size());
    EXPECT_EQ(std::set<unsigned>(order.begin(), order.end()).size(), order.size());
    for (std::size_t i = 1; i < order.size(); ++i) {
      const int before = std::popcount(config.ports[order[i - 1]].capabilities);
      const int here = std::popcount(config.ports[order[i]].capabilities);
      EXPECT_TRUE(before < here || (before == here && order[i - 1] < order[i])) << i;
    }
  }
}

TEST(PortLayout, EachPortStandsOnceBehindTheQueueThatFeedsIt) {
  for (const CoreConfig& config : {m2_pcore(), m1_pcore()}) {
    const QueueLayout layout = queue_layout(config);
    std::set<unsigned> seen;
    for (unsigned q = 0; q < layout.size(); ++q) {
      const QueuePorts& queue = layout[q];
      ASSERT_LE(queue.count, kPortsPerQueue);
      for (unsigned i = 0; i < queue.count; ++i) {
        const unsigned port = queue.port[i];
        EXPECT_TRUE(seen.insert(port).second) << port;
        EXPECT_EQ(config.schedulers[config.ports[port].scheduler].queue, q) << port;
        EXPECT_EQ(queue.local(1U << port), 1U << i);
        if (i > 0) {
          EXPECT_LE(std::popcount(config.ports[queue.port[i - 1]].capabilities),
                    std::popcount(config.ports[port].capabilities));
        }
      }
      EXPECT_EQ(queue.local(~0U), (1U << queue.count) - 1);
      EXPECT_EQ(queue.local(0), 0U);
    }
    EXPECT_EQ(seen.size(), config.ports.size());
  }
}

TEST(PortLayout, AFifthPortBehindAQueueIsRefused) {
  CoreConfig config = m2_pcore();
  const QueueLayout layout = queue_layout(config);
  unsigned full = 0;
  while (layout[full].count != kPortsPerQueue) ++full;
  unsigned elsewhere = 0;
  while (config.schedulers[config.ports[elsewhere].scheduler].queue == full) ++elsewhere;
  config.ports[elsewhere].scheduler = config.ports[layout[full].port[0]].scheduler;
  EXPECT_THROW(queue_layout(config), std::length_error);
}

}  // namespace
}  // namespace m2sim::timing
