// Long text for a terminal.
#pragma once

#include <string_view>

namespace m2sim::cmd {

// To standard output; where that is a terminal, through $PAGER, or `less -R` without one. An empty PAGER, or
// `cat`, is none.
void write_paged(std::string_view text);

}  // namespace m2sim::cmd
