#include "cmd/guest/regions.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/guest/functions.h"

namespace m2sim::cmd {
namespace {

using timing::Region;

// What the program does not have a library may, which is not there yet.
void add_symbol(const std::string& text, emu::Machine& machine, const std::vector<GuestFunction>& functions,
                LibraryRegions& libraries, timing::RegionPlan& plan) {
  const LibraryFunction name(text);
  const emu::ElfImage& image = machine.image();
  const bool own = name.is_in(image.path, "");
  const bool waits = !image.interpreter.empty() &&
                     (!own || (name.library.empty() && find_function(text, functions).function == nullptr));
  if (!waits) {
    const GuestFunction& function = required(own ? name.symbol : text, functions, image.path);
    plan.regions.push_back(
        {text, Region::Kind::kCalls, function.address + machine.load_bias(), 0, function.indirect});
    return;
  }
  const auto there = libraries.in_loader(name);
  if (!there) libraries.add(plan.regions.size(), name);
  plan.regions.push_back(
      {text, Region::Kind::kCalls, there ? there->address : 0, 0, there ? there->indirect : false});
}

// As `m2sim disasm` shows it, in hexadecimal with or without 0x.
std::uint64_t address_in(std::string_view text, const std::string& span, emu::Machine& machine) {
  std::string_view digits = text;
  if (digits.starts_with("0x")) digits.remove_prefix(2);
  std::uint64_t address = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, address, 16);
  if (error != std::errc() || stop != end || address % 4 != 0) {
    throw failure("--roi-pc: '{}' is not A:B, two hexadecimal addresses of instructions", span);
  }
  const emu::ElfImage& image = machine.image();
  const bool linked = address >= image.begin() && address < image.end();
  return linked ? address + machine.load_bias() : address;
}

Region span_of(const std::string& span, emu::Machine& machine) {
  const std::size_t colon = std::min(span.find(':'), span.size());
  const std::string_view behind = std::string_view(span).substr(std::min(colon + 1, span.size()));
  return {span, Region::Kind::kSpan, address_in(std::string_view(span).substr(0, colon), span, machine),
          address_in(behind, span, machine)};
}

}  // namespace

void add_region_options(CLI::App& command, RegionOptions& options) {
  command
      .add_option("--roi-symbol", options.symbols,
                  "count only the calls of this function of the program or, also as LIB:FUNCTION, of a "
                  "library, with all "
                  "that it calls; repeatable, as --roi-pc is: each is a region of its own in the results")
      ->type_name("FUNCTION")
      ->allow_extra_args(false);
  command
      .add_option("--roi-pc", options.spans,
                  "count only from the instruction at A until that at B is next, each time; hexadecimal, as "
                  "m2sim disasm shows them")
      ->type_name("A:B")
      ->allow_extra_args(false);
  command.add_flag("--roi-markers", options.markers,
                   "count only what the program marks with m2sim/markers.h, each number a region");
  command.add_flag("--roi-sniper", options.sniper,
                   "the same with the markers of the Sniper simulator (SimRoiStart and SimRoiEnd)");
  command
      .add_option("--repeat", options.repeat,
                  "count only the first N times of each region, and end the run behind the last")
      ->type_name("N")
      ->check(whole_number, "");
}

std::vector<std::string> words_of(const RegionOptions& options) {
  std::vector<std::string> words;
  for (const std::string& name : options.symbols) words.push_back("--roi-symbol=" + name);
  for (const std::string& span : options.spans) words.push_back("--roi-pc=" + span);
  if (options.markers) words.emplace_back("--roi-markers");
  if (options.sniper) words.emplace_back("--roi-sniper");
  if (options.repeat) words.push_back(fmt::format("--repeat={}", *options.repeat));
  return words;
}

RegionOptions regions_from(const std::vector<std::string>& words) {
  RegionOptions options;
  for (const std::string& word : words) {
    const std::string name = word.substr(0, word.find('='));
    const std::string value = word.substr(std::min(name.size() + 1, word.size()));
    if (name == "--roi-symbol") options.symbols.push_back(value);
    if (name == "--roi-pc") options.spans.push_back(value);
    if (name == "--roi-markers") options.markers = true;
    if (name == "--roi-sniper") options.sniper = true;
    if (name == "--repeat") options.repeat = std::strtoull(value.c_str(), nullptr, 10);
  }
  return options;
}

timing::RegionPlan region_plan(const RegionOptions& options, emu::Machine& machine,
                               LibraryRegions& libraries) {
  timing::RegionPlan plan;
  if (options.repeat && !options.any()) {
    throw failure("--repeat counts the times of a region, and none is given; two whole runs are alike");
  }
  if (options.repeat == std::uint64_t{0}) throw failure("--repeat takes a number from 1 on");
  plan.times = options.repeat.value_or(UINT64_MAX);
  if (!options.symbols.empty()) {
    const std::vector<GuestFunction> functions = functions_of(machine.image());
    for (const std::string& name : options.symbols) add_symbol(name, machine, functions, libraries, plan);
    if (!libraries.empty()) plan.finder = &libraries;
  }
  for (const std::string& span : options.spans) plan.regions.push_back(span_of(span, machine));
  for (unsigned i = 0; options.markers && i < timing::kMarkedRegions; ++i) {
    plan.regions.push_back({fmt::format("marker {}", i), Region::Kind::kMarked, i, 0});
  }
  if (options.sniper) plan.regions.push_back({"sniper", Region::Kind::kSniper, 0, 0});
  return plan;
}

std::vector<std::string> unreached(const timing::RegionPlan& plan,
                                   const std::vector<timing::RegionFigures>& regions,
                                   const LibraryRegions& libraries) {
  std::vector<std::string> lines;
  bool marked = false;
  bool any_marker = false;
  for (std::size_t i = 0; i < plan.regions.size(); ++i) {
    const bool reached = i < regions.size() && regions[i].times != 0;
    if (plan.regions[i].kind == Region::Kind::kMarked) {
      marked = true;
      any_marker = any_marker || reached;
    } else if (!reached) {
      lines.push_back(
          fmt::format("region '{}' was never reached{}", plan.regions[i].name, libraries.why_never(i)));
    }
  }
  if (marked && !any_marker) lines.emplace_back("a marker was never reached");
  return lines;
}

}  // namespace m2sim::cmd
