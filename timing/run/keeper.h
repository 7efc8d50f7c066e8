// For who wants the guest kept at certain points of a run.
#pragma once

#include <cstdint>
#include <string>

#include "emu/emulator.h"
#include "timing/run/phase.h"

namespace m2sim::timing {

class Keeper {
 public:
  virtual ~Keeper() = default;
  // The next of them, in instructions since the program began; UINT64_MAX: there is none.
  virtual std::uint64_t next() const = 0;
  // Whether what the model has learned is kept with the guest. The pipe drains then, and a new model goes on
  // that has learned as much: as one will that begins with what is kept.
  virtual bool keeps_model() const { return false; }
  // The run is there; `learned` is of the model, or empty.
  virtual void keep(const emu::Emulator& emulator, const std::string& learned) = 0;
};

// Goes on with a phase from point to point; that it was cut changes nothing of what the guest does. `learned`
// says what the model has learned.
template <class Run, class WhatLearned>
emu::RunEnd run_kept(const emu::Emulator& emulator, Keeper* keeper, const Phase& phase, Run run,
                     WhatLearned learned) {
  if (keeper == nullptr) return run(phase);
  Phase rest = phase;
  while (true) {
    const std::uint64_t begin = emulator.stats().insts;
    const std::uint64_t next = keeper->next();
    if (next < begin || next - begin > rest.until.insts || next == UINT64_MAX) return run(rest);
    Phase part = rest;
    part.until.insts = next - begin;
    const emu::RunEnd end = run(part);
    if (end.kind != emu::RunEnd::Kind::kLimit || emulator.stats().insts != next) return end;
    keeper->keep(emulator, keeper->keeps_model() ? learned() : std::string());
    if (rest.until.insts == part.until.insts) return end;
    if (rest.until.insts != UINT64_MAX) rest.until.insts -= part.until.insts;
  }
}

}  // namespace m2sim::timing
