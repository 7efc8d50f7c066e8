#include "cmd/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <new>
#include <span>

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
#include "cmd/profile/command.h"
#include "cmd/results/manifest.h"
#include "cmd/run_command.h"
#include "cmd/snippet/command.h"
#include "cmd/suite/command.h"
#include "cmd/timeline/command.h"
#include "cmd/verify/command.h"

namespace m2sim::cmd {
namespace {

struct Command {
  CLI::App* app;
  std::function<int()> run;
  std::vector<std::string>* program = nullptr;  // not null: whose arguments all that follows it are
};

// The commands and what their options said.
struct CommandLine {
  CommandLine() {
    commands.push_back({calibrate_command.app(), [this] { return calibrate_command.run(); }});
  }
  CommandLine(const CommandLine&) = delete;  // CLI11 holds the addresses of the options
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App app{"Cycle-approximate simulator of the Apple M2 performance core for ARM64 Linux programs",
               "m2sim"};
  RunOptions run_options;
  TimelineOptions timeline_options;
  AnnotateOptions annotate_options;
  SnippetOptions snippet_options;
  SuiteOptions suite_options;
  CheckOptions check_options;
  VerifyOptions verify_options;
  CompareOptions compare_options;
  ProfileOptions profile_options;
  DisasmOptions disasm_options;
  ConfigOptions config_options;
  HistoryOptions history_options;
  ManOptions man_options;
  std::string completion_shell;
  std::vector<Command> commands{
      {add_run_command(app, run_options), [this] { return run(run_options); }, &run_options.guest.argv},
      {add_timeline_command(app, timeline_options), [this] { return timeline(timeline_options); },
       &timeline_options.guest.argv},
      {add_annotate_command(app, annotate_options), [this] { return annotate(annotate_options); },
       &annotate_options.guest.argv},
      {add_snippet_command(app, snippet_options), [this] { return snippet(snippet_options); }},
      {add_suite_command(app, suite_options), [this] { return suite(suite_options); }},
      {add_compare_command(app, compare_options), [this] { return compare(compare_options); }},
      {add_check_command(app, check_options), [this] { return check(check_options); }},
      {add_verify_command(app, verify_options), [this] { return verify(verify_options); },
       &verify_options.guest.argv},
      {add_profile_command(app, profile_options), [this] { return profile(profile_options); },
       &profile_options.guest},
      {add_disasm_command(app, disasm_options), [this] { return disasm(disasm_options); }},
      {add_config_command(app, config_options), [this] { return config(config_options); }},
      {add_history_command(app, history_options), [this] { return history(history_options); }},
      {add_man_command(app, man_options), [this] { return man(app, man_options); }},
      {add_completion_command(app, completion_shell), [this] { return completion(app, completion_shell); }},
  };
  CalibrateCommand calibrate_command{app};
};

const Command& find_command(const CommandLine& line, const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : line.commands) {
    if (command.app->get_name() == name) return command;
    names.push_back(command.app->get_name());
  }
  throw failure("there is no command '{}'{}", name, did_you_mean(name, names));
}

// CLI11 takes its arguments last first.
void parse(CLI::App& app, std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());
  app.parse(std::move(arguments));
}

// m2sim calibrate has actions, which have the options.
void check_options_of(const CommandLine& line, const CLI::App& command,
                      const std::vector<std::string>& rest) {
  const bool has_action =
      &command == line.calibrate_command.app() && !rest.empty() && !rest[0].starts_with("-");
  if (!has_action) return check_options(command, rest);
  check_options(line.calibrate_command.action(rest[0]), std::span(rest).subspan(1));
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
      check_options(line.app, own);
      parse(line.app, own);
      throw failure("no command given; m2sim --help lists them");
    }
    command = &find_command(line, own.front());
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
