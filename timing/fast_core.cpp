#include "timing/fast_core.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace m2sim::timing {

FastCore::FastCore(const CoreConfig& config)
    : config_(config),
      table_(config),
      memory_(config),
      predictor_(config.branch),
      fetch_(config, memory_, predictor_),
      ledger_(config.rename.width),
      rules_(config.rob),
      retirement_(config.rob),
      commit_(config.lsq),
      stores_(config),
      dependences_(config.lsq),
      groups_(kMaxGroups),
      available_(initial_resources(config)),
      fetch_capacity_(fetch_capacity(config)) {
  build_queues();
  groups_[0].ended = true;
  groups_[0].retired = 0;
}

void FastCore::build_queues() {
  for (unsigned q = 0; q < kDispatchQueueCount; ++q) {
    queues_[q].entries = std::clamp<std::uint32_t>(config_.dispatch_queues[q].entries, 1, 63);
    queues_[q].per_cycle = std::max<std::uint32_t>(1, config_.dispatch_queues[q].per_cycle);
  }
  for (const unsigned p : ports_by_speciality(config_)) {
    const unsigned scheduler = config_.ports[p].scheduler;
    Queue& queue = queues_[config_.schedulers[scheduler].queue];
    if (queue.ports == kCalendarPorts)
      throw std::length_error("a dispatch queue leads to at most four ports");
    const unsigned index = queue.ports++;
    queue.port[index] = static_cast<std::uint8_t>(p);
    queue.scheduler[index] = static_cast<std::uint8_t>(index);
    for (unsigned other = 0; other < index; ++other) {
      if (config_.ports[queue.port[other]].scheduler == scheduler) {
        queue.scheduler[index] = queue.scheduler[other];
      }
    }
    queue.capacity[queue.scheduler[index]] = config_.schedulers[scheduler].entries;
  }
}

void FastCore::consume(const emu::RetiredBatch& batch) {
  const auto words = batch.words;
  for (std::size_t i = 0; i < words.size();) {
    const emu::Block& block = *batch.blocks[words[i]];
    const std::size_t next = i + 1 + block.mem_count;
    const std::uint64_t next_id = next < words.size() ? words[next] : batch.next_block;
    const bool has_next = next_id != emu::kNoBlock;
    const CrackedBlock& cracked = table_.lookup(block);
    fetch_.begin_record(cracked, has_next ? batch.blocks[next_id]->pc : 0, has_next);
    run_block(cracked, words.data() + i + 1);
    i = next;
  }
}

void FastCore::run_block(const CrackedBlock& block, const std::uint64_t* addresses) {
  stats_.core.insts += block.inst_count;
  stats_.core.uops += block.slots;
  stats_.core.issued_uops += block.issues;
  stats_.core.eliminated_uops += block.eliminated;
  stats_.core.fused_pairs += block.fused_pairs;
  while (!fetch_.needs_record()) {
    if (!fetch_.window_open()) open_window();
    run_packet(fetch_.take(), addresses);
  }
}

void FastCore::open_window() {
  Cycle cycle = fetch_.next_cycle();
  const std::uint64_t fetched = fetched_ + fetch_.window_instructions();
  if (fetched > fetch_capacity_)
    cycle = std::max(cycle, renamed_[(fetched - fetch_capacity_ - 1) % renamed_.size()]);
  fetch_.open_window(cycle);
}

void FastCore::run_packet(const Packet& packet, const std::uint64_t*& addresses) {
  fetched_ += packet.insts;
  wait(packet.available, packet.reason);
  for (const UopInfo* uop = packet.begin; uop != packet.end; ++uop) {
    rename(*uop);
    RetireGroup& group = groups_[(next_group_ - 1) % kMaxGroups];
    if (uop->ports == 0) {
      last_issue_ = renamed_at_;
      complete_by(group, renamed_at_ + 1, StallReason::kRetire);
      const Value value = uop->is(kUopCopy) ? values_[uop->sources[0].reg] : Value{};
      for (unsigned d = 0; d < uop->dest_count; ++d) values_[uop->dests[d]] = value;
      if (uop->is(kUopSerialize)) serialize(*uop);
    } else {
      if (uop->is(kUopFirstAccess)) address_ = *addresses++;
      execute(*uop, packet.block_pc + 4 * std::uint64_t{uop->inst}, address_ + uop->offset);
    }
    for (unsigned i = 0; i < uop->insts; ++i) renamed_[taken_++ % renamed_.size()] = renamed_at_;
  }
  if (packet.penalty != 0) fetch_.redirect(last_issue_, packet.penalty);
}

void FastCore::rename(const UopInfo& uop) {
  RetireGroup* group = &groups_[(next_group_ - 1) % kMaxGroups];
  bool open = !group_open_ || rules_.must_open(*group, uop);
  // A group that has already retired by now takes no more uops.
  if (!open && std::max(group->complete, retirement_.last()) <= ledger_.now()) open = true;
  if (open && group_open_) close_group();
  if (open ? next_group_ - released_ >= config_.rob.groups || lacks(available_, uop.needs)
           : lacks(available_, uop.needs)) {
    make_room(uop, open);
  }
  if (uop.is(kUopSerialize)) wait(retirement_.last(), StallReason::kSerialize);
  if (uop.ports != 0) enter_queue(uop);
  if (!group_open_) {
    group_open_ = true;
    groups_[next_group_ % kMaxGroups] = RetireGroup{};
    ++next_group_;
  }
  join(groups_[(next_group_ - 1) % kMaxGroups], uop);
  available_ -= uop.needs;
  if (uop.slots > 0 && ledger_.left() == 0) wait(ledger_.now() + 1, StallReason::kBase);
  renamed_at_ = ledger_.now();
  ledger_.use(uop.slots);
}

void FastCore::make_room(const UopInfo& uop, bool open) {
  release(ledger_.now());
  for (;;) {
    const bool full = open && next_group_ - released_ >= config_.rob.groups;
    if (!full && !lacks(available_, uop.needs)) return;
    if (group_open_ && released_ + 1 == next_group_) close_group();
    const RetireGroup& oldest = groups_[released_ % kMaxGroups];
    StallReason reason = oldest.cause;
    if (reason == StallReason::kRetire && !full) reason = StallReason::kRegisters;
    wait(oldest.retired, reason);
    release(ledger_.now());
  }
}

void FastCore::release(Cycle now) {
  while (released_ < next_group_) {
    const RetireGroup& group = groups_[released_ % kMaxGroups];
    if (group.retired > now) return;
    available_ += group.needs;
    ++released_;
  }
}

void FastCore::close_group() {
  RetireGroup& group = groups_[(next_group_ - 1) % kMaxGroups];
  group_open_ = false;
  group.retired = retirement_.retire(group.complete, group.needs);
  if (group.load_number != 0) loads_[group.load_number % loads_.size()] = group.retired;
  if (group.store_sequence != 0) {
    StoreRecord& store = stores_.record(group.store_sequence);
    store.freed = commit_.commit(memory_, store, group.retired);
  }
}

void FastCore::serialize(const UopInfo& uop) {
  close_group();
  wait(ledger_.now() + uop.latency, StallReason::kSerialize);
}

// The emptier of the dispatch queues that lead to a port for the uop; waits until it has room.
void FastCore::enter_queue(const UopInfo& uop) {
  const bool two = !std::has_single_bit(unsigned{uop.queues});
  Queue& first = queues_[uop.queue];
  Queue& second = queues_[static_cast<unsigned>(std::bit_width(unsigned{uop.queues})) - 1];
  for (;;) {
    const Cycle now = ledger_.now();
    first.settle(now);
    queue_ = &first;
    if (two) {
      second.settle(now);
      if (second.queued() < first.queued() || (second.queued() == first.queued() && alternate_))
        queue_ = &second;
    }
    if (queue_->queued() < queue_->entries) break;
    release(now);
    const RetireGroup& oldest = groups_[released_ % kMaxGroups];
    const bool memory = released_ < next_group_ && oldest.cause > StallReason::kMemoryL1;
    Cycle room = first.oldest();
    if (two) room = std::min(room, second.oldest());
    wait(room, memory ? oldest.cause : StallReason::kScheduler);
  }
  if (two) alternate_ = !alternate_;
}

void FastCore::dispatch_until(Queue& queue, Cycle cycle) {
  if (cycle <= queue.calendar.now()) return;
  queue.calendar.advance(
      cycle, [&queue](unsigned port, unsigned count) { queue.waiting[queue.scheduler[port]] -= count; });
  queue.left = queue.per_cycle;
}

// Binds the uop to the least occupied scheduler that can execute it; returns when it gets there.
Cycle FastCore::dispatch(const UopInfo& uop, Queue& queue, unsigned& scheduler) {
  dispatch_until(queue, renamed_at_ + kDispatchDelay);
  if (queue.left == 0) dispatch_until(queue, queue.calendar.now() + 1);
  for (;;) {
    std::uint32_t least = UINT32_MAX;
    unsigned mask = 0;
    for (unsigned p = 0; p < queue.ports; ++p) {
      if ((uop.ports >> queue.port[p] & 1U) == 0) continue;
      const unsigned s = queue.scheduler[p];
      mask |= 1U << p;
      if (queue.waiting[s] < queue.capacity[s] && queue.waiting[s] < least) {
        least = queue.waiting[s];
        scheduler = s;
      }
    }
    if (least != UINT32_MAX) break;
    dispatch_until(queue, queue.calendar.next_leave(leave_mask(queue, mask)));
  }
  --queue.left;
  queue.dispatched[queue.entered++ % queue.dispatched.size()] = queue.calendar.now();
  return queue.calendar.now();
}

// Any port of a full scheduler makes room in it, also one that cannot execute the uop.
unsigned FastCore::leave_mask(const Queue& queue, unsigned mask) {
  unsigned all = 0;
  for (unsigned p = 0; p < queue.ports; ++p) {
    for (unsigned q = 0; q < queue.ports; ++q) {
      if ((mask >> q & 1U) != 0 && queue.scheduler[p] == queue.scheduler[q]) all |= 1U << p;
    }
  }
  return all;
}

Cycle FastCore::operands_ready(const UopInfo& uop) const {
  Cycle ready = 0;
  for (unsigned s = 0; s < uop.source_count; ++s) {
    const Value& value = values_[uop.sources[s].reg];
    Cycle at = value.ready;
    if (uop.sources[s].role == insts::Role::kBase) at -= value.base_sooner;
    if (uop.sources[s].role == insts::Role::kAddend) at -= value.addend_sooner;
    ready = std::max(ready, at);
  }
  return ready;
}

// The first free cycle from `ready` on of the ports of the uop's scheduler.
Cycle FastCore::issue(const UopInfo& uop, Queue& queue, unsigned scheduler, Cycle ready) {
  if (!queue.calendar.in_reach(ready)) return ready;
  Cycle best = kNever;
  unsigned port = 0;
  for (unsigned p = 0; p < queue.ports; ++p) {
    if (queue.scheduler[p] != scheduler || (uop.ports >> queue.port[p] & 1U) == 0) continue;
    const Cycle free = queue.calendar.first_free(p, ready, uop.occupancy);
    if (free < best) {
      best = free;
      port = p;
    }
    if (best == ready) break;
  }
  queue.calendar.book(port, best, uop.occupancy);
  ++queue.waiting[scheduler];
  return best;
}

void FastCore::execute(const UopInfo& uop, std::uint64_t pc, std::uint64_t address) {
  unsigned scheduler = 0;
  const Cycle dispatched = dispatch(uop, *queue_, scheduler);
  const Cycle ready = std::max(operands_ready(uop), dispatched + kIssueDelay);
  if (uop.memory()) {
    if (uop.is(kUopLoad)) return execute_load(uop, scheduler, ready, pc, address);
    if (uop.is(kUopStore)) return execute_store(uop, scheduler, ready, pc, address);
  }
  last_issue_ = issue(uop, *queue_, scheduler, ready);
  if (uop.is(kUopPrefetch)) memory_.prefetch(address, last_issue_);
  const Cycle done = last_issue_ + uop.latency;
  complete_by(groups_[(next_group_ - 1) % kMaxGroups], done, StallReason::kRetire);
  for (unsigned d = 0; d < uop.dest_count; ++d) values_[uop.dests[d]] = {done, 0, uop.addend_sooner};
}

void FastCore::execute_load(const UopInfo& uop, unsigned scheduler, Cycle ready, std::uint64_t pc,
                            std::uint64_t address) {
  const std::uint64_t number = ++load_count_;
  if (number > config_.lsq.load_entries) {
    ready = std::max(ready, loads_[(number - config_.lsq.load_entries) % loads_.size()]);
  }
  const StoreRecord* store = stores_.find(address, uop.bytes);
  const bool predicted = store != nullptr && dependences_.predicts(pc);
  if (predicted) ready = std::max(ready, store->issued + 1);
  const Cycle issued = issue(uop, *queue_, scheduler, ready);
  const LoadTiming timing = memory_.load(pc, address, uop.bytes, issued);
  Cycle done = timing.ready;
  std::uint8_t base_sooner = timing.base_lead;
  MemLevel level = timing.level;
  if (store != nullptr && store->freed > issued) {
    const Forwarding forwarding = stores_.forward(*store, address, uop.bytes, issued, done, predicted);
    done = forwarding.ready;
    base_sooner = 0;
    level = MemLevel::kL1;
    ++stats_.core.forwarded_loads;
    if (forwarding.failed) ++stats_.core.forward_fails;
    if (forwarding.violated) {
      ++stats_.core.order_violations;
      dependences_.learn(pc);
    }
  }
  done += uop.latency;
  RetireGroup& group = groups_[(next_group_ - 1) % kMaxGroups];
  group.load_number = number;
  complete_by(group, done, stall_of(level));
  for (unsigned d = 0; d < uop.dest_count; ++d) {
    // Only the first register of a pair has the short way to an address.
    values_[uop.dests[d]] = {done, d == 0 ? base_sooner : std::uint8_t{0}, 0};
  }
}

void FastCore::execute_store(const UopInfo& uop, unsigned scheduler, Cycle ready, std::uint64_t pc,
                             std::uint64_t address) {
  StoreRecord& store = stores_.add(pc, address, uop.bytes);
  if (store.sequence > config_.lsq.store_entries) {
    ready = std::max(ready, stores_.record(store.sequence - config_.lsq.store_entries).freed);
  }
  store.issued = issue(uop, *queue_, scheduler, ready);
  const Cycle done = store.issued + uop.latency;
  RetireGroup& group = groups_[(next_group_ - 1) % kMaxGroups];
  group.store_sequence = store.sequence;
  complete_by(group, done, StallReason::kRetire);
  for (unsigned d = 0; d < uop.dest_count; ++d) values_[uop.dests[d]] = {done, 0, 0};
}

void FastCore::finish() {
  if (group_open_) close_group();
  ledger_.advance(std::max(retirement_.last(), ledger_.now() + 1), StallReason::kDrain);
  stats_.core.cycles = ledger_.now();
  stats_.core.slots = ledger_.slots();
  stats_.core.slots_per_cycle = ledger_.width();
  stats_.branch = predictor_.stats();
  stats_.memory = memory_.stats();
}

}  // namespace m2sim::timing
