#include "cmd/history/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/history/compare.h"
#include "cmd/history/db.h"
#include "cmd/history/gate.h"
#include "cmd/history/page.h"
#include "cmd/history/text.h"

namespace m2sim::cmd {
namespace {

int record_results(const HistoryOptions& options) {
  HistoryRecord record = read_results(options.arguments);
  record.note = options.note;
  HistoryDb db(options.db, HistoryDb::Access::kAppend);
  const std::int64_t id = db.append(record);
  write_stdout(fmt::format("recorded as {} in {}: revision {}, {} run{}, {} program{} and mode{}\n", id,
                           options.db, record.revision, record.runs(), record.runs() == 1 ? "" : "s",
                           record.series.size(), record.series.size() == 1 ? "" : "s",
                           record.series.size() == 1 ? "" : "s"));
  return 0;
}

int list_records(const HistoryOptions& options) {
  HistoryDb db(options.db, HistoryDb::Access::kRead);
  write_stdout(history_list_text(db.list()));
  return 0;
}

HistoryView view_of(const HistoryOptions& options) {
  return {.figures = options.figures, .all = options.all, .color = colors_wanted(STDOUT_FILENO)};
}

HistorySide side_named(HistoryDb& db, const std::string& name) {
  const std::vector<HistoryRecord> list = db.list();
  const std::vector<std::size_t> chosen = named_records(name, list);
  HistorySide side;
  const std::string& revision = list[chosen.back()].revision;
  side.name = chosen.size() == 1 ? fmt::format("record {}", list[chosen.back()].id)
                                 : fmt::format("{} records", chosen.size());
  for (const std::size_t i : chosen) side.records.push_back(db.load(list[i].id));
  for (const HistoryRecord& listed : list) {
    if (listed.revision == revision) side.siblings.push_back(db.load(listed.id));
  }
  return side;
}

int show_records(const HistoryOptions& options) {
  HistoryDb db(options.db, HistoryDb::Access::kRead);
  const std::vector<HistoryRecord> list = db.list();
  std::string text;
  for (const std::size_t i : named_records(options.arguments.front(), list)) {
    text += history_record_text(db.load(list[i].id), view_of(options));
  }
  write_stdout(text);
  return 0;
}

int compare_records(const HistoryOptions& options) {
  std::vector<Gate> gates;
  for (const std::string& text : options.fail_if) gates.push_back(Gate::parse(text));
  if (!options.json.empty()) require_writable(options.json);
  HistoryDb db(options.db, HistoryDb::Access::kRead);
  const HistorySide before = side_named(db, options.arguments[0]);
  const HistorySide after = side_named(db, options.arguments[1]);
  const HistoryComparison comparison = compare(before, after);
  const HistoryView view = view_of(options);
  write_stdout(history_comparison_text(before, after, comparison, view));
  if (!options.json.empty()) write_file(options.json, history_comparison_json(before, after, comparison));
  const std::vector<GateFinding> findings = check_gates(gates, comparison);
  write_stdout(gate_findings_text(findings, view.color));
  return findings.empty() ? 0 : 1;
}

int report_records(const HistoryOptions& options) {
  if (options.html.empty()) throw failure("history report: --html FILE is missing");
  require_writable(options.html);
  HistoryDb db(options.db, HistoryDb::Access::kRead);
  std::vector<HistoryRecord> records = db.list();
  for (HistoryRecord& record : records) record = db.load(record.id);
  write_file(options.html, history_page(records));
  return 0;
}

struct Action {
  std::string_view name;
  std::size_t least_arguments, most_arguments;
  std::string_view arguments;
  std::string_view options;  // besides --db
  int (*run)(const HistoryOptions& options);
};

constexpr std::array<Action, 5> kActions{{
    {"record", 1, SIZE_MAX, "FILE.json...", "--note", record_results},
    {"list", 0, 0, "", "", list_records},
    {"show", 1, 1, "RECORD", "--figures --all", show_records},
    {"compare", 2, 2, "BEFORE AFTER", "--figures --all --json --fail-if", compare_records},
    {"report", 0, 0, "--html FILE", "--html", report_records},
}};

const Action& find_action(const std::string& name) {
  std::vector<std::string> names;
  for (const Action& action : kActions) {
    if (action.name == name) return action;
    names.emplace_back(action.name);
  }
  if (name.empty()) throw failure("history: say what to do: {}", fmt::join(names, ", "));
  throw failure("history: there is no '{}'{}", name, did_you_mean(name, names));
}

void refuse_foreign_options(const Action& action, const HistoryOptions& options) {
  const auto refuse = [&](bool given, std::string_view name) {
    if (given && action.options.find(name) == std::string_view::npos) {
      throw failure("history {}: {} means nothing here", action.name, name);
    }
  };
  refuse(!options.note.empty(), "--note");
  refuse(!options.figures.empty(), "--figures");
  refuse(options.all, "--all");
  refuse(!options.json.empty(), "--json");
  refuse(!options.fail_if.empty(), "--fail-if");
  refuse(!options.html.empty(), "--html");
}

}  // namespace

CLI::App* add_history_command(CLI::App& app, HistoryOptions& options) {
  CLI::App* command = app.add_subcommand("history", "Keep results over time and compare revisions");
  command
      ->add_option("ACTION", options.action,
                   "record FILE.json..., list, show RECORD, compare BEFORE AFTER, or report --html FILE")
      ->type_name("record|list|show|compare|report");
  command
      ->add_option("ARGUMENTS", options.arguments,
                   "result files, or records: by id, by the beginning of a revision, last, last~1")
      ->type_name("...");
  command->add_option("--db", options.db, "the history's file (default: m2sim-history.db)")
      ->type_name("FILE");
  command->add_option("--note", options.note, "record: a remark to keep with it")->type_name("TEXT");
  command->add_option("--figures", options.figures, "show, compare: only figures of these names")
      ->type_name("GLOB");
  command->add_flag("--all", options.all, "show, compare: every figure, also what did not change");
  command->add_option("--json", options.json, "compare: write all differences")->type_name("FILE");
  command
      ->add_option("--fail-if", options.fail_if,
                   "compare: exit with 1 when a change is beyond its noise and beyond this, as in "
                   "'host.mips<-5%'; [[MODE:]PROGRAM:]FIGURE<NUMBER[%]; repeatable")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  command->add_option("--html", options.html, "report: the page to write")->type_name("FILE");
  return command;
}

int history(const HistoryOptions& options) {
  const Action& action = find_action(options.action);
  refuse_foreign_options(action, options);
  const std::size_t given = options.arguments.size();
  if (given < action.least_arguments || given > action.most_arguments) {
    throw failure("history {}: write m2sim history {} {}", action.name, action.name, action.arguments);
  }
  return action.run(options);
}

}  // namespace m2sim::cmd
