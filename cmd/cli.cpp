#include "cmd/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <new>
#include <optional>
#include <span>
#include <string_view>

#include "cmd/annotate/command.h"
#include "cmd/calibrate/command.h"
#include "cmd/check/command.h"
#include "cmd/compare/command.h"
#include "cmd/config_command.h"
#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/disasm_command.h"
#include "cmd/help/command.h"
#include "cmd/history/command.h"
#include "cmd/phases/command.h"
#include "cmd/profile/command.h"
#include "cmd/results/manifest.h"
#include "cmd/run_command.h"
#include "cmd/snippet/command.h"
#include "cmd/suite/command.h"
#include "cmd/sweep/command.h"
#include "cmd/timeline/command.h"
#include "cmd/verify/command.h"

namespace m2sim::cmd {
namespace {

struct Command {
  std::string_view name;
  std::function<CLI::App*()> add;  // gives the command line its options
  std::function<int()> run;
  std::vector<std::string>* program = nullptr;  // not null: whose arguments all that follows it are
  bool asks_for_all = false;                    // it tells of every command
  CLI::App* app = nullptr;                      // once it was added
};

// CLI11 takes its arguments last first.
void parse(CLI::App& app, std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());
  app.parse(std::move(arguments));
}

// Options of a run that others make.
void check_run_options(const std::vector<std::string>& options) {
  CLI::App app;
  RunOptions run_options;
  const SplitArguments split = split_at_program(*add_run_command(app, run_options), options);
  if (!split.guest.empty()) throw failure("'{}' is no option of m2sim run", split.guest.front());
  std::vector<std::string> arguments{"run"};
  arguments.insert(arguments.end(), split.own.begin(), split.own.end());
  try {
    parse(app, arguments);
  } catch (const CLI::CallForHelp&) {
    throw failure("run: --help runs nothing; leave it out");
  } catch (const CLI::ParseError& error) {
    throw failure("run: {}", error.what());
  }
}

// The commands and what their options said. Making the options of all of them takes as long as a short run
// does, so that a command is added when it is named, and all only for what tells of all.
struct CommandLine {
  CommandLine() = default;
  CommandLine(const CommandLine&) = delete;  // CLI11 holds the addresses of the options
  CommandLine& operator=(const CommandLine&) = delete;

  void add_all() {
    for (Command& command : commands) add(command);
  }
  void add(Command& command) {
    if (command.app == nullptr) command.app = command.add();
  }
  CLI::App* add_calibrate() { return calibrate_command.emplace(app).app(); }

  CLI::App app{"Cycle-approximate simulator of the Apple M2 performance core for ARM64 Linux programs",
               "m2sim"};
  RunOptions run_options;
  PhasesOptions phases_options;
  TimelineOptions timeline_options;
  AnnotateOptions annotate_options;
  SnippetOptions snippet_options;
  SuiteOptions suite_options;
  SweepOptions sweep_options;
  CheckOptions check_options;
  VerifyOptions verify_options;
  CompareOptions compare_options;
  ProfileOptions profile_options;
  DisasmOptions disasm_options;
  ConfigOptions config_options;
  HistoryOptions history_options;
  ManOptions man_options;
  std::string completion_shell;
  std::optional<CalibrateCommand> calibrate_command;
  std::vector<Command> commands{
      {.name = "run",
       .add = [this] { return add_run_command(app, run_options); },
       .run = [this] { return run(run_options); },
       .program = &run_options.guest.argv},
      {.name = "phases",
       .add = [this] { return add_phases_command(app, phases_options); },
       .run = [this] { return phases(phases_options); },
       .program = &phases_options.guest.argv},
      {.name = "timeline",
       .add = [this] { return add_timeline_command(app, timeline_options); },
       .run = [this] { return timeline(timeline_options); },
       .program = &timeline_options.guest.argv},
      {.name = "annotate",
       .add = [this] { return add_annotate_command(app, annotate_options); },
       .run = [this] { return annotate(annotate_options); },
       .program = &annotate_options.guest.argv},
      {.name = "snippet",
       .add = [this] { return add_snippet_command(app, snippet_options); },
       .run = [this] { return snippet(snippet_options); }},
      {.name = "suite",
       .add = [this] { return add_suite_command(app, suite_options); },
       .run = [this] { return suite(suite_options); }},
      {.name = "sweep",
       .add = [this] { return add_sweep_command(app, sweep_options); },
       .run = [this] { return sweep(sweep_options, check_run_options); }},
      {.name = "compare",
       .add = [this] { return add_compare_command(app, compare_options); },
       .run = [this] { return compare(compare_options); }},
      {.name = "check",
       .add = [this] { return add_check_command(app, check_options); },
       .run = [this] { return check(check_options); }},
      {.name = "verify",
       .add = [this] { return add_verify_command(app, verify_options); },
       .run = [this] { return verify(verify_options); },
       .program = &verify_options.guest.argv},
      {.name = "profile",
       .add = [this] { return add_profile_command(app, profile_options); },
       .run = [this] { return profile(profile_options); },
       .program = &profile_options.guest},
      {.name = "disasm",
       .add = [this] { return add_disasm_command(app, disasm_options); },
       .run = [this] { return disasm(disasm_options); }},
      {.name = "config",
       .add = [this] { return add_config_command(app, config_options); },
       .run = [this] { return config(config_options); }},
      {.name = "history",
       .add = [this] { return add_history_command(app, history_options); },
       .run = [this] { return history(history_options); }},
      {.name = "man",
       .add = [this] { return add_man_command(app, man_options); },
       .run = [this] { return man(app, man_options); },
       .asks_for_all = true},
      {.name = "completion",
       .add = [this] { return add_completion_command(app, completion_shell); },
       .run = [this] { return completion(app, completion_shell); },
       .asks_for_all = true},
      {.name = "calibrate",
       .add = [this] { return add_calibrate(); },
       .run = [this] { return calibrate_command->run(); }},
  };
};

Command& find_command(CommandLine& line, const std::string& name) {
  std::vector<std::string> names;
  for (Command& command : line.commands) {
    if (command.name == name) return command;
    names.emplace_back(command.name);
  }
  throw failure("there is no command '{}'{}", name, did_you_mean(name, names));
}

// m2sim calibrate has actions, which have the options.
void check_options_of(const CommandLine& line, const CLI::App& command,
                      const std::vector<std::string>& rest) {
  const bool has_action = line.calibrate_command && &command == line.calibrate_command->app() &&
                          !rest.empty() && !rest[0].starts_with("-");
  if (!has_action) return check_options(command, rest);
  check_options(line.calibrate_command->action(rest[0]), std::span(rest).subspan(1));
}

int run_command_line(const std::vector<std::string>& arguments) {
  CommandLine line;
  line.app.require_subcommand(0, 1);
  line.app.set_version_flag("--version", fmt::format("m2sim {} ({})", version(), revision()));
  if (arguments.size() < 2) throw failure("no command given; m2sim --help lists them");
  std::vector<std::string> own(arguments.begin() + 1, arguments.end());
  const Command* command = nullptr;
  try {
    if (own.front().starts_with("-")) {
      line.add_all();
      check_options(line.app, own);
      parse(line.app, own);
      throw failure("no command given; m2sim --help lists them");
    }
    Command& named = find_command(line, own.front());
    named.asks_for_all ? line.add_all() : line.add(named);
    command = &named;
    const std::vector<std::string> rest(own.begin() + 1, own.end());
    own.resize(1);
    if (command->program != nullptr) {
      SplitArguments split = split_at_program(*command->app, rest);
      *command->program = std::move(split.guest);
      own.insert(own.end(), split.own.begin(), split.own.end());
    } else {
      check_options_of(line, *command->app, rest);
      own.insert(own.end(), rest.begin(), rest.end());
    }
    parse(line.app, own);
  } catch (const CLI::CallForHelp&) {
    print_help(line.app);
    return 0;
  } catch (const CLI::CallForVersion& version_text) {
    write_stdout(std::string(version_text.what()) + "\n");
    return 0;
  } catch (const CLI::ParseError& error) {
    const std::string name = command == nullptr ? line.app.get_name() : command->app->get_name();
    throw failure("{}: {}; see m2sim {} --help", name, error.what(), name);
  }
  return command->run();
}

// One line, whatever is in it.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return printable(text);
}

int report_failure(const std::string& message, int status) {
  write_stderr(fmt::format("m2sim: {}\n", one_line(message)));
  return status;
}

}  // namespace

int run_m2sim(const std::vector<std::string>& arguments) {
  try {
    return run_command_line(arguments);
  } catch (const emu::UserError& error) {
    return report_failure(error.what(), exit_status_of(error));
  } catch (const std::bad_alloc&) {
    return report_failure("out of memory", kExitInternal);
  } catch (const std::exception& error) {
    return report_failure(error.what(), kExitInternal);
  }
}

}  // namespace m2sim::cmd
