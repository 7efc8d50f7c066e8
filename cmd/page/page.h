// Pages that show results in a browser, without a network: one file with its data in it.
#pragma once

#include <string>
#include <string_view>

namespace m2sim::cmd {

// The page with `json` in the place of @DATA@.
std::string filled_page(std::string_view page, std::string_view json);

}  // namespace m2sim::cmd
