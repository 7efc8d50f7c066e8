// Runs a guest process: the one loop over blocks, whatever the mode.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "emu/cpu/cpu_state.h"
#include "emu/cpu/fault.h"
#include "emu/engine/block_cache.h"
#include "emu/engine/host_fault.h"
#include "emu/engine/translate.h"
#include "emu/linux/kernel.h"
#include "emu/machine.h"
#include "emu/retired.h"

namespace m2sim::emu {

// How a run ended. kExited: Machine::end() has the status. kFault: `fault` says where and why it ended the
// first process, or the simulator. kDeadlock: every thread waits for something that no thread will do.
// kStopped: stop_request was set.
struct RunEnd {
  enum class Kind : std::uint8_t { kExited, kFault, kLimit, kDeadlock, kStopped };
  Kind kind = Kind::kExited;
  Fault fault{};
};

struct EmulatorStats {
  std::uint64_t insts = 0;  // retired
  std::uint64_t blocks_decoded = 0;
  std::uint64_t insts_decoded = 0;
  std::chrono::nanoseconds decode_time{};  // host time that decoding blocks took
  std::uint64_t block_lookups = 0;         // transitions that came back to the run loop
  std::array<std::uint64_t, 16> exits{};   // the same by their reason, an Exit
  std::uint64_t block_finds = 0;           // searches in the block cache's table
  std::uint64_t cache_clears = 0;
  std::uint64_t system_calls = 0;
};

class Emulator {
 public:
  explicit Emulator(Machine& machine);

  // Runs from the process's entry until it ends or exactly `most_insts` instructions have retired, and
  // feeds `sink`. Once per Emulator.
  template <Sink S>
  RunEnd run(S& sink, std::uint64_t most_insts = UINT64_MAX) {
    begin(S::kLogs, most_insts);
    SliceEnd slice = SliceEnd::kBatch;
    while (slice != SliceEnd::kEnded) {
      slice = run_slice();
      if constexpr (S::kLogs) sink.consume(batch());
      if (slice == SliceEnd::kClear) {
        clear_blocks();
        sink.blocks_cleared();
      }
    }
    return end_;
  }

  const EmulatorStats& stats() const { return stats_; }
  const CpuState& cpu() const { return task_->cpu; }

 private:
  enum class SliceEnd : std::uint8_t { kBatch, kClear, kEnded };

  void begin(bool log, std::uint64_t most_insts);
  SliceEnd run_slice();
  bool open_slice();
  bool choose_task();
  void switch_to(Task& task);
  std::int64_t insts_to_event() const;
  bool enter_next();
  void run_handlers();
  bool after_exit(const HostFault& host_fault);
  bool resolve();
  const Block* decode_block();
  bool stepping() const;
  bool link_and_follow();
  bool do_system_call();
  bool go_on_after_kernel(bool goes_on);
  FaultKind why_not_fetched(std::uint64_t pc) const;
  bool take_fault(const Fault& fault);
  bool refuse_instruction(FaultKind kind);
  std::uint64_t stop_inside_block();
  bool take_data_fault(const HostFault& host_fault);
  void forget_unfinished_record();
  void clear_blocks();
  RetiredBatch batch();
  const Block& left_block() const { return *blocks_.containing(cpu_->exit_uop); }

  Kernel& kernel_;
  Task* task_ = nullptr;  // runs; gone once the system was asked for another
  std::uint32_t task_number_ = 0;
  CpuState* cpu_ = nullptr;  // its registers
  const AddressSpace* space_ = nullptr;
  BlockCache blocks_;
  std::optional<Translator> translator_;
  std::vector<std::uint64_t> log_;
  EmulatorStats stats_;
  RunEnd end_;

  bool logs_ = false;
  bool task_goes_on_ = false;  // unless something else is due, the next slice is its too
  std::uint64_t* log_end_ = nullptr;
  std::uint64_t handed_over_ = 0;  // instructions, with the batches so far
  bool near_limit_ = false;        // the last instructions before the limit are taken one by one
  std::uint64_t most_insts_ = 0;
  std::uint64_t pc_ = 0;         // where to go on
  const Block* next_ = nullptr;  // the block there, when known
  std::int64_t budget_at_entry_ = 0;
  std::int64_t slice_left_ = 0;
  SliceEnd slice_end_ = SliceEnd::kBatch;
};

}  // namespace m2sim::emu
