// The members of a configuration by path. `--set path=value`, TOML files, `config --dump`, `config --check`
// and the documentation all go through here; it knows no member by itself (fields.inc does).
//
// A path is the member's name with dots, e.g. "rob.groups", "l1d.kib", "branch.tage.1.ways"; an element of a
// list goes by its name, "ports.u3.scheduler", and "ports.names" says which there are, in their order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {

enum class FieldKind : std::uint8_t {
  kNumber,
  kCapabilities,   // an or of PortCapability
  kDispatchQueue,  // place in CoreConfig::dispatch_queues
  kScheduler,      // place in CoreConfig::schedulers
  kNames,          // how many elements a list has
};

struct Field {
  std::string path;
  std::string_view unit;  // "cycles", "entries", "1" for a 0/1 switch, …
  std::string_view meaning;
  std::uint32_t min;  // bounds of the value, both inclusive
  std::uint32_t max;
  FieldKind kind;
  std::size_t offset;  // in CoreConfig

  std::uint32_t get(const CoreConfig& config) const;
  void set(CoreConfig& config, std::uint32_t value) const;
};

// Of all that this configuration has, in the order of CoreConfig.
std::vector<Field> fields(const CoreConfig& config);

// What is wrong with a configuration, one line a problem, empty if a core can be built from it.
std::vector<std::string> check(const CoreConfig& config);

// "m2-pcore", "m1-pcore".
std::span<const std::string_view> builtin_core_names();
std::optional<CoreConfig> builtin_core(std::string_view name);

}  // namespace m2sim::timing
