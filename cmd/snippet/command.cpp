#include "cmd/snippet/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/results/manifest.h"
#include "cmd/snippet/report.h"

namespace m2sim::cmd {
namespace {

std::string standard_input() {
  std::string text;
  char part[4096];
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, part, sizeof part);
    if (got == 0) return text;
    if (got > 0) text.append(part, static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) throw failure("cannot read standard input: {}", std::strerror(errno));
  }
}

std::vector<Snippet> chosen_snippets(const SnippetOptions& options) {
  if (options.file == "-") return snippets_of("<stdin>", standard_input());
  if (!options.function.empty()) return {snippet_of_function(options.file, options.function)};
  if (is_elf(options.file)) return {snippet_of_object(options.file)};
  return snippets_of(options.file, read_file(options.file));
}

}  // namespace

CLI::App* add_snippet_command(CLI::App& app, SnippetOptions& options) {
  CLI::App* command =
      app.add_subcommand("snippet", "Run the body of a loop on its own, and say what limits it");
  command
      ->add_option("file", options.file,
                   "assembly; - for standard input; an object file; with --function a program")
      ->type_name("FILE");
  command->add_option("--function", options.function, "this function of the program")->type_name("NAME");
  command->add_option("--mode", options.mode, "which model (default: timing)")
      ->type_name("timing|fast-timing");
  add_core_options(*command, options.core);
  add_cpu_option(*command, options.core);
  command
      ->add_option("--timeline", options.shown, "iterations in the drawing of the pipe (default: 3; 0: none)")
      ->type_name("N")
      ->check(CLI::Range(0U, 1000U));
  command->add_option("--assembler", options.assembler, "GNU as for AArch64; ld is looked for beside it")
      ->type_name("PROGRAM");
  command->add_flag("--json", options.json, "write the figures as JSON");
  return command;
}

int snippet(const SnippetOptions& options) {
  if (options.file.empty()) throw failure("snippet: no file given; see m2sim snippet --help");
  const Mode mode = parse_mode(options.mode);
  if (mode == Mode::kEmulation) throw failure("snippet: emulation has no cycles; use timing or fast-timing");
  const SnippetMachine machine{mode, configured(options.core), chosen_cpu(options.core)};
  nlohmann::ordered_json regions = nlohmann::ordered_json::array();
  bool first = true;
  for (const Snippet& snippet : chosen_snippets(options)) {
    const SnippetProgram program = program_of(snippet, options.assembler);
    const SnippetRun run = run_snippet(program, snippet.state, machine);
    const SnippetAnalysis analysis = analyse(run, machine.config);
    const SnippetResult result{snippet, program, run, analysis, machine.config};
    if (options.json) {
      regions.push_back(snippet_json(result));
    } else {
      write_stdout((first ? "" : "\n") + snippet_report(result, options.shown));
    }
    first = false;
  }
  if (options.json) {
    const nlohmann::ordered_json json{{"schema_version", 1},
                                      {"file", options.file},
                                      {"mode", options.mode},
                                      {"core", options.core.core},
                                      {"regions", regions}};
    write_stdout(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
  return 0;
}

}  // namespace m2sim::cmd
