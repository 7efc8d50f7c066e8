#include "cmd/calibrate/structures_report.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cmd/console/terminal.h"
#include "cmd/results/report.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using calibration::ComparedCurve;
using calibration::ComparedReference;
using calibration::Curve;
using calibration::Reference;
using calibration::ReferenceKind;
using calibration::Sample;
using nlohmann::ordered_json;

std::string_view kind_name(ReferenceKind kind) {
  switch (kind) {
    case ReferenceKind::kPoint:
      return "point";
    case ReferenceKind::kKnee:
      return "knee";
    case ReferenceKind::kStep:
      return "step";
    case ReferenceKind::kPlateau:
      return "plateau";
  }
  return "";
}

// 131072 as 128K where x is in bytes: what it is a multiple of shows better.
std::string x_text(const Curve& curve, double x) {
  const auto whole = static_cast<std::uint64_t>(std::llround(x));
  if (!curve.cases.empty() && whole < curve.cases.size()) return std::string(curve.cases[whole]);
  if (curve.x_name != "bytes" || whole < 1024) return grouped(whole);
  const double mega = x / (1024.0 * 1024.0);
  return mega >= 1 ? fmt::format("{:.3g}M", mega) : fmt::format("{:.4g}K", x / 1024);
}

std::string y_text(const std::optional<double>& y) {
  return y ? fmt::format("{:.{}f}", *y, *y < 100 ? 2 : 1) : std::string("-");
}

// A range where the reading, or the sources, leave one.
std::string measured_text(const Reference& measured) {
  if (measured.high <= measured.low) return y_text(measured.value);
  return y_text(measured.low) + ".." + y_text(measured.high);
}

std::string verdict(const ComparedReference& figure, bool color) {
  const std::string& open = figure.measured->open;
  if (figure.agrees) return open.empty() ? "agrees" : fmt::format("agrees (open: {})", open);
  if (!figure.ours)
    return paint(open.empty() ? "has none" : "has none (open: " + open + ")", Color::kYellow, color);
  if (!open.empty()) return paint("open: " + open, Color::kYellow, color);
  return paint("disagrees", Color::kRed, color);
}

std::string figure_line(const Curve& curve, const ComparedReference& figure, bool color) {
  const Reference& measured = *figure.measured;
  std::string where;
  std::string ours;
  std::string theirs;
  if (is_x(measured.kind)) {
    where = kind_name(measured.kind);
    ours = figure.ours ? x_text(curve, *figure.ours) : "-";
    theirs = x_text(curve, measured.value);
  } else {
    where = x_text(curve, measured.from);
    if (measured.to > measured.from) where += " to " + x_text(curve, measured.to);
    ours = y_text(figure.ours);
    theirs = measured_text(measured);
  }
  return fmt::format("  {:<30} {:>9} {:>13}  {}\n", where, ours, theirs, verdict(figure, color));
}

std::string points_line(const ComparedCurve& compared) {
  std::size_t count = 0;
  for (const ComparedReference& point : compared.points) {
    if (point.ours) ++count;
  }
  if (count == 0) return "";
  const Curve& curve = *compared.ours->curve;
  std::string text = fmt::format("  {} points, off by {:.1f} %", count, 100 * *compared.error);
  if (count < compared.points.size())
    text += fmt::format("; {} lie beyond what is run here", compared.points.size() - count);
  if (compared.error_without_open && *compared.error_without_open != *compared.error)
    text += fmt::format(" ({:.1f} % without what is open)", 100 * *compared.error_without_open);
  if (compared.worst != nullptr && compared.worst->error > 0) {
    text += fmt::format("; worst at {}: {} ({})", x_text(curve, compared.worst->measured->from),
                        y_text(compared.worst->ours), y_text(compared.worst->measured->value));
  }
  return text + "\n";
}

std::string ours_line(const ComparedCurve& compared) {
  const std::vector<Sample>& samples = compared.ours->samples;
  if (samples.empty()) return "";
  const Curve& curve = *compared.ours->curve;
  if (samples.size() == 1) return fmt::format("  {} {}\n", y_text(samples.front().y), curve.y_name);
  std::string text;
  const auto low = static_cast<double>(samples.front().x);
  const auto high = static_cast<double>(samples.back().x);
  text =
      fmt::format("  {} {} at {}, {} at {} {}", y_text(samples.front().y), curve.y_name, x_text(curve, low),
                  y_text(samples.back().y), x_text(curve, high), curve.cases.empty() ? curve.x_name : "");
  return text + "\n";
}

std::string curve_text(const ComparedCurve& compared, bool color) {
  const Curve& curve = *compared.ours->curve;
  std::string text =
      paint(fmt::format("{}", curve.name), Color::kBold, color) + fmt::format(": {}\n", curve.title);
  if (compared.ours->failed > 0) {
    const std::string what = fmt::format("  {} points did not run, one {}", compared.ours->failed,
                                         printable(compared.ours->failure));
    text += paint(what, Color::kRed, color) + "\n";
  }
  if (!curve.cases.empty() && curve.cases.size() > 1) {
    for (const Sample& sample : compared.ours->samples) {
      text += fmt::format("  {:<46} {:>7}", x_text(curve, static_cast<double>(sample.x)), y_text(sample.y));
      for (const ComparedReference& point : compared.points) {
        if (point.measured->from == static_cast<double>(sample.x))
          text += fmt::format(" {:>13} measured  {}", measured_text(*point.measured), verdict(point, color));
      }
      text += "\n";
    }
    return text + points_line(compared);
  }
  text += ours_line(compared) + points_line(compared);
  for (const ComparedReference& figure : compared.figures) text += figure_line(curve, figure, color);
  return text;
}

}  // namespace

std::string structures_totals(const StructuresSummary& summary, bool color) {
  const calibration::StructureTotals totals = calibration::totals_of(summary.curves);
  std::string text = paint(model_name(summary.model), Color::kBold, color);
  if (summary.against.empty()) return text + "\n";
  text += fmt::format(", beside what was measured on {}\n", summary.against);
  const auto line = [&text](std::string_view name, const calibration::AgreeingFigures& figures,
                            const std::string& tolerance) {
    if (figures.all + figures.open == 0) return;
    text += fmt::format("{:<9} {:>3} of {:>3} agree within {}; {} of {} that are open\n", name, figures.agree,
                        figures.all, tolerance, figures.open_agree, figures.open);
  };
  line("knees", totals.knees, fmt::format("{:.0f} %", 100 * calibration::kKneeTolerance));
  line("plateaus", totals.plateaus,
       fmt::format("{:.0f} % or {} of a cycle", 100 * calibration::kPlateauTolerance,
                   calibration::kPlateauCycles));
  if (totals.curves > 0)
    text += fmt::format(
        "points    off by {:.1f} %, the geometric mean over {} of the curves, without what is open\n",
        100 * totals.points_error, totals.curves);
  return text;
}

namespace {

ordered_json reference_json(const ComparedReference& compared) {
  const Reference& measured = *compared.measured;
  ordered_json json;
  json["kind"] = kind_name(measured.kind);
  json["from"] = measured.from;
  json["to"] = measured.to;
  json["measured"] = measured.value;
  json["low"] = measured.low;
  json["high"] = measured.high;
  json["ours"] = compared.ours ? ordered_json(*compared.ours) : ordered_json(nullptr);
  json["agrees"] = compared.agrees;
  if (!measured.open.empty()) json["open"] = measured.open;
  json["source"] = measured.source;
  return json;
}

ordered_json curve_json(const ComparedCurve& compared) {
  const Curve& curve = *compared.ours->curve;
  ordered_json json;
  json["name"] = curve.name;
  json["title"] = curve.title;
  json["x"] = curve.x_name;
  json["y"] = curve.y_name;
  if (!curve.cases.empty()) json["cases"] = curve.cases;
  if (!compared.ours->failure.empty()) json["did_not_run"] = compared.ours->failure;
  json["ours"] = ordered_json::array();
  for (const Sample& sample : compared.ours->samples) json["ours"].push_back({sample.x, sample.y});
  json["points"] = ordered_json::array();
  for (const ComparedReference& point : compared.points) json["points"].push_back(reference_json(point));
  json["figures"] = ordered_json::array();
  for (const ComparedReference& figure : compared.figures) json["figures"].push_back(reference_json(figure));
  if (compared.error) json["error"] = *compared.error;
  if (compared.error_without_open) json["error_without_open"] = *compared.error_without_open;
  return json;
}

}  // namespace

std::string structures_table(const StructuresSummary& summary, bool color) {
  std::string text;
  for (const ComparedCurve& compared : summary.curves) text += curve_text(compared, color) + "\n";
  return text + structures_totals(summary, color);
}

nlohmann::ordered_json structures_object(const StructuresSummary& summary) {
  ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["manifest"] = model_json(summary.model);
  json["against"] = summary.against;
  json["curves"] = ordered_json::array();
  for (const ComparedCurve& compared : summary.curves) json["curves"].push_back(curve_json(compared));
  return json;
}

std::string structures_csv(const StructuresSummary& summary) {
  std::string text = "curve,kind,from,to,ours,measured,low,high,agrees,open,source\n";
  for (const ComparedCurve& compared : summary.curves) {
    const std::string name(compared.ours->curve->name);
    for (const Sample& sample : compared.ours->samples) {
      text += fmt::format("{},ours,{},{},{:.6g},,,,,,\n", name, sample.x, sample.x, sample.y);
    }
    for (const auto* list : {&compared.points, &compared.figures}) {
      for (const ComparedReference& one : *list) {
        const Reference& measured = *one.measured;
        const std::string ours = one.ours ? fmt::format("{:.6g}", *one.ours) : std::string();
        text += fmt::format("{},{},{:.10g},{:.10g},{},{:.6g},{:.6g},{:.6g},{},{},{}\n", name,
                            kind_name(measured.kind), measured.from, measured.to, ours, measured.value,
                            measured.low, measured.high, one.agrees ? 1 : 0, csv_field(measured.open),
                            csv_field(measured.source));
      }
    }
  }
  return text;
}

}  // namespace m2sim::cmd
