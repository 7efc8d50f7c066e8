#include "cmd/timeline/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/stream_file.h"
#include "cmd/console/terminal.h"
#include "cmd/guest/run.h"
#include "cmd/timeline/drawing.h"
#include "cmd/timeline/kanata.h"
#include "timing/run/trace.h"

namespace m2sim::cmd {
namespace {

constexpr std::uint64_t kDrawnInsts = 64;
constexpr std::uint64_t kKanataInsts = 10'000;
// Behind the window the program goes on until all that was in the window has retired among younger
// instructions, as it would have: more than any reorder buffer holds.
constexpr std::uint64_t kBehindInsts = 20'000;

// Writes rows while the program runs.
class Output : public timing::TraceReader {
 public:
  Output(const TimelineOptions& options, emu::Machine& machine, const timing::CoreConfig& config,
         std::uint64_t first_number)
      : text_(machine, config), drawing_(text_, first_number) {
    if (!options.konata.empty()) {
      kanata_file_ = std::make_unique<StreamFile>(options.konata);
      kanata_ = std::make_unique<Kanata>(
          KanataText{[this](const timing::TracedUop& uop) { return text_.left(uop); },
                     [this](const timing::TracedUop& uop) { return text_.hover(uop); }, first_number + 1});
    }
    if (!options.output.empty()) drawing_file_ = std::make_unique<StreamFile>(options.output);
    draws_ = options.konata.empty() || !options.output.empty();
  }

  void read(std::span<const timing::TracedUop> uops, std::span<const timing::LostSlots> lost) override {
    for (const timing::TracedUop& uop : uops) {
      if (uops_++ == 0) first_ = uop.renamed;
      insts_ += uop.insts;
      last_ = uop.retired;
    }
    if (kanata_) kanata_file_->write(kanata_->add(uops));
    if (draws_) draw(drawing_.add(uops, lost));
  }

  void finish() {
    if (kanata_) {
      kanata_file_->write(kanata_->finish());
      kanata_file_->finish();
    }
    if (!draws_ || uops_ == 0) return;
    draw(drawing_.finish() + summary());
    if (drawing_file_) drawing_file_->finish();
  }

  std::uint64_t insts() const { return insts_; }
  std::string summary() const {
    return fmt::format("{} instructions, {} uops, in {} cycles from the first renamed to the last retired\n",
                       insts_, uops_, uops_ == 0 ? 0 : last_ + 1 - first_);
  }

 private:
  void draw(const std::string& text) {
    if (drawing_file_) {
      drawing_file_->write(text);
    } else {
      write_stdout(text);
    }
  }

  RowText text_;
  Drawing drawing_;
  std::unique_ptr<Kanata> kanata_;
  std::unique_ptr<StreamFile> kanata_file_;
  std::unique_ptr<StreamFile> drawing_file_;  // null: standard output
  bool draws_ = true;
  std::uint64_t uops_ = 0;
  std::uint64_t insts_ = 0;
  timing::Cycle first_ = 0;
  timing::Cycle last_ = 0;
};

// Which part of the program the model hears, and which part of that is shown.
struct Plan {
  std::uint64_t skip = 0;  // at the speed of emulation
  timing::TraceWindow window;
  std::vector<timing::Phase> phases;
};

std::uint64_t parse_pc(const std::string& text) {
  const std::string_view digits = std::string_view(text).substr(text.starts_with("0x") ? 2 : 0);
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || stop != digits.data() + digits.size() || value % 4 != 0) {
    throw failure("timeline: --from-pc: '{}' is no address of an instruction; write 0x401000", text);
  }
  return value;
}

std::uint64_t address_of(const std::string& name, emu::Machine& machine) {
  if (const auto address = machine.symbols().address_of(name)) return *address;
  std::vector<std::string> names;
  for (const std::uint32_t table : {emu::kSectionSymbols, emu::kSectionDynamicSymbols}) {
    for (const emu::NamedSymbol& symbol : emu::symbol_table(machine.image(), table)) {
      if (!emu::is_mapping_symbol(symbol.name)) names.emplace_back(symbol.name);
    }
  }
  if (names.empty()) throw failure("timeline: --at {}: {} has no symbols", name, machine.image().path);
  throw failure("timeline: {} has no symbol '{}'{}", machine.image().path, name, did_you_mean(name, names));
}

std::uint64_t window_length(const TimelineOptions& options) {
  const std::uint64_t unsaid = options.konata.empty() ? kDrawnInsts : kKanataInsts;
  const std::uint64_t length = options.length.value_or(options.guest.limit.value_or(unsaid));
  if (length == 0) throw failure("timeline: --for 0 shows nothing");
  return length;
}

// How many instructions pass before the model listens.
std::uint64_t skipped(const TimelineOptions& options) {
  const std::uint64_t skip = options.guest.skip.value_or(0);
  if (!options.from) return skip;
  if (skip > *options.from) throw failure("timeline: --skip {} is behind --from {}", skip, *options.from);
  if (!options.guest.warmup) return skip;
  if (options.guest.skip) throw failure("timeline: of --from, --skip and --warmup two say all");
  return *options.from - std::min(*options.from, *options.guest.warmup);
}

Plan plan_of(const TimelineOptions& options, emu::Machine& machine) {
  Plan plan;
  plan.skip = skipped(options);
  plan.window.first = options.from ? *options.from - plan.skip : options.guest.warmup.value_or(0);
  plan.window.insts = window_length(options);
  if (!options.at.empty()) plan.window.address = address_of(options.at, machine);
  if (!options.from_pc.empty()) plan.window.address = parse_pc(options.from_pc);
  const bool regions = options.guest.regions.any();  // the model hears of nothing else
  using timing::Listener;
  if (plan.skip != 0) plan.phases.push_back({{.insts = plan.skip}, Listener::kNobody});
  if (plan.window.first != 0) plan.phases.push_back({{.insts = plan.window.first}, Listener::kModel});
  if (plan.window.address && !regions)
    plan.phases.push_back({{.addresses = {*plan.window.address}}, Listener::kModel});
  const std::uint64_t most = UINT64_MAX - kBehindInsts;
  plan.phases.push_back({{.insts = std::min(plan.window.insts, most) + kBehindInsts}, Listener::kFigures});
  return plan;
}

void check(const TimelineOptions& options, Mode mode) {
  if (mode == Mode::kEmulation) throw failure("timeline: emulation has no pipe; use timing or fast-timing");
  if (!options.at.empty() && !options.from_pc.empty())
    throw failure("timeline: --at and --from-pc exclude each other");
  if (options.guest.regions.any() && (options.from || options.guest.warmup))
    throw failure("timeline: --from and --warmup do not go with regions; the window begins with the first");
  require_outputs({options.konata, options.output, options.guest.strace_file}, {options.guest.argv.front()});
}

void add_window_options(CLI::App& command, TimelineOptions& options) {
  const CLI::Validator number(large_number, "");
  command
      .add_option("--from", options.from,
                  "the window begins behind the program's first N instructions; what is not skipped of them "
                  "warms the model up; with --warmup M all but the last M are skipped")
      ->type_name("N")
      ->transform(number);
  command.add_option("--at", options.at, "the window begins where this function is called next")
      ->type_name("FUNCTION");
  command.add_option("--from-pc", options.from_pc, "the window begins where this is executed next")
      ->type_name("ADDRESS");
  command
      .add_option("--for", options.length,
                  fmt::format("length of the window in instructions; {} without, and {} for --konata",
                              kDrawnInsts, kKanataInsts))
      ->type_name("N")
      ->transform(number);
  command
      .add_option("--konata", options.konata,
                  "write the window for Konata (Kanata 0004) in place of the drawing; compressed where the "
                  "name ends in .zst")
      ->type_name("FILE");
  command.add_option("-o,--output", options.output, "write the drawing here; standard output without")
      ->type_name("FILE");
}

}  // namespace

CLI::App* add_timeline_command(CLI::App& app, TimelineOptions& options) {
  CLI::App* command = app.add_subcommand("timeline", "Show the pipeline in a part of a run, cycle by cycle");
  add_group(*command, "Window", [&] { add_window_options(*command, options); });
  add_guest_options(*command, options.guest);
  add_group(*command, "Regions", [&] { add_region_options(*command, options.guest.regions); });
  return command;
}

int timeline(const TimelineOptions& options) {
  require_program(options.guest);
  const Mode mode = chosen_mode(options.guest);
  check(options, mode);
  const timing::CoreConfig config = configured(options.guest.core);
  GuestRun guest(options.guest, mode, config);
  const Plan plan = plan_of(options, guest.machine());
  Output output(options, guest.machine(), config, plan.skip);
  const timing::Trace trace{plan.window, &output};
  guest.simulation().phases = plan.phases;
  guest.simulation().trace = &trace;
  const timing::Outcome outcome = guest.run();
  output.finish();
  guest.say_unreached(outcome);
  if (output.insts() == 0 && guest.was_stopped()) return guest.exit_status();
  if (output.insts() == 0 && !guest.some_unreached()) {
    throw failure("timeline: the program ended after {} instructions, before the window began",
                  outcome.figures.instructions);
  }
  if (!options.konata.empty()) write_stderr("m2sim: " + output.summary());
  return guest.exit_status();
}

}  // namespace m2sim::cmd
