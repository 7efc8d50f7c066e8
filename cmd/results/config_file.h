// Core configurations as TOML, in and out.
//
// A file holds paths of timing/config/fields.h as TOML tables and keys. It starts from the built-in core that
// its key `base` names (m2-pcore when absent) and changes what it mentions. Where it gives the names of a
// list (ports, schedulers, dispatch_queues), these are all there are; one that the base has not must be
// described too. Its key `cpu` names the processor that a guest sees on that core, without which it is the
// base's.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emu/cpu/processor.h"
#include "timing/config/config.h"
#include "timing/config/fields.h"

namespace m2sim::cmd {

std::vector<std::string> core_names();
timing::CoreConfig built_in_core(std::string_view name);  // throws UserError, naming the nearest

// Both throw UserError where there is none; a built-in core's name begins with its processor's.
emu::Cpu cpu_named(std::string_view where, std::string_view name);
emu::Cpu cpu_of_core(std::string_view name);

// Every field; the same configuration always gives the same bytes.
std::string config_toml(const timing::CoreConfig& config);

// The same by path, as --set takes it.
std::vector<std::pair<std::string, std::string>> configuration_of(const timing::CoreConfig& config);

// What a configuration says otherwise than a built-in core, as a file that starts from that one; fields of
// which there is something to say are there too, with it as a comment on their line.
using FieldComment = std::function<std::string(const timing::Field&)>;
std::string difference_toml(const timing::CoreConfig& config, std::string_view base,
                            const FieldComment& comment);

// Throws UserError: not TOML (with line and column), an unknown key (naming the nearest), a value that
// the field cannot have.
timing::CoreConfig parse_config(std::string_view toml, const std::string& file_name);
timing::CoreConfig load_config(const std::string& path);
// The same file's processor.
emu::Cpu parse_cpu(std::string_view toml, const std::string& file_name);
emu::Cpu load_cpu(const std::string& path);
std::string cpu_toml(emu::Cpu cpu);

// "rob.groups=128", "ports.u3.capabilities=alu,flags"; throws UserError.
void apply_setting(timing::CoreConfig& config, std::string_view setting);

// Throws UserError when the numbers contradict each other.
void require_buildable(const timing::CoreConfig& config);

}  // namespace m2sim::cmd
