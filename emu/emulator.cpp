#include "emu/emulator.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "emu/engine/block_end.h"
#include "emu/linux/process.h"
#include "emu/linux/tracing.h"
#include "insts/operands.h"

namespace m2sim::emu {
namespace {

// Instructions between two hand-overs of the log: small enough that it stays in the host's L2 cache.
constexpr std::int64_t kBatchInsts = 4096;
// Without a log the run loop is only needed for the instruction limit.
constexpr std::int64_t kSliceInsts = std::int64_t{1} << 24;
// A record has at most one id and one address an instruction; the last block may overshoot the slice.
constexpr std::size_t kLogWords = 2 * (static_cast<std::size_t>(kBatchInsts) + 2 * kMaxBlockInsts);

// Top-byte-ignore holds for branches too: the pc gets bit 55 in all the bits above it.
std::uint64_t without_tag(std::uint64_t target) {
  constexpr unsigned kTagBits = 8;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(target << kTagBits) >> kTagBits);
}

bool goes_through_stack(const insts::Inst& inst) {
  const insts::Access access = insts::operands_of(inst).memory.kind;
  if (access == insts::Access::kNone || access == insts::Access::kPrefetch) return false;
  return inst.rn == 31 && insts::roles_of(inst.op).n.kind == insts::FieldKind::kGprOrSp;
}

}  // namespace

Emulator::Emulator(Machine& machine) : machine_(machine), kernel_(machine.kernel()) {
  task_ = kernel_.tasks().empty() ? nullptr : kernel_.tasks().front().get();
  if (machine.run_point()) resume(*machine.run_point());
}

void Emulator::begin(Wants sink, const Until& until) {
  machine_.begin();
  until_ = until;
  watches_ = !until.addresses.empty() || !until.instructions.empty();
  bool more = watches_ && watched_.add(until.addresses, until.instructions);
  if (sink.time) more |= watched_.add_counter_reads();
  if (more) watch_blocks();
  clock_.begin_run(sink.time, stats_.insts);
  // Also behind a stop in which nothing was executed.
  resumes_ = run_end_ == RunEnd::Kind::kReached || (resumes_ && run_end_ && stats_.insts == insts_begin_);
  run_end_.reset();
  insts_begin_ = handed_over_ = stats_.insts;
  insts_end_ = stats_.insts + std::min(until.insts, UINT64_MAX - stats_.insts);
  ends_by_maps_ = false;
  look_at_maps();
  if (cache_ == nullptr || sink.log != logs_) use_blocks(sink.log);
  if (partial_left_ != 0) resume_block();
}

void Emulator::use_blocks(bool log) {
  logs_ = log;
  Blocks& blocks = blocks_for(log);
  cache_ = &blocks.cache;
  translator_ = &blocks.translator;
  if (log && log_ == nullptr) log_ = std::make_unique_for_overwrite<std::uint64_t[]>(kLogWords);
  next_ = nullptr;
  partial_record_ = nullptr;
  blocks_changed_ = true;
  if (task_goes_on_) look_at(*task_);
}

RunEnd Emulator::finish() {
  if (task_goes_on_) {
    cpu_->pc = partial_ == nullptr ? pc_ : partial_->pc + 4 * std::uint64_t{partial_done_};
  }
  if (run_end_ == RunEnd::Kind::kLimit && ends_by_maps_) run_end_ = RunEnd::Kind::kCodeMapped;
  if (run_end_ == RunEnd::Kind::kCodeMapped) maps_told_ = kernel_.mapped_code.size();
  if (run_end_) return {*run_end_, {}, reached_, space_ == nullptr ? 0 : space_->family};
  over_ = true;
  return end_;
}

// The run ends here, before anything else executes.
void Emulator::look_at_maps() {
  if (!until_.code_mapped || kernel_.mapped_code.size() == maps_told_) return;
  ends_by_maps_ = true;
  insts_end_ = stats_.insts;
}

bool Emulator::end_run(RunEnd::Kind kind) {
  run_end_ = kind;
  slice_end_ = SliceEnd::kEnded;
  return false;
}

bool Emulator::end_at(const Block& block, unsigned index) {
  reached_ = block.insts()[index];
  return end_run(RunEnd::Kind::kReached);
}

// Instructions until the scheduler wants to be asked; negative when it is time.
std::int64_t Emulator::insts_to_event() const {
  const std::uint64_t until = kernel_.run_until();
  if (until > static_cast<std::uint64_t>(INT64_MAX) / kInstsPerNanosecond) return INT64_MAX;
  const std::uint64_t now = clock_.expected(stats_.insts);
  return static_cast<std::int64_t>(until * kInstsPerNanosecond) - static_cast<std::int64_t>(now);
}

void Emulator::switch_to(Task& task) {
  look_at(task);
  cpu_->exclusive_address = UINT64_MAX;
}

void Emulator::look_at(Task& task) {
  blocks_changed_ = false;
  task_ = &task;
  task_number_ = task.number;
  cpu_ = &task.cpu;
  AddressSpace& space = *task.process->space;
  space_ = &space;
  cpu_->memory_base = space.memory.base();
  cpu_->memory_limit = space.memory.limit();
  // Unless it was filled for these very blocks.
  const std::uint64_t epoch = stats_.cache_clears << 32U ^ space.number << 1U ^ (logs_ ? 1U : 0U);
  if (task.jump_cache_epoch != epoch) cpu_->jump_cache.fill(&kNowhere);
  task.jump_cache_epoch = epoch;
  translator_->look_at(space.memory, space.number);
}

// False: nobody is left to run.
bool Emulator::choose_task() {
  // Inside a block nothing may come in between.
  if (partial_ != nullptr || (task_goes_on_ && insts_to_event() >= 0)) return true;
  if (task_goes_on_) cpu_->pc = pc_;
  kernel_.set_time(nanoseconds());
  Task* const chosen = kernel_.schedule();
  task_goes_on_ = chosen != nullptr;
  if (chosen == nullptr) {
    if (kernel_.deadlocked()) end_.kind = RunEnd::Kind::kDeadlock;
    return false;
  }
  const bool same =
      chosen->number == task_number_ && cpu_ != nullptr && space_ == chosen->process->space.get();
  if (!same) {
    switch_to(*chosen);
  } else if (blocks_changed_) {
    look_at(*chosen);
  }
  const bool steps = chosen->tracing != nullptr && chosen->tracing->resume == Tracing::Resume::kStep;
  if (!same || cpu_->pc != pc_ || steps || traced_step_ != TracedStep::kNone) next_ = nullptr;
  traced_step_ = steps ? TracedStep::kDue : TracedStep::kNone;
  pc_ = cpu_->pc;
  forget_changed_code();
  return true;
}

// False: the run is over.
bool Emulator::open_slice() {
  log_end_ = log_.get();
  slice_end_ = SliceEnd::kBatch;
  if (call_waits_ && !enter_kernel()) return false;
  // A stop comes first: who goes on behind it shall have the turn that he would have had.
  if (kernel_.options.stop_requested() || !choose_task() || kernel_.options.stop_requested()) {
    const bool alive = std::any_of(kernel_.tasks().begin(), kernel_.tasks().end(),
                                   [](const auto& task) { return task->state != Task::State::kEnded; });
    if (alive && !kernel_.deadlocked()) run_end_ = RunEnd::Kind::kStopped;
    slice_end_ = SliceEnd::kEnded;
    return false;
  }
  slice_left_ = std::min(logs_ ? kBatchInsts : kSliceInsts, insts_to_event());
  if (partial_record_ == nullptr) {
    cpu_->log = log_.get();
  } else {
    cpu_->log = std::copy(partial_record_, cpu_->log, log_.get());
    partial_record_ = log_.get();
  }
  return true;
}

Emulator::SliceEnd Emulator::run_slice() {
  if (!open_slice()) return slice_end_;
  FaultCatcher catcher(space_->memory, *cpu_);
  // A data fault comes back here; all state that matters lives in members by then.
  const bool over = sigsetjmp(catcher.resume, 0) != 0 && !after_exit(catcher.fault);
  while (!over && enter_next()) {
    run_handlers();
    if (!after_exit(catcher.fault)) break;
  }
  log_end_ = partial_record_ == nullptr ? cpu_->log : partial_record_;
  return slice_end_;
}

// Makes next_ the block to run; false when the slice is over.
bool Emulator::enter_next() {
  if (partial_ != nullptr) return enter_step();
  // Also at the end: the batch says where the last block went.
  if (next_ == nullptr && !resolve()) return false;
  while (!stack_is_aligned(*cpu_) && goes_through_stack(next_->insts().front())) {
    if (!take_fault({FaultKind::kStackAlignment, next_->pc, cpu_->x[kSpSlot], 0}) || !resolve()) return false;
  }
  if (insts_left() == 0) return end_run(RunEnd::Kind::kLimit);
  if (slice_left_ < 0) return false;  // the batch tells its reader which block follows
  if (clock_.is_behind(stats_.insts) && reads_counter(next_->insts().front())) return false;
  const bool end_is_near = insts_left() < kMaxBlockInsts || (watches_ && cache_->has_trap(*next_));
  const unsigned left = end_is_near ? insts_until_end(*next_, 0) : next_->inst_count;
  if (left == 0) return end_at(*next_, 0);
  const bool whole = left == next_->inst_count;
  if (!whole) {
    partial_ = next_;
    partial_done_ = 0;
    if (logs_) partial_record_ = cpu_->log;
  }
  if (logs_) *cpu_->log++ = next_->id;
  return whole || enter_step();
}

// The run ends inside this block or ended there. It is logged as what it is, and nothing comes in between its
// instructions, as in a run that was never cut.
bool Emulator::enter_step() {
  if (insts_left() == 0) return end_run(RunEnd::Kind::kLimit);
  if (insts_until_end(*partial_, partial_done_) == 0) return end_at(*partial_, partial_done_);
  Translator& translator = blocks_[partial_record_ == nullptr ? 0 : 1]->translator;
  step_ = next_ = translator.step_of(*partial_, partial_done_++);
  if (partial_done_ < partial_->inst_count) return true;
  partial_ = nullptr;
  partial_record_ = nullptr;
  return true;
}

// How many instructions behind the first `done` of a block come before the run's end, or the block's.
unsigned Emulator::insts_until_end(const Block& block, unsigned done) const {
  const unsigned most = block.inst_count - done;
  const auto left = static_cast<unsigned>(std::min<std::uint64_t>(most, insts_left()));
  if (!watches_) return left;
  unsigned i = resumes_ && stats_.insts == insts_begin_ ? 1 : 0;
  while (i < left && !ends_at(block, done + i)) ++i;
  return i;
}

bool Emulator::ends_at(const Block& block, unsigned index) const {
  const auto has = [](const auto& list, const auto& what) {
    return std::find(list.begin(), list.end(), what) != list.end();
  };
  return has(until_.addresses, block.pc + 4 * std::uint64_t{index}) ||
         has(until_.instructions, block.insts()[index]);
}

void Emulator::run_handlers() {
  const Uop* uop = next_->uops();
  const Handler first = cache_->handler_of(uop);
  next_ = nullptr;
  // Stepping, each instruction comes back, even when the jump cache knows the next block.
  const std::int64_t whole_blocks =
      static_cast<std::int64_t>(std::min<std::uint64_t>(insts_left(), INT64_MAX)) - kMaxBlockInsts;
  const bool alone = step_ != nullptr || stepping() || whole_blocks < 0;
  if (traced_step_ == TracedStep::kDue) traced_step_ = TracedStep::kDone;
  budget_at_entry_ = alone ? 0 : std::min(slice_left_, whole_blocks);
  cpu_->budget = budget_at_entry_;
  cpu_->clock_at_budget_end = clock_.expected(stats_.insts) + static_cast<std::uint64_t>(budget_at_entry_) +
                              kernel_.clock.not_executed() * kInstsPerNanosecond;
  std::byte* const memory = cpu_->memory_base;
  if constexpr (kTailDispatch) {
    first(uop, cpu_, cpu_->budget, cpu_->log, memory);
  } else {
    uop = first(uop, cpu_, cpu_->budget, cpu_->log, memory);
    while (uop != nullptr) uop = uop->handler(uop, cpu_, cpu_->budget, cpu_->log, memory);
  }
}

// Does what the handlers left for; false when the slice is over.
bool Emulator::after_exit(const HostFault& host_fault) {
  stats_.insts += static_cast<std::uint64_t>(budget_at_entry_ - cpu_->budget);
  slice_left_ -= budget_at_entry_ - cpu_->budget;
  if (cpu_->exit != Exit::kHot) ++stats_.block_lookups;
  ++stats_.exits[static_cast<std::size_t>(cpu_->exit)];
  if (partial_ != nullptr) {
    if (cpu_->exit == Exit::kUnlinked) return true;
    partial_ = nullptr;  // a fault
    partial_record_ = nullptr;
  }
  const bool goes_on = follow_exit(host_fault);
  step_ = nullptr;
  return goes_on && abandoned_ == nullptr;
}

bool Emulator::follow_exit(const HostFault& host_fault) {
  switch (cpu_->exit) {
    case Exit::kUnlinked:
      return link_and_follow();
    case Exit::kBudget:
      pc_ = cpu_->pc;
      return true;
    case Exit::kWatched:
      next_ = cache_->containing(cpu_->exit_uop);
      pc_ = next_->pc;
      return true;
    case Exit::kHot:
      next_ = cache_->containing(cpu_->exit_uop);
      pc_ = next_->pc;
      return compile(*next_);
    case Exit::kLookup:
      pc_ = without_tag(cpu_->pc);
      if (!resolve()) return false;
      if (!stepping()) cpu_->jump_cache[jump_cache_slot(pc_)] = next_;
      return true;
    case Exit::kSystemCall:
      return do_system_call();
    case Exit::kSynchronise:
      pc_ = left_block().end();
      if (!cpu_->stale_code.empty()) forget_stale_code();
      return true;
    case Exit::kBreakpoint:
      return refuse_instruction(FaultKind::kBreakpoint);
    case Exit::kUndefined:
      return refuse_instruction(FaultKind::kUndefined);
    case Exit::kFault:
      return take_data_fault(host_fault);
    case Exit::kPointerAuth: {
      const std::uint64_t pc = stop_inside_block();
      return take_fault({FaultKind::kPointerAuth, pc, pc, 0});
    }
  }
  return false;
}

FaultKind Emulator::why_not_fetched(std::uint64_t pc) const {
  if (pc % 4 != 0) return FaultKind::kPcAlignment;
  const Region* region = space_->memory.region_at(pc);
  return region != nullptr && region->executable() ? FaultKind::kFileEnd : FaultKind::kFetch;
}

// Finds or translates the block at pc_; false when the slice is over.
bool Emulator::resolve() {
  if (traced_step_ == TracedStep::kDone) return end_traced_step();
  while (true) {
    ++stats_.block_finds;
    next_ = stepping() || pc_ % 4 != 0 ? nullptr : cache_->find(pc_, space_->number);
    if (next_ != nullptr) return true;
    if (!cache_->has_room()) {
      slice_end_ = SliceEnd::kClear;
      return false;
    }
    if (pc_ % 4 == 0) next_ = decode_block();
    if (next_ != nullptr) return true;
    if (!take_fault({why_not_fetched(pc_), pc_, pc_, 0})) return false;
  }
}

const Block* Emulator::decode_block() {
  const auto start = std::chrono::steady_clock::now();
  const Block* block = translator_->translate(pc_, *cache_, stepping() ? 1 : kMaxBlockInsts, !stepping());
  stats_.decode_time += std::chrono::steady_clock::now() - start;
  if (block == nullptr) return nullptr;
  ++stats_.blocks_decoded;
  stats_.insts_decoded += block->inst_count;
  if (!watched_.empty() && watched_.concerns(*block)) {
    Blocks& blocks = *blocks_[logs_ ? 1 : 0];
    blocks.cache.set_trap(*block, blocks.trap);
  }
  return block;
}

bool Emulator::link_and_follow() {
  const Block& from = left_block();
  const Block** const link = cpu_->link;
  // Successors lie on 16 bytes, `taken` first.
  const bool taken = reinterpret_cast<std::uintptr_t>(link) % sizeof(Successors) == 0;
  pc_ = from.end();
  if (taken) pc_ += static_cast<std::uint64_t>(from.insts().back().imm) - 4;
  const std::uint64_t target = pc_;
  if (!resolve()) return false;
  // A fault's handler may have come in between.
  if (step_ == nullptr && !stepping() && pc_ == target) cache_->link(link, next_);
  return true;
}

bool Emulator::do_system_call() {
  pc_ = left_block().end();
  cpu_->pc = pc_;
  ++stats_.system_calls;
  call_waits_ = clock_.is_behind(stats_.insts);
  return !call_waits_ && enter_kernel();
}

bool Emulator::enter_kernel() {
  call_waits_ = false;
  kernel_.set_time(nanoseconds());
  return go_on_after_kernel(kernel_.system_call(*task_));
}

// The thread may be elsewhere now, wait, have ended, or run another program. False: the slice is over.
bool Emulator::go_on_after_kernel(bool goes_on) {
  look_at_maps();
  pc_ = cpu_->pc;
  task_goes_on_ = goes_on && space_ == task_->process->space.get();
  if (!task_goes_on_) return false;
  slice_left_ = std::min(slice_left_, insts_to_event());
  forget_changed_code();
  return true;
}

// The instruction has executed, and pc_ is where it led; what is there does not matter yet.
bool Emulator::end_traced_step() {
  traced_step_ = TracedStep::kNone;
  cpu_->pc = pc_;
  kernel_.set_time(nanoseconds());
  return go_on_after_kernel(kernel_.step_done(*task_));
}

// The guest goes on in its own handler, or its process ends here.
bool Emulator::take_fault(const Fault& fault) {
  cpu_->misaligned_address = kNoAddress;
  cpu_->pc = pc_ = fault.pc;
  next_ = nullptr;
  if (fault.kind == FaultKind::kUnimplemented) {
    end_ = {RunEnd::Kind::kFault, fault};
    slice_end_ = SliceEnd::kEnded;
    return false;
  }
  const Process& process = *task_->process;
  const bool first = &process == &kernel_.first();
  kernel_.set_time(nanoseconds());
  const bool goes_on = kernel_.deliver_fault(*task_, fault);
  if (first && !process.running()) end_ = {RunEnd::Kind::kFault, fault};
  return go_on_after_kernel(goes_on);
}

// The last instruction of a block did not execute, though the block charged for it.
bool Emulator::refuse_instruction(FaultKind kind) {
  --stats_.insts;
  forget_unfinished_record();
  const Block& block = left_block();
  Fault fault{kind, block.end() - 4, block.end() - 4, 0};
  // The file that the code is mapped from may have become shorter since.
  if (!space_->memory.read_value(fault.pc, fault.word)) {
    return take_fault({FaultKind::kFileEnd, fault.pc, fault.pc, 0});
  }
  const insts::Op op = block.insts().back().op;
  // A row whose handler refuses this form says that the processor does; one without a handler says nothing.
  const bool known = op != insts::Op::kUndefined && insts::flow_of(op) == insts::Flow::kNone;
  if (kind == FaultKind::kUndefined && known && row_of(op, kernel_.options.cpu) == nullptr) {
    fault.kind = FaultKind::kUnimplemented;
  }
  return take_fault(fault);
}

// The uop that left did not execute, nor what is behind it: returns its address.
std::uint64_t Emulator::stop_inside_block() {
  const Block& block = left_block();
  const unsigned before = translator_->inst_index(block, cpu_->exit_uop);
  stats_.insts += before;
  slice_left_ -= before;
  forget_unfinished_record();
  return block.pc + 4 * std::uint64_t{before};
}

bool Emulator::take_data_fault(const HostFault& host_fault) {
  const std::uint64_t pc = stop_inside_block();
  const bool misaligned = cpu_->misaligned_address != kNoAddress;
  const FaultKind kind = misaligned                ? FaultKind::kAlignment
                         : host_fault.is_bus_error ? FaultKind::kFileEnd
                         : host_fault.is_write     ? FaultKind::kWrite
                                                   : FaultKind::kRead;
  const std::uint64_t address = misaligned ? cpu_->misaligned_address : host_fault.guest_address;
  return take_fault({kind, pc, address, 0, !misaligned && host_fault.is_write});
}

// The log promises complete blocks: drop the record of one that was left in the middle. The batch ends here,
// as that block is where the one before it went, whatever comes next.
void Emulator::forget_unfinished_record() {
  // Of a block that began without a log there is no record.
  if (!logs_ || cpu_->log == log_.get()) return;
  std::uint64_t* record = log_.get();
  while (true) {
    std::uint64_t* const following = record + 1 + cache_->blocks()[*record]->mem_count;
    if (following >= cpu_->log) break;
    record = following;
  }
  cpu_->log = record;
  abandoned_ = cache_->blocks()[*record];
}

RetiredBatch Emulator::batch() {
  const Block* next = partial_record_ == nullptr ? next_ : partial_;
  if (abandoned_ != nullptr) next = std::exchange(abandoned_, nullptr);
  const std::uint32_t next_id = next == nullptr ? kNoBlock : next->id;
  const auto words = static_cast<std::size_t>(log_end_ - log_.get());
  const std::uint64_t insts = stats_.insts - std::exchange(handed_over_, stats_.insts);
  return {{log_.get(), words}, cache_->blocks(), next_id, task_number_, insts};
}

}  // namespace m2sim::emu
