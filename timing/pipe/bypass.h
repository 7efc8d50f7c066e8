// The value of a register as its readers see it, and the registers that rename settles without a port.
#pragma once

#include <cstdint>
#include <type_traits>

#include "timing/crack/uop.h"
#include "timing/cycle.h"

namespace m2sim::timing {

// When a result can be read. An input of some roles gets it sooner: a load's result as the base of the next
// address, a product as the addend of the next multiply-add.
struct Result {
  Cycle ready = 0;
  std::uint64_t sooner = 0;  // a byte a role (insts::Role): cycles

  Cycle as(insts::Role role) const { return ready - static_cast<std::uint8_t>(sooner >> shift_of(role)); }
  // Of the second register of a pair, which has no short way to an address.
  Result second() const { return {ready, sooner & ~(std::uint64_t{0xFF} << shift_of(insts::Role::kBase))}; }

  static constexpr unsigned shift_of(insts::Role role) { return 8 * static_cast<unsigned>(role); }
};

// What of a result an input of that role reads that takes the second register of a pair: result.second() as
// that role.
inline constexpr auto kNoRole = static_cast<insts::Role>(7);  // never gets anything sooner
constexpr insts::Role role_of_second(insts::Role role) { return role == insts::Role::kBase ? kNoRole : role; }

// What is there at `ready`; `base_sooner` cycles sooner as an address.
inline Result result_of(const ExecutionFacts& uop, Cycle ready, unsigned base_sooner) {
  return {ready, std::uint64_t{uop.addend_sooner} << Result::shift_of(insts::Role::kAddend) |
                     std::uint64_t{base_sooner} << Result::shift_of(insts::Role::kBase)};
}

// Of a uop that no port executes: an eliminated move's destination becomes its source, any other is there.
// `registers`: a value for each.
template <class Registers>
void eliminate(const UopInfo& uop, Registers&& registers) {
  using Value = std::remove_cvref_t<decltype(registers[0])>;
  const Value value = uop.is(kUopCopy) ? registers[uop.sources[0].reg] : Value{};
  for (unsigned d = 0; d < uop.dest_count; ++d) registers[uop.dests[d]] = value;
}

}  // namespace m2sim::timing
