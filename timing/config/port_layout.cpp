#include "timing/config/port_layout.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <stdexcept>

namespace m2sim::timing {

std::vector<unsigned> ports_by_speciality(const CoreConfig& config) {
  std::vector<unsigned> order(config.ports.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&config](unsigned a, unsigned b) {
    return std::popcount(config.ports[a].capabilities) < std::popcount(config.ports[b].capabilities);
  });
  return order;
}

QueueLayout queue_layout(const CoreConfig& config) {
  QueueLayout layout{};
  for (const unsigned p : ports_by_speciality(config)) {
    QueuePorts& queue = layout[config.schedulers[config.ports[p].scheduler].queue];
    if (queue.count == kPortsPerQueue)
      throw std::length_error("a dispatch queue leads to at most four ports");
    queue.port[queue.count++] = static_cast<std::uint8_t>(p);
  }
  return layout;
}

}  // namespace m2sim::timing
