// What a row of a trace is called: instruction, place, port.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "emu/machine.h"
#include "timing/config/config.h"
#include "timing/probe/pipe_trace.h"

namespace m2sim::cmd {

class RowText {
 public:
  RowText(emu::Machine& machine, const timing::CoreConfig& config) : machine_(machine), config_(config) {}

  std::string instruction(std::uint64_t pc) const;
  // "401000  add x1, x1, #1"
  std::string with_address(std::uint64_t pc) const;
  std::string port(unsigned port) const;
  // The same with both instructions of a fused pair.
  std::string left(const timing::TracedUop& uop) const;
  // Symbol, port, longest wait.
  std::string hover(const timing::TracedUop& uop);

 private:
  emu::Machine& machine_;
  const timing::CoreConfig& config_;
  std::unordered_map<std::uint64_t, std::string> places_;  // to look for a symbol takes long
};

}  // namespace m2sim::cmd
