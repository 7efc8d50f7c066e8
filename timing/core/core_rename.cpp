// Rename of the cycle-driven model: a uop gets its place in the retire window, in the ring of uops in flight
// and in a dispatch queue, and is linked to those that it waits for.
#include <algorithm>
#include <cassert>

#include "timing/core/core.h"
#include "timing/pipe/charges.h"
#include "timing/probe/attribution.h"
#include "timing/probe/pipe_trace.h"

namespace m2sim::timing {

// False: some of its uops are left, and unless the cycle's slots are used stop_ says why.
template <Probe P>
bool BasicCore<P>::rename_packet(Packet& packet) {
  SlotLedger& ledger = parts_.ledger;
  if (ledger.now() != now_) return false;
  const auto uops = static_cast<std::size_t>(packet.end - packet.begin);
  bool roomy = serialization_.until() <= now_ && uops <= RetireWindow::kMostAtOnce &&
               window_.has_room_for(static_cast<std::uint32_t>(uops)) &&
               ring_.has_room_for(uops, oldest_sequence_);
  const unsigned left = ledger.left();
  unsigned slots = 0;
  unsigned insts = 0;
  const UopInfo* uop = packet.begin;
  do {
    // More than there were: the last one took some of the next cycle.
    if (slots + (uop->slots != 0 ? 1 : 0) > left) break;
    unsigned queue = 0;
    const bool open = window_.must_open(*uop);
    if (!can_rename(*uop, open, roomy, queue)) break;
    if (open) window_.close();
    slots += uop->slots;
    insts += uop->insts;
    if (uop->ports == 0) {
      rename_eliminated(*uop, packet, uop + 1 == packet.end);
      if (serialization_.until() > now_) roomy = false;
    } else {
      rename_uop(*uop, queue, packet, uop + 1 == packet.end);
    }
  } while (++uop != packet.end);
  if (uop == packet.begin) return false;
  active_ = true;
  packet.begin = uop;
  ledger.use(slots);
  parts_.buffer.leave(insts);
  return uop == packet.end;
}

// False: not in this cycle, and stop_ says why. `open`: into a new group. `roomy`: there is no need to look
// whether groups, entries and registers are left, nor whether a uop before it serializes.
template <Probe P>
inline bool BasicCore<P>::can_rename(const UopInfo& uop, bool open, bool roomy, unsigned& queue) {
  // A uop that serializes is one that no port executes.
  if ((!roomy || uop.ports == 0) && serialization_.holds(uop, now_, window_.empty())) [[unlikely]] {
    stop_ = {StallReason::kSerialize, {}};
    return false;
  }
  if (!roomy) {
    if ((open && window_.full()) || ring_.full(oldest_sequence_))
      return stall(Structure::kRetireGroups, kRetires);
    if (window_.lacks(uop)) {
      return stall(lacking(window_.available(), uop.needs), kRetires);
    }
  }
  if (uop.ports == 0) return true;
  queue = steering_.choose_queue(uop, [this](unsigned q) { return queued_[q]; });
  return queued_[queue] < steering_.entries(queue) || stall(Structure::kDispatchQueues, uop.queues);
}

template <Probe P>
void BasicCore<P>::rename_eliminated(const UopInfo& uop, const Packet& packet, bool last) {
  RetireGroup& group = window_.rename(uop);
  if constexpr (P::kOn) {
    probe_.renamed(
        {&uop, packet.pc_of(uop), window_.newest_number(), packet.fetched, now_, kNoKey, packet.record});
  }
  group.complete_by(now_ + 1);
  eliminate(uop, map_);
  if (serialization_.rename(uop, now_)) window_.close();
  if (last && packet.penalty != 0) parts_.fetch.redirect(now_, packet.penalty);
}

template <Probe P>
inline void BasicCore<P>::rename_uop(const UopInfo& uop, unsigned queue, const Packet& packet, bool last) {
  RetireGroup& group = window_.rename(uop);
  const std::uint64_t number = window_.newest_number();
  const std::uint64_t sequence = ring_.allocate();
  const std::uint32_t index = ring_.index_of(sequence);
  InFlight& entry = ring_.at_index(index);
  entry.start(uop, packet.pc_of(uop), number, last ? packet.penalty : std::uint8_t{0});
  if constexpr (P::kOn) {
    records_[index] = packet.record;
    probe_.renamed({&uop, entry.pc, number, packet.fetched, now_, index, packet.record});
  }
  ++group.unissued;
  if (uop.memory()) rename_memory(index, entry, group);
  entry.ahead ? link_address(index, entry) : link_sources(index, entry);
  for (unsigned d = 0; d < uop.dest_count; ++d) map_[uop.dests[d]] = {sequence, d != 0};
  ++queued_[queue];
  queues_[queue].push({now_ + steering_.dispatch_delay(), index,
                       static_cast<std::uint8_t>(steering_.enter(uop, queue)),
                       static_cast<std::uint8_t>(uop.ports_behind(queue))});
}

template <Probe P>
inline void BasicCore<P>::link_sources(std::uint32_t index, InFlight& entry) {
  const UopInfo& uop = *entry.info;
  for (unsigned s = 0, count = uop.source_count; s < count; ++s) {
    const Mapping& mapping = map_[uop.sources[s].reg];
    if (mapping.producer < oldest_sequence_) continue;
    InFlight& producer = ring_.at(mapping.producer);
    WaiterLink link = waiter_link(index, uop.links[s]);
    if (mapping.second) link = with_role(link, role_of_second(uop.sources[s].role));
    if (producer.result.ready != kNever) [[unlikely]] {
      const Cycle time = producer.result.as(waiting_role(link));
      entry.ready = std::max(entry.ready, time);
      if (waiting_for_address(link)) load_store_.store(entry.memory_number).addressed_by(time);
      continue;
    }
    if (waiting_for_address(link)) ++load_store_.store(entry.memory_number).unknown;
    entry.next[s] = producer.waiters;
    producer.waiters = link;
    ++entry.pending;
  }
}

// Of a load that reads ahead: it does not wait for them, but it is told when they are there.
template <Probe P>
void BasicCore<P>::link_address(std::uint32_t index, InFlight& entry) {
  const UopInfo& uop = *entry.info;
  assert(uop.source_count < kMaxSources);
  for (unsigned s = 0; s < uop.source_count; ++s) {
    const Mapping& mapping = map_[uop.sources[s].reg];
    if (mapping.producer < oldest_sequence_) continue;
    InFlight& producer = ring_.at(mapping.producer);
    // The first place is taken where the load waits for its cycle.
    WaiterLink link = waiter_link(index, (uop.links[s] + 1U) | kLinkAddresses);
    if (mapping.second) link = with_role(link, role_of_second(uop.sources[s].role));
    if (producer.result.ready != kNever) {
      entry.addressed() = std::max(entry.addressed(), producer.result.as(waiting_role(link)));
      continue;
    }
    entry.next[waiting_input(link)] = producer.waiters;
    producer.waiters = link;
    ++entry.unaddressed;
  }
}

template <Probe P>
inline void BasicCore<P>::rename_memory(std::uint32_t index, InFlight& entry, RetireGroup& group) {
  const UopInfo& uop = *entry.info;
  if (uop.is(kUopFirstAccess)) {
    fetched_.address = fetched_.addresses.front();
    fetched_.addresses.pop();
  }
  entry.address = fetched_.address + uop.offset;
  if (uop.is(kUopStore)) {
    StoreRecord& store = load_store_.add_store(uop, entry.pc, entry.address);
    store.entry = index;
    store.unknown = 1;  // until it is in its scheduler
    entry.memory_number = group.store_sequence = store.sequence;
    return;
  }
  if (!uop.is(kUopLoad)) return;
  entry.memory_number = group.load_number = load_store_.add_load();
  if (uop.is(kUopAcquire)) entry.release = static_cast<std::uint32_t>(load_store_.release());
  if (load_store_.foretells(uop)) {
    const AddressPredictor::Guess guess = load_store_.foretell(entry.pc, entry.address);
    if (guess != AddressPredictor::Guess::kNone) foretell(entry, guess);
  }
  const auto [store, predicted, other] = load_store_.dependence(entry.pc, entry.address, uop.bytes);
  entry.store = store != nullptr ? static_cast<std::uint32_t>(store->sequence) : 0;
  entry.predicted = predicted;
  bool waits = other != nullptr && wait_behind(*other, index, entry);
  if (predicted && !waits) waits = wait_behind(*store, index, entry);
  if (waits) ++entry.pending;
}

template <Probe P>
void BasicCore<P>::foretell(InFlight& entry, AddressPredictor::Guess guess) {
  const UopInfo& uop = *entry.info;
  const Cycle placed = now_ + steering_.dispatch_delay() + steering_.issue_delay();
  bool there = true;
  for (unsigned s = 0; s < uop.source_count; ++s) there &= there_by(uop.sources[s], placed);
  if (there) return;
  if (guess == AddressPredictor::Guess::kWrong) {
    entry.misled = true;
    return load_store_.mislead();
  }
  entry.ahead = true;
  entry.unaddressed = 0;
  entry.addressed() = 0;
}

template <Probe P>
bool BasicCore<P>::there_by(const insts::Source& source, Cycle cycle) {
  const Mapping& mapping = map_[source.reg];
  if (mapping.producer < oldest_sequence_) return true;
  const Result& result = ring_.at(mapping.producer).result;
  const insts::Role role = mapping.second ? role_of_second(source.role) : source.role;
  return result.ready != kNever && result.as(role) <= cycle;
}

template bool BasicCore<NoProbe>::rename_packet(Packet& packet);
template bool BasicCore<PipeTrace>::rename_packet(Packet& packet);
template bool BasicCore<AttributionProbe>::rename_packet(Packet& packet);

}  // namespace m2sim::timing
