#include "cmd/guest/sampling.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>

#include "cmd/console/arguments.h"

namespace m2sim::cmd {
namespace {

constexpr double kLeastError = 0.0001;
constexpr double kMostError = 0.5;
// Shorter windows would measure how the pipe fills, longer ones leave nothing to sample.
constexpr std::uint64_t kLeastWindow = 1'000;
constexpr std::uint64_t kMostWindow = 100'000'000;
constexpr std::uint64_t kMostWarming = std::uint64_t{1} << 40;

// To a part of 1. Empty, or what is wrong.
std::string percentage(std::string& text) {
  const bool percent = text.ends_with('%');
  const char* const end = text.data() + text.size() - (percent ? 1 : 0);
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (percent) value /= 100;
  if (error != std::errc{} || rest != end || !(value >= kLeastError && value <= kMostError))
    return "'" + text + "' is no error between 0.01% and 50%; write it like 2%";
  text = std::to_string(value);
  return "";
}

}  // namespace

void add_sample_options(CLI::App& command, SampleOptions& options) {
  timing::SamplePlan& plan = options.plan;
  const CLI::Validator number(large_number, "");
  command.add_flag(
      "--sample", options.sample,
      "time windows of the run and estimate the whole from them; what lies between passes at the speed of "
      "emulation, and caches and predictors learn before each window");
  const auto asks = [&options](const std::string& /*value*/) { options.asked = true; };
  command
      .add_option("--error", plan.error,
                  fmt::format("go on to more windows until CPI is known to this, as in 2%, with 95 % "
                              "confidence (0.01% to 50%, default: {}%)",
                              100 * plan.error))
      ->type_name("PERCENT")
      ->transform(CLI::Validator(percentage, ""))
      ->each(asks);
  command
      .add_option("--sample-window", plan.window,
                  fmt::format("instructions of a window, 1000 or more (default: {})", plan.window))
      ->type_name("N")
      ->transform(number)
      ->check(CLI::Range(kLeastWindow, kMostWindow))
      ->each(asks);
  command
      .add_option("--sample-warming", plan.warming,
                  fmt::format("instructions before a window from which caches and predictors learn, at "
                              "least; more where it shows that it takes more (default: {})",
                              plan.warming))
      ->type_name("N")
      ->transform(number)
      ->check(CLI::Range(std::uint64_t{0}, kMostWarming))
      ->each(asks);
  command
      .add_option("--sample-seed", plan.seed,
                  fmt::format("where the windows lie is drawn with this number; the same one, the same "
                              "figures (default: {})",
                              plan.seed))
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{0}, std::numeric_limits<std::uint32_t>::max()))
      ->each(asks);
  command
      .add_flag("--sample-check", plan.check,
                "time the whole run beside it, in the same pass, and show how far off the estimate is")
      ->each(asks);
}

SampleOptions sample_from(const std::optional<JsonField>& json) {
  SampleOptions options;
  if (!json) return options;
  options.sample = true;
  options.plan.error = json->at("error").number(kLeastError, kMostError);
  options.plan.window = json->at("window").whole(kLeastWindow, kMostWindow);
  options.plan.detail = json->at("detail").whole(0, kMostWarming);
  options.plan.warming = json->at("warming").whole(0, kMostWarming);
  options.plan.seed =
      static_cast<std::uint32_t>(json->at("seed").whole(0, std::numeric_limits<std::uint32_t>::max()));
  return options;
}

}  // namespace m2sim::cmd
