// How figures and names of an annotation are written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/annotate/annotation.h"
#include "cmd/console/terminal.h"

namespace m2sim::cmd {

std::string rounded(double cycles);                  // "1,234,567"; below 100 with a decimal
std::string grouped_signed(std::int64_t value);      // "-1,234"
std::string per(double cycles, std::int64_t count);  // "0.251"; "-" of none
std::string percent(double share);                   // "12.3"
Color color_of(double share);                        // of the program's cycles
std::string shortened(std::string_view text, std::size_t most);
std::string title_of(const FunctionCost& function);  // "memcpy (libc.so.6)"

// "geometry::dot": without arguments and what a template returns.
std::string plain_name(const std::string& function);

// That have any slots, the largest first; with or without those that did work.
std::vector<std::pair<timing::StallReason, std::uint64_t>> sorted_causes(const SlotStack& stack,
                                                                         bool with_base);
// "memory_dram 61 %, dependence_fp 20 %": of all slots of the stack.
std::string leading_causes(const SlotStack& stack, std::size_t most);

}  // namespace m2sim::cmd
