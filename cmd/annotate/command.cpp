#include "cmd/annotate/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include "cmd/annotate/annotation.h"
#include "cmd/annotate/files.h"
#include "cmd/annotate/text.h"
#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/pager.h"
#include "cmd/console/terminal.h"
#include "cmd/guest/run.h"
#include "emu/linux/kernel.h"

namespace m2sim::cmd {
namespace {

void write_files(const AnnotateOptions& options, const Annotation& annotation, const Manifest& manifest,
                 const Stats& stats) {
  if (!options.json.empty()) write_file(options.json, annotation_json(annotation, manifest, stats));
  if (!options.callgrind.empty()) write_file(options.callgrind, annotation_callgrind(annotation, manifest));
  if (!options.folded.empty()) write_file(options.folded, annotation_folded(annotation));
  if (!options.speedscope.empty())
    write_file(options.speedscope, annotation_speedscope(annotation, manifest));
}

}  // namespace

CLI::App* add_annotate_command(CLI::App& app, AnnotateOptions& options) {
  CLI::App* command = app.add_subcommand("annotate", "Show which functions and instructions cost the cycles");
  add_guest_options(*command, options.guest);
  add_group(*command, "Regions", [&] { add_region_options(*command, options.guest.regions); });
  command
      ->add_option("--functions", options.functions, "show the instructions of the N hottest functions (3)")
      ->type_name("N");
  command
      ->add_option("--function", options.named,
                   "show those of this function instead, with or without its arguments; repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->add_flag("--tree", options.tree, "show who called what, from the program's start down");
  command->add_option("--depth", options.depth, "of the tree (12)")->type_name("N");
  command->add_option("--least", options.least, "share of the cycles to be in the tree (1)")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.0, 100.0));
  command->add_option("--json", options.json, "write everything, as m2sim compare reads it")
      ->type_name("FILE");
  command->add_option("--callgrind", options.callgrind, "write costs for callgrind_annotate or KCachegrind")
      ->type_name("FILE");
  command->add_option("--folded", options.folded, "write a line a stack for flamegraph.pl")
      ->type_name("FILE");
  command->add_option("--speedscope", options.speedscope, "write a file for www.speedscope.app")
      ->type_name("FILE");
  command->add_flag("-q,--quiet", options.quiet,
                    "no report, only the files; a report goes through $PAGER on a terminal");
  return command;
}

int annotate(const AnnotateOptions& options) {
  require_program(options.guest);
  const Mode mode = chosen_mode(options.guest);
  if (mode == Mode::kEmulation) throw failure("annotate: emulation has no cycles; use timing or fast-timing");
  const timing::CoreConfig config = configured(options.guest.core);
  require_outputs(
      {options.json, options.callgrind, options.folded, options.speedscope, options.guest.strace_file},
      {options.guest.argv.front()});
  GuestRun guest(options.guest, mode, config);
  timing::Attribution books;
  guest.simulation().attribution = &books;
  const timing::Outcome outcome = guest.run();

  emu::Machine& machine = guest.machine();
  const Manifest& manifest = guest.manifest();
  Symboliser symboliser(machine.kernel().code_maps(), options.guest.sysroot);
  const Annotation annotation = annotate(books, outcome.timing->core.slots_per_cycle, symboliser, machine);
  for (const std::string& warning : symboliser.warnings()) {
    write_stderr(fmt::format("m2sim: warning: {}\n", printable(warning)));
  }
  if (annotation.folded_calls != 0) {
    write_stderr(
        fmt::format("m2sim: warning: there are more call paths than are kept; {} calls are part of "
                    "their callers' paths\n",
                    annotation.folded_calls));
  }
  Stats stats;
  append_timing_stats(stats, *outcome.timing);
  append_run_stats(stats, outcome.figures);
  write_files(options, annotation, manifest, stats);
  if (!options.quiet) {
    write_paged(annotation_text(annotation, manifest,
                                {options.functions, options.named, options.tree, options.depth, options.least,
                                 colors_wanted(STDOUT_FILENO)}));
  }
  guest.say_unreached(outcome);
  return guest.exit_status();
}

}  // namespace m2sim::cmd
