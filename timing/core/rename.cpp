// Core: decode and rename, in order, up to rename.width slots a cycle.
#include <bit>

#include "timing/core/core.h"

namespace m2sim::timing {

void Core::rename() {
  for (;;) {
    if (packets_.empty()) {
      why_ = ended_ ? StallReason::kDrain : fetch_.reason();
      return;
    }
    Packet& packet = packets_.front();
    if (packet.available > now_) {
      why_ = packet.reason;
      return;
    }
    for (; packet.begin != packet.end; ++packet.begin) {
      const UopInfo& uop = *packet.begin;
      if (ledger_.now() != now_ || (uop.slots > 0 && ledger_.left() == 0)) return;
      if (!can_rename(uop)) return;
      rename_uop(uop, packet, packet.begin + 1 == packet.end);
    }
    packets_.pop();
  }
}

bool Core::can_rename(const UopInfo& uop) {
  const bool open = !group_open() || rules_.must_open(group(open_group_), uop);
  if (serialized_until_ > now_ || (uop.is(kUopSerialize) && oldest_group_ != next_group_)) {
    why_ = StallReason::kSerialize;
    return false;
  }
  if ((open && next_group_ - oldest_group_ >= config_.rob.groups) || ring_.full(oldest_sequence_)) {
    why_ = back_end_reason(StallReason::kRetire);
    return false;
  }
  if (lacks(available_, uop.needs)) {
    why_ = back_end_reason(StallReason::kRegisters);
    return false;
  }
  if (uop.ports != 0 && !find_queue(uop)) {
    why_ = back_end_reason(StallReason::kScheduler);
    return false;
  }
  if (open) open_group();
  return true;
}

// What a full back end waits for: the memory if the oldest group does.
StallReason Core::back_end_reason(StallReason otherwise) const {
  if (oldest_group_ == next_group_) return otherwise;
  const RetireGroup& oldest = group(oldest_group_);
  const bool memory = oldest.cause > StallReason::kMemoryL1 ||
                      (oldest.cause == StallReason::kMemoryL1 && otherwise != StallReason::kScheduler);
  return memory ? oldest.cause : otherwise;
}

// The emptier of the dispatch queues that lead to a port for the uop.
bool Core::find_queue(const UopInfo& uop) {
  queue_ = &queues_[uop.queue];
  if (!std::has_single_bit(unsigned{uop.queues})) {
    DispatchQueue& other = queues_[static_cast<unsigned>(std::bit_width(unsigned{uop.queues})) - 1];
    const std::size_t here = queue_->uops.size();
    const std::size_t there = other.uops.size();
    if (there < here || (there == here && alternate_)) queue_ = &other;
  }
  return queue_->uops.size() < queue_->entries;
}

void Core::open_group() {
  open_group_ = next_group_++;
  group(open_group_) = RetireGroup{};
}

void Core::rename_uop(const UopInfo& uop, Packet& packet, bool last) {
  RetireGroup& group = this->group(open_group_);
  active_ = true;
  join(group, uop);
  available_ -= uop.needs;
  ledger_.use(uop.slots);
  fetch_queued_ -= uop.insts;
  if (uop.ports == 0) {
    rename_eliminated(uop, group);
    if (last && packet.penalty != 0) fetch_.redirect(now_, packet.penalty);
    return;
  }
  const std::uint64_t sequence = ring_.allocate();
  InFlight& entry = ring_.at(sequence);
  entry.info = &uop;
  entry.ready = 0;
  entry.issued = kNever;
  entry.result = kNever;
  entry.group = open_group_;
  entry.pc = packet.block_pc + 4 * std::uint64_t{uop.inst};
  entry.waiters = kNoWaiter;
  entry.pending = 0;
  entry.second = 0;
  entry.base_sooner = 0;
  entry.penalty = last ? packet.penalty : std::uint8_t{0};
  entry.dispatched = false;
  ++group.unissued;
  link_sources(sequence, entry);
  if (uop.memory()) rename_memory(sequence, entry, group);
  for (unsigned d = 0; d < uop.dest_count; ++d) {
    map_[uop.dests[d]] = {sequence, static_cast<std::uint8_t>(d)};
  }
  if (!std::has_single_bit(unsigned{uop.queues})) alternate_ = !alternate_;
  queue_->uops.push(sequence);
}

void Core::rename_eliminated(const UopInfo& uop, RetireGroup& group) {
  complete_by(group, now_ + 1, StallReason::kRetire);
  const Mapping value = uop.is(kUopCopy) ? map_[uop.sources[0].reg] : Mapping{};
  for (unsigned d = 0; d < uop.dest_count; ++d) map_[uop.dests[d]] = value;
  if (uop.is(kUopSerialize)) {
    open_group_ = 0;
    serialized_until_ = now_ + uop.latency;
  }
}

void Core::link_sources(std::uint64_t sequence, InFlight& entry) {
  const UopInfo& uop = *entry.info;
  for (unsigned s = 0; s < uop.source_count; ++s) {
    const Mapping& mapping = map_[uop.sources[s].reg];
    if (mapping.producer < oldest_sequence_) continue;
    InFlight& producer = ring_.at(mapping.producer);
    const bool second = mapping.second != 0;
    if (producer.result != kNever) {
      entry.ready = std::max(entry.ready, visible(producer, uop.sources[s].role, second));
      continue;
    }
    if (second) entry.second = static_cast<std::uint8_t>(entry.second | 1U << s);
    entry.next[s] = producer.waiters;
    producer.waiters = waiter_link(sequence, s);
    ++entry.pending;
  }
}

void Core::rename_memory(std::uint64_t sequence, InFlight& entry, RetireGroup& group) {
  const UopInfo& uop = *entry.info;
  if (uop.is(kUopFirstAccess)) {
    address_ = addresses_.front();
    addresses_.pop();
  }
  entry.address = address_ + uop.offset;
  if (uop.is(kUopStore)) {
    StoreRecord& store = stores_.add(entry.pc, entry.address, uop.bytes);
    store.entry = InFlightRing::index_of(sequence);
    entry.memory_number = group.store_sequence = store.sequence;
    return;
  }
  if (!uop.is(kUopLoad)) return;
  entry.memory_number = group.load_number = ++loads_renamed_;
  const StoreRecord* store = stores_.find(entry.address, uop.bytes);
  entry.store = store != nullptr ? store->sequence : 0;
  entry.predicted = store != nullptr && dependences_.predicts(entry.pc);
  if (!entry.predicted) return;
  if (store->issued != kNever) {
    entry.ready = std::max(entry.ready, store->issued + 1);
    return;
  }
  InFlight& producer = ring_.at_index(store->entry);
  entry.next[kInputStore] = producer.waiters;
  producer.waiters = waiter_link(sequence, kInputStore);
  ++entry.pending;
}

}  // namespace m2sim::timing
