#include "cmd/sweep/page.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "cmd/page/page.h"
#include "cmd/sweep/effects.h"
#include "cmd/sweep_page_html.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const FigureValue& value) {
  return std::visit([](auto number) { return ordered_json(number); }, value);
}

// Those that differ between jobs: the others tell nothing apart.
std::vector<std::string> differing_figures(const SweepResults& results) {
  struct Seen {
    FigureValue first;
    std::size_t count = 0;
    bool differs = false;
  };
  std::map<std::string, Seen, std::less<>> seen;
  for (const SweepRow& row : results.rows) {
    for (const SweepFigure& figure : row.figures) {
      Seen& entry = seen.try_emplace(figure.name, Seen{figure.value}).first->second;
      ++entry.count;
      entry.differs = entry.differs || entry.first != figure.value;
    }
  }
  std::vector<std::string> names = results.figure_names();
  std::erase_if(
      names, [&](const std::string& name) { return name != "core.cpi" && !seen.find(name)->second.differs; });
  return names;
}

ordered_json row_json(const SweepRow& row, const std::vector<std::string>& figures) {
  ordered_json json{{"program", row.job.program},     {"input", row.job.input},
                    {"mode", row.job.mode},           {"core", row.job.core},
                    {"state", state_name(row.state)}, {"choices", row.job.choices}};
  json["settings"] = ordered_json::object();
  for (const auto& [path, value] : row.job.settings) json["settings"][path] = value;
  if (!row.reason.empty()) json["reason"] = row.reason;
  if (row.missed_error()) json["missed"] = true;
  if (row.figures.empty()) return json;
  std::map<std::string_view, const FigureValue*> values;
  for (const SweepFigure& figure : row.figures) values[figure.name] = &figure.value;
  for (const std::string& name : figures) {
    const auto found = values.find(name);
    json["figures"].push_back(found == values.end() ? ordered_json(nullptr) : json_of(*found->second));
  }
  return json;
}

ordered_json effect_json(const Effect& effect) {
  ordered_json json{{"name", effect.name}, {"change", effect.change}, {"explained", effect.explained}};
  if (effect.elasticity) json["elasticity"] = *effect.elasticity;
  for (const EffectLevel& level : effect.levels)
    json["levels"].push_back({{"value", level.value}, {"ratio", level.ratio}, {"jobs", level.jobs}});
  return json;
}

}  // namespace

std::string sweep_page(const SweepResults& results) {
  const std::vector<std::string> figures = differing_figures(results);
  ordered_json json{{"revision", results.revision},     {"axes", results.axes},
                    {"settings", results.settings},     {"figures", figures},
                    {"effects", ordered_json::array()}, {"rows", ordered_json::array()}};
  for (const Effect& effect : effects_of(results)) json["effects"].push_back(effect_json(effect));
  for (const SweepRow& row : results.rows) json["rows"].push_back(row_json(row, figures));
  return filled_page(kSweepPage, json.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

}  // namespace m2sim::cmd
