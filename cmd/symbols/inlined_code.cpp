#include "cmd/symbols/inlined_code.h"

#include <dwarf.h>

#include "cmd/symbols/demangled.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kNoFunction = SIZE_MAX;

const char* name_of(Dwarf_Die die) {
  Dwarf_Attribute attribute;
  for (const unsigned kind : {unsigned{DW_AT_linkage_name}, unsigned{DW_AT_name}}) {
    if (dwarf_attr_integrate(&die, kind, &attribute) != nullptr) return dwarf_formstring(&attribute);
  }
  return nullptr;
}

template <class Visit>
void each_range(Dwarf_Die die, Visit&& visit) {
  Dwarf_Addr base = 0;
  Dwarf_Addr begin = 0;
  Dwarf_Addr end = 0;
  for (std::ptrdiff_t at = 0; (at = dwarf_ranges(&die, at, &base, &begin, &end)) > 0;) visit(begin, end);
}

}  // namespace

InlinedCode::InlinedCode(Dwarf_Die unit) { walk(unit, kNoFunction); }

// What is below `die`; damaged information just ends.
void InlinedCode::walk(Dwarf_Die die, std::size_t function) {
  Dwarf_Die child;
  if (dwarf_child(&die, &child) != 0) return;
  do walk(child, add(child, function));
  while (dwarf_siblingof(&child, &child) == 0);
}

// The function that what is below `die` belongs to.
std::size_t InlinedCode::add(Dwarf_Die die, std::size_t function) {
  const int tag = dwarf_tag(&die);
  if (tag == DW_TAG_subprogram) {
    std::size_t own = kNoFunction;
    each_range(die, [&](std::uint64_t begin, std::uint64_t end) {
      if (own == kNoFunction) {
        own = calls_.size();
        calls_.emplace_back();
      }
      functions_[begin] = {end, own};
    });
    return own;
  }
  if (tag == DW_TAG_inlined_subroutine && function != kNoFunction) {
    each_range(die, [&](std::uint64_t begin, std::uint64_t end) {
      calls_[function].push_back({begin, end, die});
    });
  }
  return function;
}

std::vector<std::string> InlinedCode::at(std::uint64_t address) const {
  std::vector<std::string> names;
  const auto above = functions_.upper_bound(address);
  if (above == functions_.begin() || address >= std::prev(above)->second.end) return names;
  for (const Call& call : calls_[std::prev(above)->second.function]) {
    if (address < call.begin || address >= call.end) continue;
    const char* name = name_of(call.die);
    if (name != nullptr) names.push_back(demangled(name));
  }
  return names;
}

}  // namespace m2sim::cmd
