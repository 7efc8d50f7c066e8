#include "cmd/guest/limits.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <string_view>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"

namespace m2sim::cmd {
namespace {

emu::Resource resource_of(const std::string& entry, const std::string& name) {
  std::vector<std::string> names;
  for (const emu::ResourceName& known : emu::resource_names()) {
    if (known.option == name) return static_cast<emu::Resource>(names.size());
    names.emplace_back(known.option);
  }
  throw failure("--rlimit: '{}': there is no limit '{}'{}", entry, name, did_you_mean(name, names));
}

std::uint64_t value_of(const std::string& entry, std::string text) {
  if (text == "unlimited") return emu::kUnlimited;
  const CLI::AsSizeValue size(false);
  std::uint64_t value = 0;
  bool number = !text.empty() && text.front() >= '0' && text.front() <= '9';
  try {
    number = number && size(text).empty();
  } catch (const CLI::Error&) {
    number = false;  // a unit that is none
  }
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!number || error != std::errc() || rest != text.data() + text.size())
    throw failure(
        "--rlimit: '{}': write NAME=VALUE or NAME=SOFT:HARD, where a value is a number like 64M, or "
        "unlimited",
        entry);
  return value;
}

}  // namespace

emu::ResourceLimits resource_limits(const std::vector<std::string>& given) {
  emu::ResourceLimits limits;
  for (const std::string& entry : given) {
    const std::size_t name_end = std::min(entry.find('='), entry.size());
    emu::ResourceLimit& limit = limits[resource_of(entry, entry.substr(0, name_end))];
    const std::string values = name_end == entry.size() ? "" : entry.substr(name_end + 1);
    const std::size_t soft_end = std::min(values.find(':'), values.size());
    limit.soft = value_of(entry, values.substr(0, soft_end));
    // One value is the hard limit, too, as in a shell.
    limit.hard = soft_end == values.size() ? limit.soft : value_of(entry, values.substr(soft_end + 1));
    if (limit.soft > limit.hard) throw failure("--rlimit: '{}': the soft limit is above the hard one", entry);
    if (&limit == &limits[emu::Resource::kOpenFiles] && limit.hard > emu::kMostOpenFiles)
      throw failure("--rlimit: '{}': at most {} files", entry, emu::kMostOpenFiles);
  }
  return limits;
}

}  // namespace m2sim::cmd
