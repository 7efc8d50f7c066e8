// How late it is for the guest, in ticks of 1 / kInstsPerNanosecond ns.
#pragma once

#include <cstdint>

namespace m2sim::emu {

// A tick an instruction; or, in runs whose sink tells the time, as late as it was when it told so last.
class RunClock {
 public:
  void begin_run(bool told, std::uint64_t insts) {
    ticks_ = now(insts);
    insts_ = insts;
    told_ = told;
  }

  // Goes on where another one stopped, which said now() then.
  void resume(std::uint64_t ticks, std::uint64_t insts) {
    ticks_ = ticks;
    insts_ = insts;
  }

  // The sink has the log of all `insts` so far, and its time is `sink_ticks` since it was made.
  void tell(std::uint64_t sink_ticks, std::uint64_t insts) {
    ticks_ += sink_ticks - sink_ticks_;
    sink_ticks_ = sink_ticks;
    insts_ = insts;
  }

  // Instructions have retired since the sink told.
  bool is_behind(std::uint64_t insts) const { return told_ && insts != insts_; }
  std::uint64_t now(std::uint64_t insts) const { return told_ ? ticks_ : expected(insts); }
  // With a tick for each instruction since: how late it will be told to be, as far as anybody knows.
  std::uint64_t expected(std::uint64_t insts) const { return ticks_ + (insts - insts_); }

 private:
  bool told_ = false;
  std::uint64_t ticks_ = 0;  // after insts_ instructions
  std::uint64_t insts_ = 0;
  std::uint64_t sink_ticks_ = 0;
};

}  // namespace m2sim::emu
