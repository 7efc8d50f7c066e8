// Core: issue, execution, and the news of a result to those who wait for it.
#include <algorithm>

#include "timing/core/core.h"

namespace m2sim::timing {

void Core::issue_from(unsigned s) {
  Scheduler& scheduler = schedulers_[s];
  std::uint64_t candidates = scheduler.ready();
  unsigned free = 0;
  for (unsigned i = 0; i < scheduler_port_count_[s]; ++i) {
    const unsigned p = scheduler_ports_[s][i];
    if (port_free_[p] <= now_) free |= 1U << p;
  }
  while (candidates != 0 && free != 0) {
    const unsigned slot = scheduler.oldest(candidates);
    candidates &= ~(std::uint64_t{1} << slot);
    InFlight& entry = ring_.at(scheduler.sequence(slot));
    const unsigned usable = free & entry.info->ports;
    if (usable == 0 || !may_issue(scheduler, slot, entry)) continue;
    unsigned port = 0;
    for (unsigned i = 0; i < scheduler_port_count_[s]; ++i) {
      port = scheduler_ports_[s][i];
      if ((usable >> port & 1U) != 0) break;
    }
    free &= ~(1U << port);
    port_free_[port] = now_ + entry.info->occupancy;
    scheduler.remove(slot);
    execute(entry);
  }
}

// A load or store needs a queue entry, and queue entries are given back in program order. One without
// sleeps until the entry that it will get is free.
bool Core::may_issue(Scheduler& scheduler, unsigned slot, InFlight& entry) {
  const std::uint32_t index = InFlightRing::index_of(scheduler.sequence(slot));
  if (entry.info->is(kUopLoad)) {
    if (entry.memory_number <= loads_retired_ + config_.lsq.load_entries) return true;
    sleeping_loads_[entry.memory_number % sleeping_loads_.size()] = index + 1;
  } else if (entry.info->is(kUopStore)) {
    if (entry.memory_number <= config_.lsq.store_entries) return true;
    const std::uint64_t earlier = entry.memory_number - config_.lsq.store_entries;
    const Cycle freed = stores_.record(earlier).freed;
    if (freed <= now_) return true;
    if (freed == kNever) {
      sleeping_stores_[entry.memory_number % sleeping_stores_.size()] = index + 1;
    } else {
      entry.ready = freed;
      wheel_.add(ring_, index, now_, freed);
    }
  } else {
    return true;
  }
  scheduler.sleep(slot);
  return false;
}

// A queue entry is free from `cycle` on for the uop that sleeps at `place`, if one does.
void Core::wake_sleeper(std::uint32_t& place, Cycle cycle) {
  if (place == 0) return;
  const std::uint32_t index = place - 1;
  place = 0;
  ring_.at_index(index).ready = std::max(cycle, now_);
  wheel_.add(ring_, index, now_, std::max(cycle, now_));
}

void Core::execute(InFlight& entry) {
  active_ = true;
  entry.issued = now_;
  if (entry.penalty != 0) fetch_.redirect(now_, entry.penalty);
  if (entry.info->is(kUopLoad)) return execute_load(entry);
  if (entry.info->is(kUopStore)) stores_.record(entry.memory_number).issued = now_;
  if (entry.info->is(kUopPrefetch)) memory_.prefetch(entry.address, now_);
  publish(entry, now_ + entry.info->latency, StallReason::kRetire);
}

void Core::execute_load(InFlight& entry) {
  const LoadTiming timing = memory_.load(entry.pc, entry.address, entry.info->bytes, now_);
  entry.base_sooner = timing.base_lead;
  if (entry.store != 0) {
    const StoreRecord& store = stores_.record(entry.store);
    if (store.sequence == entry.store && store.freed > now_) {
      entry.ready = timing.ready;
      if (store.issued != kNever) return finish_load(entry, store);
      // The load overtakes the store: it runs again once the store has executed.
      InFlight& producer = ring_.at_index(store.entry);
      entry.next[kInputViolation] = producer.waiters;
      producer.waiters = static_cast<WaiterLink>(
          static_cast<std::uint64_t>(&entry - &ring_.at_index(0)) * kInputs + kInputViolation + 1);
      return;
    }
  }
  publish(entry, timing.ready + entry.info->latency, stall_of(timing.level));
}

void Core::finish_load(InFlight& entry, const StoreRecord& store) {
  const Forwarding forwarding =
      stores_.forward(store, entry.address, entry.info->bytes, entry.issued, entry.ready, entry.predicted);
  ++stats_.core.forwarded_loads;
  if (forwarding.failed) ++stats_.core.forward_fails;
  if (forwarding.violated) {
    ++stats_.core.order_violations;
    dependences_.learn(entry.pc);
  }
  entry.base_sooner = 0;
  publish(entry, forwarding.ready + entry.info->latency, StallReason::kMemoryL1);
}

void Core::publish(InFlight& entry, Cycle result, StallReason cause) {
  entry.result = result;
  RetireGroup& group = this->group(entry.group);
  complete_by(group, result, cause);
  --group.unissued;
  if (entry.waiters != kNoWaiter) wake_waiters(entry);
}

Cycle Core::visible(const InFlight& producer, insts::Role role, bool second) {
  // Only the first register of a pair has the short way to an address.
  if (role == insts::Role::kBase) return producer.result - (second ? 0U : producer.base_sooner);
  if (role == insts::Role::kAddend) return producer.result - producer.info->addend_sooner;
  return producer.result;
}

void Core::wake_waiters(InFlight& producer) {
  WaiterLink link = producer.waiters;
  producer.waiters = kNoWaiter;
  while (link != kNoWaiter) {
    const std::uint32_t index = (link - 1) / kInputs;
    const unsigned input = (link - 1) % kInputs;
    InFlight& entry = ring_.at_index(index);
    link = entry.next[input];
    if (input == kInputViolation) {
      finish_load(entry, stores_.record(entry.store));
      continue;
    }
    const Cycle time = input == kInputStore ? producer.issued + 1
                                            : visible(producer, entry.info->sources[input].role,
                                                      (entry.second >> input & 1U) != 0);
    entry.ready = std::max(entry.ready, time);
    if (--entry.pending == 0 && entry.dispatched) schedule(index, entry);
  }
}

}  // namespace m2sim::timing
