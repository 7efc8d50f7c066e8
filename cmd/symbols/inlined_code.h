// Which functions are inlined where in one compilation unit: gone through once, as going down from the unit
// for every address takes minutes in one of many templates.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace m2sim::cmd {

class InlinedCode {
 public:
  explicit InlinedCode(Dwarf_Die unit);

  // The outermost first. Addresses as the debug information has them.
  std::vector<std::string> at(std::uint64_t address) const;

 private:
  struct Range {
    std::uint64_t end;
    std::size_t function;
  };
  struct Call {
    std::uint64_t begin;
    std::uint64_t end;
    Dwarf_Die die;
  };

  void walk(Dwarf_Die die, std::size_t function);
  std::size_t add(Dwarf_Die die, std::size_t function);

  std::map<std::uint64_t, Range> functions_;  // by where a range of them begins
  std::vector<std::vector<Call>> calls_;      // of a function that were inlined, outer ones before inner ones
};

}  // namespace m2sim::cmd
