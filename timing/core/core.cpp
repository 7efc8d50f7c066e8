#include "timing/core/core.h"

#include <algorithm>
#include <cassert>

namespace m2sim::timing {

Core::Core(const CoreConfig& config)
    : config_(config),
      table_(config),
      memory_(config),
      predictor_(config.branch),
      fetch_(config, memory_, predictor_),
      fetch_capacity_(fetch_capacity(config)),
      ledger_(config.rename.width),
      rules_(config.rob),
      available_(initial_resources(config)),
      stores_(config),
      dependences_(config.lsq),
      groups_(kMaxGroups),
      commit_(config.lsq) {
  build_ports();
}

void Core::build_ports() {
  for (unsigned q = 0; q < kDispatchQueueCount; ++q) {
    queues_[q].entries = std::clamp<std::uint32_t>(config_.dispatch_queues[q].entries, 1, 63);
    queues_[q].per_cycle = std::max<std::uint32_t>(1, config_.dispatch_queues[q].per_cycle);
  }
  for (unsigned s = 0; s < kSchedulerCount; ++s) schedulers_[s] = Scheduler(config_.schedulers[s].entries);
  for (const unsigned p : ports_by_speciality(config_)) {
    const unsigned s = config_.ports[p].scheduler;
    scheduler_ports_[s][scheduler_port_count_[s]++] = static_cast<std::uint8_t>(p);
    DispatchQueue& queue = queues_[config_.schedulers[s].queue];
    queue.ports[queue.port_count++] = static_cast<std::uint8_t>(p);
  }
}

void Core::consume(const emu::RetiredBatch& batch) {
  if (context_.follow(batch)) switch_context();
  batch_ = batch;
  next_word_ = 0;
  if (fetch_.window_open()) fetch();  // the cycle in which the last batch ended goes on
  while (next_word_ < batch_.words.size() || !fetch_.needs_record()) {
    tick();
  }
}

void Core::blocks_cleared() {
  drain();
  fetch_.close_window();
  table_.clear();
}

void Core::drain() {
  ended_ = true;
  while (!packets_.empty() || oldest_group_ != next_group_) tick();
  ended_ = false;
}

// An exception drains the pipe; what the kernel does then is not simulated.
void Core::switch_context() {
  drain();
  fetch_.restart(ledger_.now());
  ++stats_.core.context_switches;
}

void Core::finish() {
  drain();
  const Cycle end = std::max(last_retire_, ledger_.now() + 1);
  ledger_.advance(end, StallReason::kDrain);
  stats_.core.cycles = ledger_.now();
  stats_.core.slots = ledger_.slots();
  stats_.core.slots_per_cycle = ledger_.width();
  stats_.branch = predictor_.stats();
  stats_.memory = memory_.stats();
}

void Core::tick() {
  now_ = ledger_.now();
  active_ = false;
  retire();
  complete();
  issue();
  dispatch();
  rename();
  fetch();
  end_cycle();
}

// Rename's slots that are left are lost, and if nothing moved, so are those up to the next event.
void Core::end_cycle() {
  if (ledger_.now() != now_) return;
  Cycle next = now_ + 1;
  if (!active_ && std::none_of(schedulers_.begin(), schedulers_.end(),
                               [](const Scheduler& scheduler) { return scheduler.any_ready(); })) {
    next = std::max(next, next_event());
    assert(next != kNever);
  }
  ledger_.advance(next, why_);
}

void Core::retire() {
  unsigned groups = config_.rob.groups_per_cycle;
  unsigned renames = config_.rob.renames_per_cycle;
  while (oldest_group_ != next_group_ && groups != 0) {
    RetireGroup& oldest = group(oldest_group_);
    if (oldest.unissued != 0 || oldest.complete > now_) return;
    const unsigned entries = rename_entries(oldest.needs);
    if (entries > renames && renames != config_.rob.renames_per_cycle) return;
    if (open_group_ == oldest_group_) open_group_ = 0;
    renames -= std::min(renames, entries);
    --groups;
    retire_group(oldest);
    ++oldest_group_;
  }
}

void Core::retire_group(RetireGroup& group) {
  active_ = true;
  last_retire_ = now_;
  available_ += group.needs;
  if (group.load_number != 0) {
    loads_retired_ = group.load_number;
    wake_sleeper(sleeping_loads_[(loads_retired_ + config_.lsq.load_entries) % sleeping_loads_.size()], now_);
  }
  if (group.store_sequence != 0) {
    StoreRecord& store = stores_.record(group.store_sequence);
    store.freed = commit_.commit(memory_, store, now_);
    wake_sleeper(sleeping_stores_[(store.sequence + config_.lsq.store_entries) % sleeping_stores_.size()],
                 store.freed);
  }
  oldest_sequence_ += group.issuing;
}

void Core::complete() {
  wheel_.drain(ring_, now_, [this](std::uint32_t index) {
    InFlight& entry = ring_.at_index(index);
    if (entry.ready > now_) {
      wheel_.add(ring_, index, now_, entry.ready);
    } else {
      schedulers_[entry.scheduler].wake(entry.slot);
    }
  });
}

void Core::issue() {
  for (unsigned s = 0; s < kSchedulerCount; ++s) {
    if (schedulers_[s].any_ready()) issue_from(s);
  }
}

void Core::dispatch() {
  for (DispatchQueue& queue : queues_) {
    for (unsigned n = 0; n < queue.per_cycle && !queue.uops.empty(); ++n) {
      const std::uint64_t sequence = queue.uops.front();
      InFlight& entry = ring_.at(sequence);
      std::uint32_t least = UINT32_MAX;
      for (unsigned i = 0; i < queue.port_count; ++i) {
        const unsigned p = queue.ports[i];
        if ((entry.info->ports >> p & 1U) == 0) continue;
        const auto s = static_cast<std::uint8_t>(config_.ports[p].scheduler);
        if (schedulers_[s].full() || schedulers_[s].waiting() >= least) continue;
        least = schedulers_[s].waiting();
        entry.scheduler = s;
      }
      if (least == UINT32_MAX) break;
      queue.uops.pop();
      active_ = true;
      entry.slot = static_cast<std::uint8_t>(
          schedulers_[entry.scheduler].insert(sequence, [this](std::uint64_t moved, unsigned slot) {
            ring_.at(moved).slot = static_cast<std::uint8_t>(slot);
          }));
      entry.dispatched = true;
      entry.ready = std::max(entry.ready, now_ + kIssueDelay);
      if (entry.pending == 0) schedule(InFlightRing::index_of(sequence), entry);
    }
  }
}

void Core::schedule(std::uint32_t index, InFlight& entry) { wheel_.add(ring_, index, now_, entry.ready); }

void Core::fetch() {
  if (!fetch_.window_open()) {
    if (now_ < fetch_.next_cycle() || fetch_queued_ + fetch_.window_instructions() > fetch_capacity_) return;
    if (ended_) return;
    fetch_.open_window(now_);
    active_ = true;
  }
  while (fetch_.window_open()) {
    if (fetch_.needs_record() && !next_record()) return;
    const Packet packet = fetch_.take();
    packets_.push(packet);
    fetch_queued_ += packet.insts;
    active_ = true;
  }
}

bool Core::next_record() {
  const auto words = batch_.words;
  if (next_word_ >= words.size()) return false;
  const emu::Block& block = *batch_.blocks[words[next_word_]];
  const CrackedBlock& cracked = table_.lookup(block);
  for (unsigned i = 0; i < block.mem_count; ++i) addresses_.push(context_.locate(words[next_word_ + 1 + i]));
  next_word_ += 1 + std::size_t{block.mem_count};
  const std::uint64_t next_id = next_word_ < words.size() ? words[next_word_] : batch_.next_block;
  const bool has_next = next_id != emu::kNoBlock;
  fetch_.begin_record(cracked, context_.locate(block.pc), has_next ? batch_.blocks[next_id]->pc : 0,
                      has_next);
  stats_.core.insts += block.inst_count;
  stats_.core.uops += cracked.slots;
  stats_.core.issued_uops += cracked.issues;
  stats_.core.eliminated_uops += cracked.eliminated;
  stats_.core.fused_pairs += cracked.fused_pairs;
  return true;
}

// The next cycle in which anything can happen, seen from a cycle in which nothing did.
Cycle Core::next_event() const {
  Cycle next = wheel_.next(now_);
  if (oldest_group_ != next_group_) {
    const RetireGroup& oldest = group(oldest_group_);
    if (oldest.unissued == 0) next = std::min(next, oldest.complete);
  }
  if (!packets_.empty() && packets_.front().available > now_) {
    next = std::min(next, packets_.front().available);
  }
  if (serialized_until_ > now_) next = std::min(next, serialized_until_);
  if (fetch_queued_ + fetch_.window_instructions() <= fetch_capacity_ && !ended_) {
    next = std::min(next, fetch_.next_cycle());
  }
  return next;
}

}  // namespace m2sim::timing
