// The one table from path to member of CoreConfig. `--set path=value`, TOML files, `config --dump`,
// `config --check` and the documentation all go through it, so a member that is not in it cannot exist
// (config_fields.cpp does not compile then).
//
// A path is the member's name with dots, e.g. "rob.groups", "l1d.kib", "ports.u3.capabilities",
// "branch.tage.1.ways"; array elements go by the labels of the drawing in m2_pcore.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {

struct Field {
  std::string path;
  std::string_view unit;  // "cycles", "entries", "1" for a 0/1 switch, …
  std::string_view meaning;
  std::uint32_t min;  // bounds of the value, both inclusive
  std::uint32_t max;
  std::uint32_t& (*member)(CoreConfig& config, unsigned index);
  unsigned index;  // of the array element; 0 otherwise

  std::uint32_t get(const CoreConfig& config) const {
    CoreConfig copy = config;
    return member(copy, index);
  }
};

// In the order of CoreConfig.
std::span<const Field> fields();

// Null if there is no such path.
const Field* find_field(std::string_view path);

// The path that looks most like `path` (Damerau-Levenshtein distance).
std::string_view nearest_field(std::string_view path);

// Sets one member from text: decimal, or hexadecimal behind 0x. On failure returns false, leaves the
// configuration alone and says in `error` what is wrong, with the nearest path for an unknown one.
bool set_field(CoreConfig& config, std::string_view path, std::string_view value, std::string& error);

// What is wrong with a configuration, one line a problem, empty if a core can be built from it.
std::vector<std::string> check(const CoreConfig& config);

// "m2-pcore", "m1-pcore".
std::span<const std::string_view> builtin_core_names();
std::optional<CoreConfig> builtin_core(std::string_view name);

}  // namespace m2sim::timing
