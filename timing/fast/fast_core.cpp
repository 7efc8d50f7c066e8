#include "timing/fast/fast_core.h"

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
  group_ = groups_.data();
  group_->ended = true;
  group_->retired = 0;
}

void FastCore::build_queues() {
  const QueueLayout layout = queue_layout(config_);
  for (unsigned q = 0; q < kDispatchQueueCount; ++q) {
    Queue& queue = queues_[q];
    queue.entries = std::clamp<std::uint32_t>(config_.dispatch_queues[q].entries, 1, 63);
    queue.per_cycle = std::max<std::uint32_t>(1, config_.dispatch_queues[q].per_cycle);
    for (unsigned i = 0; i < layout[q].count; ++i) {
      const std::uint32_t scheduler = config_.ports[layout[q].port[i]].scheduler;
      queue.scheduler[i] = static_cast<std::uint8_t>(i);
      for (unsigned other = 0; other < i; ++other) {
        if (config_.ports[layout[q].port[other]].scheduler == scheduler) {
          queue.scheduler[i] = queue.scheduler[other];
        }
      }
      queue.scheduler_ports[queue.scheduler[i]] |= 1U << i;
      if (queue.scheduler[i] == i) queue.capacity |= in_lane(i, config_.schedulers[scheduler].entries);
    }
    for (unsigned ports = 0; ports < queue.choices.size(); ++ports) {
      Queue::Choice& choice = queue.choices[ports];
      for (unsigned i = 0; i < kCalendarPorts; ++i) {
        const bool leads = (queue.scheduler_ports[i] & ports) != 0;
        if (!leads) choice.excluded |= in_lane(i, kWholeLane);
        if (leads) choice.leaving |= queue.scheduler_ports[i];
      }
    }
  }
}

void FastCore::consume(const emu::RetiredBatch& batch) {
  if (context_.follow(batch)) switch_context();
  const auto words = batch.words;
  for (std::size_t i = 0; i < words.size();) {
    const emu::Block& block = *batch.blocks[words[i]];
    const std::size_t next = i + 1 + block.mem_count;
    const std::uint64_t next_id = next < words.size() ? words[next] : batch.next_block;
    const bool has_next = next_id != emu::kNoBlock;
    const CrackedBlock& cracked = table_.lookup(block);
    fetch_.begin_record(cracked, context_.locate(block.pc), has_next ? batch.blocks[next_id]->pc : 0,
                        has_next);
    run_block(cracked, words.data() + i + 1);
    i = next;
  }
}

// An exception drains the pipe; what the kernel does then is not simulated.
void FastCore::switch_context() {
  if (group_open_) close_group();
  wait(retirement_.last() + 1, StallReason::kDrain);
  fetch_.restart(ledger_.now());
  ++stats_.core.context_switches;
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
    RetireGroup& group = *group_;
    if (uop->ports == 0) {
      last_issue_ = renamed_at_;
      complete_by(group, renamed_at_ + 1, StallReason::kRetire);
      const Value value = uop->is(kUopCopy) ? values_[uop->sources[0].reg] : Value{};
      for (unsigned d = 0; d < uop->dest_count; ++d) values_[uop->dests[d]] = value;
      if (uop->is(kUopSerialize)) serialize(*uop);
    } else {
      if (uop->is(kUopFirstAccess)) address_ = context_.locate(*addresses++);
      execute(*uop, packet.block_pc);
    }
    // The place of the next instruction is written even if none ends here: it is so again when one does.
    renamed_[taken_ % renamed_.size()] = renamed_at_;
    if (uop->insts > 1) renamed_[(taken_ + 1) % renamed_.size()] = renamed_at_;
    taken_ += uop->insts;
  }
  if (packet.penalty != 0) fetch_.redirect(last_issue_, packet.penalty);
}

inline void FastCore::rename(const UopInfo& uop) {
  if (uop.slots > 0 && ledger_.left() == 0) wait(ledger_.now() + 1, StallReason::kBase);
  bool open = !group_open_ || rules_.must_open(*group_, uop);
  // A group that has already retired by now takes no more uops.
  if (!open && std::max(group_->complete, retirement_.last()) <= ledger_.now()) open = true;
  if (open && group_open_) close_group();
  if (open ? next_group_ - released_ >= config_.rob.groups || lacks(available_, uop.needs)
           : lacks(available_, uop.needs)) {
    make_room(uop, open);
  }
  if (uop.is(kUopSerialize)) wait(retirement_.last(), StallReason::kSerialize);
  if (uop.ports != 0) enter_queue(uop);
  if (!group_open_) {
    group_open_ = true;
    group_ = &groups_[next_group_++ % kMaxGroups];
    *group_ = RetireGroup{};
  }
  join(*group_, uop);
  available_ -= uop.needs;
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
  RetireGroup& group = *group_;
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
inline void FastCore::enter_queue(const UopInfo& uop) {
  const bool two = !std::has_single_bit(unsigned{uop.queues});
  Queue& first = queues_[uop.queue];
  Queue& second = queues_[static_cast<unsigned>(std::bit_width(unsigned{uop.queues})) - 1];
  for (;;) {
    const Cycle now = ledger_.now();
    first.settle(now);
    queue_ = &first;
    ports_ = uop.local_ports & 15U;
    std::uint64_t queued = first.queued();
    if (two) {
      second.settle(now);
      // The emptier; of equals the one whose turn it is.
      if (2 * second.queued() < 2 * queued + (alternate_ ? 1 : 0)) {
        queue_ = &second;
        ports_ = uop.local_ports >> 4U;
        queued = second.queued();
      }
    }
    if (queued < queue_->entries) break;
    release(now);
    const RetireGroup& oldest = groups_[released_ % kMaxGroups];
    const bool memory = released_ < next_group_ && oldest.cause > StallReason::kMemoryL1;
    Cycle room = first.oldest();
    if (two) room = std::min(room, second.oldest());
    // Step by step as groups retire, so that each cycle is charged to what the oldest group waits for then.
    if (released_ < next_group_) room = std::min(room, oldest.retired);
    wait(room, memory ? oldest.cause : StallReason::kScheduler);
  }
  alternate_ = alternate_ != two;
}

void FastCore::dispatch_later(Queue& queue, Cycle cycle) {
  queue.calendar.advance(cycle, [&queue](unsigned port, unsigned count) {
    queue.waiting -= in_lane(queue.scheduler[port], count);
  });
  queue.left = queue.per_cycle;
}

// Binds the uop to the least occupied scheduler that can execute it; returns when it gets there.
inline Cycle FastCore::dispatch(unsigned ports, Queue& queue, unsigned& scheduler) {
  dispatch_until(queue, renamed_at_ + kDispatchDelay);
  if (queue.left == 0) dispatch_later(queue, queue.calendar.now() + 1);
  const Queue::Choice& choice = queue.choices[ports];
  for (;;) {
    scheduler = least_lane(queue.waiting, queue.capacity, choice.excluded);
    if (scheduler != kLaneCount) break;
    dispatch_until(queue, queue.calendar.next_leave(choice.leaving));
  }
  --queue.left;
  queue.dispatched[queue.entered++ % queue.dispatched.size()] = queue.calendar.now();
  return queue.calendar.now();
}

// Most uops have up to two sources: those are looked at without asking how many there are.
inline Cycle FastCore::operands_ready(const UopInfo& uop) const {
  const auto of = [&](const insts::Source& source) { return values_[source.reg].ready_as(source.role); };
  Cycle ready = std::max(of(uop.sources[0]), of(uop.sources[1]));
  for (unsigned s = 2; s < uop.source_count; ++s) ready = std::max(ready, of(uop.sources[s]));
  return ready;
}

// A register that the uop does not have takes the value too, and nobody waits for it.
inline void FastCore::write(const UopInfo& uop, Cycle done, std::uint64_t sooner) {
  values_[uop.dests[0]] = {done, sooner};
  if (uop.dest_count > 1) values_[uop.dests[1]] = {done, sooner};
  values_[kNoTimedReg] = Value{};
}

// The first free cycle from `ready` on of the ports of the uop's scheduler.
inline Cycle FastCore::issue(const UopInfo& uop, Cycle ready) {
  Queue& queue = *queue_;
  if (!queue.calendar.in_reach(ready)) return ready;
  queue.waiting += in_lane(scheduler_, 1);
  unsigned rest = ports_ & queue.scheduler_ports[scheduler_];
  auto port = static_cast<unsigned>(std::countr_zero(rest));
  if (std::has_single_bit(rest) && uop.occupancy == 1) return queue.calendar.book_first(port, ready);
  Cycle best = queue.calendar.first_free(port, ready, uop.occupancy);
  for (rest &= rest - 1; rest != 0 && best != ready; rest &= rest - 1) {
    const auto other = static_cast<unsigned>(std::countr_zero(rest));
    const Cycle free = queue.calendar.first_free(other, ready, uop.occupancy);
    if (free >= best) continue;
    best = free;
    port = other;
  }
  queue.calendar.book(port, best, uop.occupancy);
  return best;
}

inline void FastCore::execute(const UopInfo& uop, std::uint64_t block_pc) {
  const Cycle dispatched = dispatch(ports_, *queue_, scheduler_);
  const Cycle ready = std::max(operands_ready(uop), dispatched + kIssueDelay);
  if (uop.memory()) {
    const std::uint64_t pc = block_pc + 4 * std::uint64_t{uop.inst};
    const std::uint64_t address = address_ + uop.offset;
    if (uop.is(kUopLoad)) return execute_load(uop, ready, pc, address);
    if (uop.is(kUopStore)) return execute_store(uop, ready, pc, address);
  }
  last_issue_ = issue(uop, ready);
  if (uop.is(kUopPrefetch)) memory_.prefetch(address_ + uop.offset, last_issue_);
  const Cycle done = last_issue_ + uop.latency;
  complete_by(*group_, done, StallReason::kRetire);
  write(uop, done, Value::sooner_as(insts::Role::kAddend, uop.addend_sooner));
}

void FastCore::execute_load(const UopInfo& uop, Cycle ready, std::uint64_t pc, std::uint64_t address) {
  const std::uint64_t number = ++load_count_;
  if (number > config_.lsq.load_entries) {
    ready = std::max(ready, loads_[(number - config_.lsq.load_entries) % loads_.size()]);
  }
  const StoreRecord* store = stores_.find(address, uop.bytes);
  const bool predicted = store != nullptr && dependences_.predicts(pc);
  if (predicted) ready = std::max(ready, store->issued + 1);
  const Cycle issued = issue(uop, ready);
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
  RetireGroup& group = *group_;
  group.load_number = number;
  complete_by(group, done, stall_of(level));
  write(uop, done, 0);
  // Only the first register of a pair has the short way to an address.
  if (uop.dest_count > 0) values_[uop.dests[0]].sooner = Value::sooner_as(insts::Role::kBase, base_sooner);
}

void FastCore::execute_store(const UopInfo& uop, Cycle ready, std::uint64_t pc, std::uint64_t address) {
  StoreRecord& store = stores_.add(pc, address, uop.bytes);
  if (store.sequence > config_.lsq.store_entries) {
    ready = std::max(ready, stores_.record(store.sequence - config_.lsq.store_entries).freed);
  }
  store.issued = issue(uop, ready);
  const Cycle done = store.issued + uop.latency;
  RetireGroup& group = *group_;
  group.store_sequence = store.sequence;
  complete_by(group, done, StallReason::kRetire);
  write(uop, done, 0);
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
