// Runs a guest process: the one loop over blocks, whatever the mode.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "emu/cpu/cpu_state.h"
#include "emu/cpu/fault.h"
#include "emu/engine/block_cache.h"
#include "emu/engine/block_end.h"
#include "emu/engine/host_fault.h"
#include "emu/engine/translate.h"
#include "emu/engine/watch_list.h"
#include "emu/linux/kernel.h"
#include "emu/machine.h"
#include "emu/retired.h"
#include "emu/run_clock.h"
#include "emu/run_point.h"

namespace m2sim::emu {

class Jit;

// Where a run ends, if the guest does not end before: at whichever of these comes first.
struct Until {
  std::uint64_t insts = UINT64_MAX;  // so many have retired since the run began: exactly
  // A thread of any process is about to execute what is at one of these addresses, or one of these
  // instructions, wherever it is.
  std::vector<std::uint64_t> addresses{};
  std::vector<insts::Inst> instructions{};
  // A system call has mapped code of a file, since the last run that ended so (Kernel::mapped_code).
  bool code_mapped = false;
};

// How a run ended. kExited: Machine::end() has the status. kFault: `fault` says where and why it ended the
// first process, or the simulator. kDeadlock: every thread waits for something that no thread will do.
// kStopped: MachineOptions::stop_request was set. kLimit, kReached, kCodeMapped: what Until says. After the
// last four the guest can go on.
struct RunEnd {
  enum class Kind : std::uint8_t { kExited, kFault, kDeadlock, kStopped, kLimit, kReached, kCodeMapped };
  Kind kind = Kind::kExited;
  Fault fault{};
  insts::Inst reached{};     // kReached: what is about to execute
  std::uint64_t family = 0;  // kReached: of its address space
};

class Emulator {
 public:
  // Of a machine from a checkpoint it goes on where the run was that made it.
  explicit Emulator(Machine& machine);

  // Of the block that the last run ended in there is no record: for a sink that is new.
  void drop_record();
  // Where it goes on behind a run that has ended, for a checkpoint.
  RunPoint point() const;

  // Goes on until `until`, or the guest's end, and feeds `sink`. Again and again: what the guest does, and
  // the log of runs that follow each other, do not depend on where they were cut. A block in which a run ends
  // is in the log of the run that completes it; of one that began in a run without a log there is no record.
  // Behind an end by address or instruction a run executes at least one instruction. When the guest has
  // ended, all later runs end at once as the last one did. Watching costs something only where a block has
  // what was ever watched for: it is entered through the run loop from then on. What is watched for before
  // it is first executed begins a block, so that a run without a log may end there, or begin, and the log of
  // its neighbours lacks nothing.
  //
  // A sink that TellsTime has the whole log before a system call and before CNTVCT_EL0 is read. What comes by
  // itself (a turn's end, a timer) then comes where a batch ends, at most kBatchInsts late, and does depend
  // on where the runs were cut.
  //
  // Sinks may change between runs. One that logs keeps its blocks over runs without a log; before one that
  // logged comes back behind another that did, its owner calls its blocks_cleared().
  template <Sink S>
  RunEnd run(S& sink, const Until& until = {}) {
    if (over_) return end_;
    begin({S::kLogs, TellsTime<S>}, until);
    if constexpr (S::kLogs) {
      if (std::exchange(clears_told_, stats_.cache_clears) != stats_.cache_clears) sink.blocks_cleared();
    }
    SliceEnd slice = SliceEnd::kBatch;
    while (slice != SliceEnd::kEnded) {
      slice = run_slice();
      if constexpr (S::kLogs) sink.consume(batch());
      if constexpr (TellsTime<S>) clock_.tell(sink.ticks(), stats_.insts);
      if (slice == SliceEnd::kClear) {
        clear_blocks();
        if constexpr (S::kLogs) clears_told_ = stats_.cache_clears;
        sink.blocks_cleared();
      }
    }
    return finish();
  }

  const EmulatorStats& stats() const { return stats_; }
  // The last run ended between two instructions of one block. Its record, if it has one, is the next run's.
  bool inside_block() const { return partial_ != nullptr && partial_done_ != 0; }
  const CpuState& cpu() const { return task_->cpu; }

 private:
  enum class SliceEnd : std::uint8_t { kBatch, kClear, kEnded };

  // Runs with a log and runs without need blocks of their own: their handlers differ.
  struct Blocks {
    Blocks(bool log, const MachineOptions& options);
    ~Blocks();
    Handler trap;
    BlockCache cache;
    Translator translator;
    std::unique_ptr<Jit> jit;  // from the first block that is hot
  };

  struct Wants {
    bool log;
    bool time;  // to tell it
  };

  void begin(Wants sink, const Until& until);
  void resume(const RunPoint& point);
  void resume_block();
  void use_blocks(bool log);
  Blocks& blocks_for(bool log);
  void watch_blocks();
  void look_at_maps();
  RunEnd finish();
  SliceEnd run_slice();
  bool open_slice();
  bool choose_task();
  void switch_to(Task& task);
  void look_at(Task& task);
  std::int64_t insts_to_event() const;
  bool enter_next();
  bool enter_step();
  bool end_run(RunEnd::Kind kind);
  bool end_at(const Block& block, unsigned index);
  std::uint64_t insts_left() const { return insts_end_ - stats_.insts; }
  unsigned insts_until_end(const Block& block, unsigned done) const;
  bool ends_at(const Block& block, unsigned index) const;
  void run_handlers();
  bool after_exit(const HostFault& host_fault);
  bool follow_exit(const HostFault& host_fault);
  bool resolve();
  const Block* decode_block();
  bool compile(const Block& block);
  // One instruction a block. Behind a misaligned sp each is looked at before it runs; a traced thread may be
  // let go for one.
  bool stepping() const { return traced_step_ != TracedStep::kNone || !stack_is_aligned(*cpu_); }
  bool link_and_follow();
  bool do_system_call();
  bool enter_kernel();
  std::uint64_t nanoseconds() const { return clock_.now(stats_.insts) / kInstsPerNanosecond; }
  bool go_on_after_kernel(bool goes_on);
  bool end_traced_step();
  FaultKind why_not_fetched(std::uint64_t pc) const;
  bool take_fault(const Fault& fault);
  bool refuse_instruction(FaultKind kind);
  std::uint64_t stop_inside_block();
  bool take_data_fault(const HostFault& host_fault);
  void forget_unfinished_record();
  void clear_blocks();
  void forget_stale_code();
  void forget_changed_code();
  void forget_blocks(const StaleRange& range, std::uint64_t space);
  RetiredBatch batch();
  const Block& left_block() const { return step_ != nullptr ? *step_ : *cache_->containing(cpu_->exit_uop); }

  Machine& machine_;
  Kernel& kernel_;
  Task* task_ = nullptr;  // runs; gone once the system was asked for another
  std::uint32_t task_number_ = 0;
  CpuState* cpu_ = nullptr;  // its registers
  const AddressSpace* space_ = nullptr;
  std::array<std::unique_ptr<Blocks>, 2> blocks_;  // without a log and with one
  BlockCache* cache_ = nullptr;                    // of one of them
  Translator* translator_ = nullptr;
  std::unique_ptr<std::uint64_t[]> log_;
  EmulatorStats stats_;
  RunClock clock_;
  bool call_waits_ = false;              // for the sink to have the log
  RunEnd end_;                           // as far as the guest has come to it
  bool over_ = false;                    // the guest has ended
  std::optional<RunEnd::Kind> run_end_;  // this run has ended, the guest has not

  bool logs_ = false;
  bool blocks_changed_ = false;  // and the thread's jump cache is not for them
  bool task_goes_on_ = false;    // unless something else is due, the next slice is its too
  std::uint64_t* log_end_ = nullptr;
  std::uint64_t handed_over_ = 0;     // instructions, with the batches so far
  const Block* abandoned_ = nullptr;  // the last one, which a fault ended; the log has no record of it
  std::uint64_t clears_told_ = 0;     // to the sinks that log
  Until until_;
  insts::Inst reached_;        // by the last run that ended so
  std::size_t maps_told_ = 0;  // of Kernel::mapped_code
  bool ends_by_maps_ = false;  // this run does, at insts_end_
  bool watches_ = false;       // for an address or an instruction
  WatchList watched_;          // by any run so far
  bool resumes_ = false;       // from one
  std::uint64_t insts_begin_ = 0;
  std::uint64_t insts_end_ = 0;
  std::uint64_t pc_ = 0;         // where to go on
  const Block* next_ = nullptr;  // the block there, when known
  std::int64_t budget_at_entry_ = 0;
  std::int64_t slice_left_ = 0;
  SliceEnd slice_end_ = SliceEnd::kBatch;

  // A block that the end of a run lies in, or lay in: its instructions execute one by one.
  const Block* partial_ = nullptr;
  unsigned partial_done_ = 0;                // have executed
  unsigned partial_left_ = 0;                // of one that another emulator has begun
  std::uint64_t* partial_record_ = nullptr;  // in the log; null: there is none
  const Block* step_ = nullptr;              // the one that executes, or has just done so

  enum class TracedStep : std::uint8_t { kNone, kDue, kDone };
  TracedStep traced_step_ = TracedStep::kNone;
};

}  // namespace m2sim::emu
