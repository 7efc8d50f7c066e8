#include "cmd/check/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/console/terminal.h"
#include "cmd/results/report.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

std::string_view role_name(ProgramFile::Role role) {
  switch (role) {
    case ProgramFile::Role::kProgram:
      return "program";
    case ProgramFile::Role::kLoader:
      return "loader";
    case ProgramFile::Role::kLibrary:
      return "library";
  }
  return "";
}

std::string_view kind_name(WordKind kind) {
  switch (kind) {
    case WordKind::kNotImplemented:
      return "not implemented";
    case WordKind::kExtension:
      return "not in the M2";
    case WordKind::kUndefined:
      return "undefined";
  }
  return "";
}

// What such words are, as far as the file tells.
std::string explanation(const WordGroup& group) {
  switch (group.kind) {
    case WordKind::kNotImplemented:
      return "m2sim does not implement " + group.what;
    case WordKind::kExtension:
      return group.what + (group.marked ? ", which the M2 lacks" : ", which the M2 lacks, or data");
    case WordKind::kUndefined:
      return group.marked ? "undefined on the M2, or unknown to m2sim" : "no instruction: data, most often";
  }
  return "";
}

std::size_t name_width(const CheckResult& result) {
  std::size_t width = std::string_view("file").size();
  for (const ProgramFile& file : result.files.files) width = std::max(width, printable(file.name).size());
  return width;
}

std::string file_table(const CheckResult& result, bool color) {
  const std::size_t width = name_width(result);
  const std::string head = fmt::format(
      "{:<{}}  {:<7} {:>13} {:>11} {:>15} {:>13} {:>9}", "file", width, "role", "instructions", "data bytes",
      kind_name(WordKind::kNotImplemented), kind_name(WordKind::kExtension), kind_name(WordKind::kUndefined));
  std::string text = paint(head, Color::kBold, color) + "\n";
  for (std::size_t i = 0; i < result.code.size(); ++i) {
    const ProgramFile& file = result.files.files[i];
    const CodeCheck& code = result.code[i];
    const std::uint64_t missing = code.count(WordKind::kNotImplemented);
    const std::string shown = fmt::format("{:>15}", grouped(missing));
    text += fmt::format("{:<{}}  {:<7} {:>13} {:>11} {} {:>13} {:>9}\n", printable(file.name), width,
                        role_name(file.role), grouped(code.words),
                        code.marked_words > 0 ? grouped(code.data_bytes) : "unmarked",
                        paint(shown, missing > 0 ? Color::kRed : Color::kNone, color),
                        grouped(code.count(WordKind::kExtension)), grouped(code.count(WordKind::kUndefined)));
  }
  return text;
}

std::string word_table(const CheckResult& result, bool color) {
  std::string text;
  for (std::size_t i = 0; i < result.code.size(); ++i) {
    const std::vector<WordGroup>& groups = result.code[i].groups;
    if (groups.empty()) continue;
    text += "\n" + paint(printable(result.files.files[i].name), Color::kBold, color) + "\n";
    for (const WordGroup& group : groups) {
      const std::string symbol = group.symbol.empty() ? "" : fmt::format(" ({})", printable(group.symbol));
      text += fmt::format("{:>11}  {}; first at {:#x}{}: {}\n", grouped(group.count), explanation(group),
                          group.first_address, symbol, group.text);
    }
  }
  return text;
}

std::string missing_table(const CheckResult& result, bool color) {
  if (result.files.missing.empty()) return "";
  std::string text = "\n" + paint("missing files", Color::kBold, color) + "\n";
  for (const MissingFile& file : result.files.missing) {
    text += fmt::format("  {}, needed by {}: {}\n", paint(printable(file.name), Color::kRed, color),
                        printable(file.needed_by), printable(file.why));
  }
  return text;
}

std::string verdict(const CheckResult& result, bool color) {
  const std::uint64_t words = result.count(WordKind::kNotImplemented);
  const std::size_t files = result.files.missing.size();
  std::string text;
  if (words > 0) text += fmt::format("{} instructions are not implemented", grouped(words));
  if (files > 0) {
    text +=
        fmt::format("{}{} {} missing", text.empty() ? "" : "; ", files, files == 1 ? "file is" : "files are");
  }
  if (text.empty()) return "\n" + paint("nothing is missing", Color::kGreen, color) + "\n";
  return "\n" + paint(text, Color::kRed, color) + "\n";
}

ordered_json group_json(const WordGroup& group) {
  ordered_json json;
  json["kind"] = kind_name(group.kind);
  json["what"] = group.what;
  json["marked_as_code"] = group.marked;
  json["count"] = group.count;
  json["first_address"] = group.first_address;
  json["first_symbol"] = group.symbol;
  json["first_word"] = group.first_word;
  json["first_text"] = group.text;
  return json;
}

ordered_json file_json(const ProgramFile& file, const CodeCheck& code) {
  ordered_json json;
  json["name"] = file.name;
  json["role"] = role_name(file.role);
  json["host_path"] = file.image.path;
  json["needed"] = file.dynamic.needed;
  json["instructions"] = code.words;
  json["instructions_marked"] = code.marked_words;
  json["data_bytes"] = code.data_bytes;
  json["not_executed"] = ordered_json::array();
  for (const WordGroup& group : code.groups) json["not_executed"].push_back(group_json(group));
  return json;
}

}  // namespace

std::uint64_t CheckResult::count(WordKind kind) const {
  std::uint64_t sum = 0;
  for (const CodeCheck& check : code) sum += check.count(kind);
  return sum;
}

std::string check_text(const CheckResult& result, bool color) {
  return file_table(result, color) + word_table(result, color) + missing_table(result, color) +
         verdict(result, color);
}

std::string check_json(const CheckResult& result) {
  ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["not_implemented"] = result.count(WordKind::kNotImplemented);
  json["not_in_the_m2"] = result.count(WordKind::kExtension);
  json["undefined"] = result.count(WordKind::kUndefined);
  json["files"] = ordered_json::array();
  for (std::size_t i = 0; i < result.code.size(); ++i) {
    json["files"].push_back(file_json(result.files.files[i], result.code[i]));
  }
  json["missing_files"] = ordered_json::array();
  for (const MissingFile& file : result.files.missing) {
    json["missing_files"].push_back({{"name", file.name}, {"needed_by", file.needed_by}, {"why", file.why}});
  }
  // Names may hold any bytes; JSON is UTF-8.
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace m2sim::cmd
