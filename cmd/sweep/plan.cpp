#include "cmd/sweep/plan.h"

#include <set>

#include "cmd/console/output_file.h"
#include "cmd/results/manifest.h"
#include "cmd/results/toml_text.h"
#include "cmd/sweep/memory_size.h"
#include "cmd/sweep/plan_toml.h"

namespace m2sim::cmd {
namespace {

class PlanReader {
 public:
  PlanReader(const toml::table& root, const std::string& file_name) : text_(file_name), root_(root) {
    plan_.file_name = file_name;
  }

  SweepPlan read() {
    text_.require_keys(
        root_, "a plan",
        {"modes", "cores", "options", "timeout", "memory", "program", "axes", "settings", "latin"});
    read_models();
    if (const toml::node* node = root_.get("options")) plan_.options = text_.words(*node, "options");
    read_programs();
    if (const toml::node* node = root_.get("axes")) read_axes(text_.table(*node, "[axes]"));
    plan_.points = read_points(text_, root_, plan_);
    return std::move(plan_);
  }

 private:
  void read_models() {
    const toml::node* modes = root_.get("modes");
    plan_.modes = modes == nullptr ? Words{"timing"} : text_.words(*modes, "modes");
    for (const std::string& mode : plan_.modes) {
      try {
        static_cast<void>(parse_mode(mode));
      } catch (const emu::UserError& error) {
        throw failure("{}: {}", text_.where(*modes), error.what());
      }
    }
    require_different(plan_.modes, modes, "modes");
    const toml::node* cores = root_.get("cores");
    const Words names = cores == nullptr ? Words{"m2-pcore"} : text_.words(*cores, "cores");
    require_different(names, cores, "cores");
    for (const std::string& name : names)
      plan_.cores.push_back({cores == nullptr ? plan_.file_name : text_.where(*cores), name});
  }

  void require_different(const Words& words, const toml::node* node, std::string_view what) const {
    if (node == nullptr) return;
    if (words.empty()) throw failure("{}: {} names none", text_.where(*node), what);
    const std::set<std::string> different(words.begin(), words.end());
    if (different.size() != words.size()) throw failure("{}: {} names one twice", text_.where(*node), what);
  }

  void read_programs() {
    const toml::node* node = root_.get("program");
    const toml::array* programs = node == nullptr ? nullptr : node->as_array();
    if (programs == nullptr || programs->empty())
      throw failure("{}: a plan needs programs; begin each with [[program]] and give its path",
                    plan_.file_name);
    for (const toml::node& entry : *programs) add_program(text_.table(entry, "[[program]]"));
  }

  void add_program(const toml::table& table) {
    text_.require_keys(
        table, "[[program]]",
        {"path", "name", "arguments", "stdin", "files", "options", "inputs", "timeout", "memory", "status"});
    PlanProgram program;
    program.where = text_.where(table);
    if (!table.contains("path")) throw failure("{}: [[program]] lacks 'path'", program.where);
    program.path = text_.text(*table.get("path"), "path");
    program.name = std::filesystem::path(program.path).filename().string();
    if (const toml::node* name = table.get("name")) program.name = text_.text(*name, "name");
    if (const toml::node* options = table.get("options")) program.options = text_.words(*options, "options");
    read_bounds(table, program);
    PlanInput common = input_of(table);
    common.options.clear();
    const toml::node* inputs = table.get("inputs");
    if (inputs == nullptr) {
      program.inputs.push_back(common);
    } else {
      add_inputs(program, common, *inputs);
    }
    for (const PlanProgram& other : plan_.programs) {
      if (other.name == program.name)
        throw failure("{}: there are two programs '{}'; tell them apart by 'name'", program.where,
                      program.name);
    }
    plan_.programs.push_back(std::move(program));
  }

  void read_bounds(const toml::table& table, PlanProgram& program) const {
    const auto either = [&](const char* key) {
      const toml::node* own = table.get(key);
      return own == nullptr ? root_.get(key) : own;
    };
    if (const toml::node* node = either("timeout")) program.timeout = text_.seconds(*node, "timeout");
    if (const toml::node* node = either("memory")) {
      const std::string size = text_.word(*node, "memory");
      program.memory = memory_size(size);
      if (program.memory == 0)
        throw failure("{}: memory is '{}'; write a size like 512M or 2G", text_.where(*node), size);
    }
    if (const toml::node* node = table.get("status"))
      program.status = static_cast<int>(text_.whole(*node, "status", 0, 255));
  }

  PlanInput input_of(const toml::table& table) const {
    PlanInput input;
    if (const toml::node* node = table.get("arguments")) input.arguments = text_.words(*node, "arguments");
    if (const toml::node* node = table.get("stdin")) input.stdin_path = text_.text(*node, "stdin");
    if (const toml::node* node = table.get("files")) input.files = text_.words(*node, "files");
    if (const toml::node* node = table.get("options")) input.options = text_.words(*node, "options");
    return input;
  }

  void add_inputs(PlanProgram& program, const PlanInput& common, const toml::node& node) {
    const toml::array* list = node.as_array();
    if (list == nullptr || list->empty())
      throw failure("{}: inputs must be a list of tables, as in [{{name = \"small\", arguments = [\"10\"]}}]",
                    text_.where(node));
    for (const toml::node& entry : *list) {
      const toml::table& table = text_.table(entry, "an input");
      text_.require_keys(table, "an input", {"name", "arguments", "stdin", "files", "options"});
      PlanInput input = input_of(table);
      if (!table.contains("arguments")) input.arguments = common.arguments;
      if (input.stdin_path.empty()) input.stdin_path = common.stdin_path;
      input.files.insert(input.files.begin(), common.files.begin(), common.files.end());
      if (const toml::node* name = table.get("name")) {
        input.name = text_.text(*name, "name");
      } else {
        input.name = fmt::format("{}", fmt::join(input.arguments, " "));
        if (!input.stdin_path.empty()) input.name += (input.name.empty() ? "< " : " < ") + input.stdin_path;
      }
      for (const PlanInput& other : program.inputs) {
        if (other.name == input.name)
          throw failure("{}: there are two inputs '{}'; tell them apart by 'name'", text_.where(table),
                        input.name);
      }
      program.inputs.push_back(std::move(input));
    }
  }

  void read_axes(const toml::table& table) {
    for (const auto& [name, node] : in_order(table)) {
      const toml::table* choices = node->as_table();
      if (choices == nullptr || choices->empty())
        throw failure(
            "{}: an axis is a table of lists of options, as in {} = {{all = [], part = [\"--skip\", "
            "\"1M\"]}}",
            text_.where(*node), name);
      PlanAxis axis{text_.where(*node), name, {}};
      for (const auto& [choice, options] : in_order(*choices))
        axis.choices.emplace_back(choice, text_.words(*options, choice));
      plan_.axes.push_back(std::move(axis));
    }
  }

  PlanText text_;
  const toml::table& root_;
  SweepPlan plan_;
};

}  // namespace

SweepPlan parse_plan(std::string_view text, const std::string& file_name) {
  const toml::table root = parse_toml(text, file_name);
  return PlanReader(root, file_name).read();
}

SweepPlan load_plan(const std::string& path) {
  SweepPlan plan = parse_plan(read_file(path), path);
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  plan.folder = folder.lexically_normal().string();
  return plan;
}

}  // namespace m2sim::cmd
