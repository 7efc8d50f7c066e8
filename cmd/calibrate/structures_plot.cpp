#include "cmd/calibrate/structures_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace m2sim::cmd {
namespace {

using calibration::ComparedCurve;
using calibration::ComparedReference;
using calibration::Curve;
using calibration::Sample;
using calibration::Scale;

constexpr double kPanelWidth = 420;
constexpr double kPanelHeight = 260;
constexpr double kLeft = 52;  // of a panel, for the axis
constexpr double kRight = 14;
constexpr double kTop = 40;
constexpr double kBottom = 42;
constexpr unsigned kColumns = 3;
constexpr double kHead = 56;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

// The largest of 1, 2 and 5 times a power of ten that gives at least four steps.
double nice_step(double span) {
  const double rough = span / 4;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {5.0, 2.0}) {
    if (factor * power <= rough) return factor * power;
  }
  return power;
}

std::string short_number(double value) {
  constexpr double kKilo = 1024;
  if (value >= kKilo * kKilo && std::fmod(value, kKilo * kKilo) == 0)
    return fmt::format("{:g}M", value / kKilo / kKilo);
  if (value >= kKilo && std::fmod(value, kKilo) == 0) return fmt::format("{:g}K", value / kKilo);
  return fmt::format("{:g}", value);
}

struct Range {
  double low;
  double high;
};

class Panel {
 public:
  Panel(const ComparedCurve& compared, double left, double top)
      : compared_(compared), curve_(*compared.ours->curve), left_(left), top_(top) {
    const std::vector<Sample>& samples = compared.ours->samples;
    if (samples.empty()) return;
    x_ = {static_cast<double>(samples.front().x), static_cast<double>(samples.back().x)};
    if (x_.high <= x_.low) x_ = {x_.low - 1, x_.high + 1};
    double most = 0;
    double least = samples.front().y;
    for (const Sample& sample : samples) {
      most = std::max(most, sample.y);
      least = std::min(least, sample.y);
    }
    for (const ComparedReference& point : compared.points) {
      if (inside(point.measured->from)) most = std::max(most, point.measured->high);
    }
    const bool positive = curve_.y_scale == Scale::kLogarithmic && least > 0;
    y_ = {positive ? least / 2 : 0, std::max(most, 1e-9) * (positive ? 1.5 : 1.06)};
  }

  std::string draw() const {
    std::string svg = fmt::format("<g transform='translate({:.0f},{:.0f})'>\n", left_, top_);
    svg += fmt::format("<text x='{}' y='16' class='name'>{}</text>\n", kLeft, escaped(curve_.name));
    svg += fmt::format("<text x='{}' y='31' class='title'>{}</text>\n", kLeft, escaped(curve_.title));
    if (!compared_.ours->samples.empty()) svg += axes() + measured() + ours();
    return svg + "</g>\n";
  }

 private:
  bool inside(double x) const { return x >= x_.low && x <= x_.high; }
  bool logarithmic() const { return curve_.x_scale == Scale::kLogarithmic; }

  double at_x(double x) const {
    const double share =
        logarithmic() ? std::log(x / x_.low) / std::log(x_.high / x_.low) : (x - x_.low) / (x_.high - x_.low);
    return kLeft + share * (kPanelWidth - kLeft - kRight);
  }
  double at_y(double y) const {
    const double share = y_.low > 0 ? std::log(std::max(y, y_.low) / y_.low) / std::log(y_.high / y_.low)
                                    : (y - y_.low) / (y_.high - y_.low);
    return kPanelHeight - kBottom - share * (kPanelHeight - kTop - kBottom);
  }

  std::string x_tick(double x) const {
    const double at = at_x(x);
    return fmt::format(
        "<line x1='{0:.1f}' x2='{0:.1f}' y1='{1}' y2='{2}' class='grid'/>"
        "<text x='{0:.1f}' y='{3}' class='x'>{4}</text>\n",
        at, kTop, kPanelHeight - kBottom, kPanelHeight - kBottom + 14, short_number(x));
  }

  std::string y_tick(double y) const {
    return fmt::format(
        "<line x1='{0}' x2='{1}' y1='{2:.1f}' y2='{2:.1f}' class='grid'/>"
        "<text x='{3}' y='{4:.1f}' class='y'>{5:g}</text>\n",
        kLeft, kPanelWidth - kRight, at_y(y), kLeft - 5, at_y(y) + 4, y);
  }

  std::string y_ticks() const {
    std::string svg;
    if (y_.low > 0) {
      for (double y = std::exp2(std::ceil(std::log2(y_.low))); y <= y_.high; y *= 2) svg += y_tick(y);
    } else {
      const double step = nice_step(y_.high);
      for (double y = 0; y <= y_.high; y += step) svg += y_tick(y);
    }
    return svg;
  }

  std::string axes() const {
    std::string svg = y_ticks();
    if (logarithmic()) {
      const double octaves = std::log2(x_.high / x_.low);
      const double every = std::max(1.0, std::ceil(octaves / 7));
      for (double power = std::ceil(std::log2(x_.low)); power <= std::log2(x_.high); power += every) {
        svg += x_tick(std::exp2(power));
      }
    } else {
      const double x_step = std::max(1.0, nice_step(x_.high - x_.low));
      for (double x = std::ceil(x_.low / x_step) * x_step; x <= x_.high; x += x_step) svg += x_tick(x);
    }
    svg += fmt::format("<text x='{:.1f}' y='{}' class='axis'>{}</text>\n", kPanelWidth - kRight,
                       kPanelHeight - 8, escaped(fmt::format("{}, by {}", curve_.y_name, curve_.x_name)));
    return svg;
  }

  std::string measured() const {
    std::string svg;
    for (const ComparedReference& point : compared_.points) {
      const auto& reference = *point.measured;
      if (!inside(reference.from)) continue;
      const std::string_view kind = reference.open.empty() ? "measured" : "measured open";
      if (reference.high > reference.low) {
        svg += fmt::format("<line x1='{0:.1f}' x2='{0:.1f}' y1='{1:.1f}' y2='{2:.1f}' class='{3}'/>\n",
                           at_x(reference.from), at_y(reference.low), at_y(reference.high), kind);
      }
      svg += fmt::format("<circle cx='{:.1f}' cy='{:.1f}' r='2.6' class='{}'/>\n", at_x(reference.from),
                         at_y(reference.value), kind);
    }
    for (const ComparedReference& figure : compared_.figures) svg += figure_mark(figure);
    return svg;
  }

  // A knee as a line upwards, a plateau as one over its range.
  std::string figure_mark(const ComparedReference& figure) const {
    const auto& reference = *figure.measured;
    const std::string_view kind = reference.open.empty() ? "measured" : "measured open";
    const bool is_knee = is_x(reference.kind);
    const double from = std::clamp(is_knee ? reference.value : reference.from, x_.low, x_.high);
    const double to = is_knee ? from : std::clamp(reference.to, x_.low, x_.high);
    const double low = is_knee ? kPanelHeight - kBottom : at_y(std::min(reference.value, y_.high));
    const double high = is_knee ? kTop : low;
    return fmt::format("<line x1='{:.1f}' x2='{:.1f}' y1='{:.1f}' y2='{:.1f}' class='figure {}'/>\n",
                       at_x(from), at_x(to), low, high, kind);
  }

  std::string ours() const {
    std::string points;
    for (const Sample& sample : compared_.ours->samples) {
      points += fmt::format("{:.1f},{:.1f} ", at_x(static_cast<double>(sample.x)), at_y(sample.y));
    }
    if (curve_.cases.empty()) return fmt::format("<polyline points='{}' class='ours'/>\n", points);
    std::string svg;
    for (const Sample& sample : compared_.ours->samples) {
      svg += fmt::format("<circle cx='{:.1f}' cy='{:.1f}' r='2' class='ours'/>\n",
                         at_x(static_cast<double>(sample.x)), at_y(sample.y));
    }
    return svg;
  }

  const ComparedCurve& compared_;
  const Curve& curve_;
  double left_;
  double top_;
  Range x_{0, 1};
  Range y_{0, 1};
};

constexpr std::string_view kStyle = R"(<style>
text { font-family: sans-serif; font-size: 11px; fill: #333 }
.name { font-weight: bold; font-size: 12px }
.title { fill: #666; font-size: 10.5px }
.x { text-anchor: middle } .y, .axis { text-anchor: end } .axis { fill: #666 }
.grid { stroke: #e4e4e4; stroke-width: 1 }
.ours { fill: none; stroke: #1763b6; stroke-width: 1.6 }
circle.ours { fill: #1763b6 }
.measured { stroke: #d1491b; fill: #d1491b; stroke-width: 1 }
.open { stroke: #b9a04c; fill: #b9a04c }
.figure { stroke-dasharray: 4 3; stroke-width: 1.3 }
.head { font-size: 15px; font-weight: bold }
</style>
)";

}  // namespace

std::string structures_svg(const StructuresSummary& summary) {
  const auto count = static_cast<unsigned>(summary.curves.size());
  const unsigned columns = std::min(kColumns, std::max(count, 1U));
  const unsigned rows = (count + columns - 1) / columns;
  const double width = kPanelWidth * columns;
  const double height = kHead + kPanelHeight * rows;
  std::string svg = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' width='{0:.0f}' height='{1:.0f}' viewBox='0 0 {0:.0f} "
      "{1:.0f}'>\n",
      width, height);
  svg += kStyle;
  svg += fmt::format("<rect width='{:.0f}' height='{:.0f}' fill='white'/>\n", width, height);
  svg += fmt::format("<text x='16' y='24' class='head'>{}</text>\n", escaped(model_name(summary.model)));
  svg += "<text x='16' y='43'><tspan fill='#1763b6'>line: the model</tspan>";
  if (!summary.against.empty()) {
    svg += fmt::format(
        "  <tspan fill='#d1491b'>points and dashes: measured on {}</tspan>"
        "  <tspan fill='#b9a04c'>where the model is known to lack the mechanism</tspan>",
        escaped(summary.against));
  }
  svg += "</text>\n";
  for (unsigned i = 0; i < count; ++i) {
    const unsigned row = i / columns;
    svg += Panel(summary.curves[i], kPanelWidth * (i % columns), kHead + kPanelHeight * row).draw();
  }
  return svg + "</svg>\n";
}

}  // namespace m2sim::cmd
