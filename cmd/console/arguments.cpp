#include "cmd/console/arguments.h"

#include <charconv>
#include <cstdint>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"

namespace m2sim::cmd {
namespace {

bool looks_like_option(const std::string& argument) { return argument.size() > 1 && argument[0] == '-'; }

// "--name" of "--name=value", "-n" of "-nvalue".
std::string option_name(const std::string& argument) {
  if (argument.starts_with("--")) return argument.substr(0, argument.find('='));
  return argument.substr(0, 2);
}

[[noreturn]] void fail_unknown(const CLI::App& command, const std::string& name) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& known : option->get_lnames()) names.push_back("--" + known);
  }
  throw failure("{}: there is no option '{}'{}", command.get_name(), name, did_you_mean(name, names));
}

// How many of the arguments, this option first, belong to it.
std::size_t consumed(const CLI::App& command, const std::string& argument) {
  const std::string name = option_name(argument);
  const CLI::Option* option = command.get_option_no_throw(name);
  if (option == nullptr) fail_unknown(command, name);
  const bool takes_value = option->get_items_expected_max() > 0;
  const bool value_attached = argument.size() > name.size();
  return takes_value && !value_attached ? 2 : 1;
}

}  // namespace

SplitArguments split_at_program(const CLI::App& command, std::span<const std::string> arguments) {
  SplitArguments split;
  std::size_t i = 0;
  while (i < arguments.size() && looks_like_option(arguments[i]) && arguments[i] != "--") {
    const std::size_t end = std::min(i + consumed(command, arguments[i]), arguments.size());
    for (; i < end; ++i) split.own.push_back(arguments[i]);
  }
  if (i < arguments.size() && arguments[i] == "--") ++i;
  split.guest.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
  return split;
}

void check_options(const CLI::App& command, std::span<const std::string> arguments) {
  std::size_t i = 0;
  while (i < arguments.size() && arguments[i] != "--") {
    i += looks_like_option(arguments[i]) ? consumed(command, arguments[i]) : 1;
  }
}

std::string whole_number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return "'" + text + "' does not fit 64 bits";
  const bool good = error == std::errc() && stop == text.data() + text.size();
  return good ? "" : "'" + text + "' is not a whole number";
}

}  // namespace m2sim::cmd
