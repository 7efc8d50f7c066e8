// Core configurations as TOML, in and out.
//
// A file holds paths of timing/config/fields.h as TOML tables and keys. It starts from the built-in core that
// its key `base` names (m2-pcore when absent) and changes what it mentions. Where it gives the names of a
// list (ports, schedulers, dispatch_queues), these are all there are; one that the base has not must be
// described too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::cmd {

std::vector<std::string> core_names();
timing::CoreConfig built_in_core(std::string_view name);  // throws UserError, naming the nearest

// Every field; the same configuration always gives the same bytes.
std::string config_toml(const timing::CoreConfig& config);

// Throws UserError: not TOML (with line and column), an unknown key (naming the nearest), a value that
// the field cannot have.
timing::CoreConfig parse_config(std::string_view toml, const std::string& file_name);
timing::CoreConfig load_config(const std::string& path);

// "rob.groups=128", "ports.u3.capabilities=alu,flags"; throws UserError.
void apply_setting(timing::CoreConfig& config, std::string_view setting);

// Throws UserError when the numbers contradict each other.
void require_buildable(const timing::CoreConfig& config);

}  // namespace m2sim::cmd
