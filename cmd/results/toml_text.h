// The text of a TOML file as its tables.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>

namespace m2sim::cmd {

// Throws UserError, which says where, for what is no TOML and for a key of so many parts that the library's
// stack would not hold its tables.
toml::table parse_toml(std::string_view text, const std::string& file_name);

}  // namespace m2sim::cmd
