#include "cmd/console/arguments.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

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

// "calibrate instructions": without the name of the program.
std::string spoken_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  const bool nested = parent != nullptr && parent->get_parent() != nullptr;
  return nested ? spoken_name(*parent) + " " + command.get_name() : command.get_name();
}

[[noreturn]] void fail_unknown(const CLI::App& command, const std::string& name) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& known : option->get_lnames()) names.push_back("--" + known);
  }
  throw failure("{}: there is no option '{}'{}", spoken_name(command), name, did_you_mean(name, names));
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

// The power of ten that stands behind a number: of "", "k", "M", "G" or "e6".
std::optional<unsigned> power_of_ten(std::string_view text) {
  constexpr std::string_view kLetters = "kMG";
  if (text.empty()) return 0;
  if (const std::size_t letter = kLetters.find(text); letter != std::string_view::npos && text.size() == 1) {
    return static_cast<unsigned>(3 * (letter + 1));
  }
  unsigned power = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, power);
  if (text[0] != 'e' || error != std::errc() || stop != end) return std::nullopt;
  return power;
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

void add_program(CLI::App& command, std::vector<std::string>& guest) {
  command.add_option("PROGRAM", guest, "the program and its arguments; all that follows it is its own")
      ->type_name("[ARGUMENTS...]");
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

std::string large_number(std::string& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<unsigned> power = power_of_ten(std::string_view(text).substr(digits));
  if (digits == 0 || !power) return "'" + text + "' is not a whole number like 5000000, 5M or 5e6";
  constexpr unsigned kDigits = 20;  // of the largest
  std::string plain = text.substr(0, digits) + std::string(std::min(*power, kDigits), '0');
  if (plain.find_first_not_of('0') == std::string::npos) plain = "0";
  if (!whole_number(plain).empty()) return "'" + text + "' does not fit 64 bits";
  text = plain;
  return "";
}

}  // namespace m2sim::cmd
