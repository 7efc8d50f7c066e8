#include "timing/config/premises.h"

namespace m2sim::timing {
namespace {

// Calls visit(premise, number) for each.
template <class Its, class Config, class Visit>
void each(Its& premises, Config& config, Visit visit) {
  visit(premises.groups, config.rob.groups);
  visit(premises.buffer_instructions, config.fetch.buffer_instructions);
  visit(premises.queue_difference, config.issue.queue_difference);
  visit(premises.forward_predicted_latency, config.lsq.forward_predicted_latency);
  for (std::uint32_t q = 0; q < config.dispatch_queues.size(); ++q)
    visit(premises.bound_cycles[q], config.dispatch_queues[q].bound_cycles);
}

}  // namespace

Premises::Premises(const CoreConfig& config) {
  each(*this, config, [](Premise& premise, std::uint32_t value) { premise = Premise(value); });
}

bool Premises::hold(const CoreConfig& config) const {
  bool all = true;
  each(*this, config, [&all](const Premise& premise, std::uint32_t value) { all &= premise.holds(value); });
  return all;
}

void Premises::also(const Premises& other) {
  groups.also(other.groups);
  buffer_instructions.also(other.buffer_instructions);
  queue_difference.also(other.queue_difference);
  forward_predicted_latency.also(other.forward_predicted_latency);
  for (std::size_t q = 0; q < bound_cycles.size(); ++q) bound_cycles[q].also(other.bound_cycles[q]);
}

void Premises::only_these() {
  groups.only_this();
  buffer_instructions.only_this();
  queue_difference.only_this();
  forward_predicted_latency.only_this();
  for (Premise& premise : bound_cycles) premise.only_this();
}

CoreConfig without_premises(CoreConfig config) {
  Premises premises;
  each(premises, config, [](Premise& /*premise*/, std::uint32_t& value) { value = 0; });
  return config;
}

}  // namespace m2sim::timing
