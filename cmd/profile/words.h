// A command line as one text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace m2sim::cmd {

// Words are separated by blanks; '…' and "…" hold blanks together. Throws UserError for a quote that does not
// end and for a line without a word.
std::vector<std::string> split_words(std::string_view line);

}  // namespace m2sim::cmd
