#include "cmd/check/command.h"

#include <unistd.h>

#include <algorithm>

#include "cmd/check/report.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"

namespace m2sim::cmd {
namespace {

bool is_good(const CheckResult& result, bool strict) {
  if (!result.files.missing.empty() || result.count(WordKind::kNotImplemented) > 0) return false;
  if (!strict) return true;
  return std::ranges::all_of(result.code, [](const CodeCheck& code) {
    return std::ranges::none_of(code.groups, [](const WordGroup& group) { return group.marked; });
  });
}

}  // namespace

CLI::App* add_check_command(CLI::App& app, CheckOptions& options) {
  CLI::App* command = app.add_subcommand("check",
                                         "Tell without running it which instructions and libraries of a "
                                         "program are missing");
  command->add_option("program", options.program, "an ELF program or a script")->type_name("PROGRAM");
  command->add_option("--sysroot", options.sysroot, "look here first for the guest's absolute paths")
      ->type_name("DIR");
  command->add_flag("--json", options.json, "print JSON in place of tables");
  command->add_flag("--strict", options.strict,
                    "exit status 1 also for marked instructions that the M2 lacks (libraries hold some, "
                    "which they use only where the processor has them)");
  return command;
}

int check(const CheckOptions& options) {
  if (options.program.empty()) throw failure("check: no program given; see m2sim check --help");
  CheckResult result;
  result.files = find_program_files(options.program, options.sysroot);
  for (const ProgramFile& file : result.files.files) result.code.push_back(check_code(file.image));
  const bool color = !options.json && colors_wanted(STDOUT_FILENO);
  write_stdout(options.json ? check_json(result) : check_text(result, color));
  return is_good(result, options.strict) ? 0 : 1;
}

}  // namespace m2sim::cmd
