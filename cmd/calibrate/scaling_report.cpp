#include "cmd/calibrate/scaling_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cmd/console/terminal.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using calibration::KernelScaling;
using calibration::SizeCorrelation;
using calibration::SizeResult;
using nlohmann::ordered_json;

constexpr char kSizeRow[] = "  {:>6} {:>14} {:>9} {:>9} {:>11} {:>9} {:>10}{}\n";

constexpr char kCorrelationRow[] = "  {:>6} {:>9} {:>13} {:>9} {:>16}\n";

std::string percent_or_dash(const std::optional<double>& share) {
  return share ? fmt::format("{:.2f} %", 100 * *share) : std::string("-");
}

std::string size_row(const KernelScaling& kernel, const SizeResult& size, const SizeResult& recommended) {
  const bool is_largest = &size == &kernel.largest();
  std::optional<double> error;
  if (size.error) error = *size.error / size.cycles;
  return fmt::format(
      kSizeRow, size.kernel.size, fmt::format("{:.0f}", size.instructions), fmt::format("{:.4f}", size.cpi()),
      percent_or_dash(error),
      is_largest ? std::string("-") : fmt::format("{:+.2f} %", 100 * kernel.deviation(size)),
      is_largest ? std::string("-") : fmt::format("{:.1f} %", 100 * kernel.saved(size)),
      size.model_error() ? fmt::format("{:+.1f} %", 100 * *size.model_error()) : std::string("-"),
      &size == &recommended && !is_largest ? "  <- large enough" : "");
}

std::string kernel_text(const KernelScaling& kernel, double within, bool color) {
  const SizeResult& recommended = kernel.recommended(within);
  std::string text = paint(printable(kernel.name), Color::kBold, color);
  if (&recommended == &kernel.largest()) {
    text += fmt::format(": no smaller size stays within {:.3g} % of {}\n", 100 * within,
                        kernel.largest().kernel.size);
  } else {
    text += fmt::format(": {} says what {} takes within {:.2g} %, for {:.2g} % of its instructions\n",
                        recommended.kernel.size, kernel.largest().kernel.size,
                        100 * std::abs(kernel.deviation(recommended)), 100 * (1 - kernel.saved(recommended)));
  }
  text += fmt::format(kSizeRow, "size", "instructions", "CPI", "95 %", "of largest", "saved", "hardware", "");
  for (const SizeResult& size : kernel.sizes) text += size_row(kernel, size, recommended);
  return text + "\n";
}

ordered_json size_json(const KernelScaling& kernel, const SizeResult& size) {
  ordered_json json{{"size", size.kernel.size},
                    {"instructions", size.instructions},
                    {"cycles", size.cycles},
                    {"cpi", size.cpi()},
                    {"cpi_error", size.error ? ordered_json(size.cpi_error()) : ordered_json(nullptr)},
                    {"deviation", kernel.deviation(size)},
                    {"deviation_error", kernel.deviation_error(size)},
                    {"simulated_instructions", size.simulated},
                    {"saved", kernel.saved(size)}};
  if (size.measured) json["measured_cycles"] = *size.measured;
  return json;
}

}  // namespace

std::string scaling_table(const ScalingSummary& summary, bool color) {
  std::string text;
  for (const KernelScaling& kernel : summary.scaling.kernels)
    text += kernel_text(kernel, summary.within, color);
  for (const SizeResult& failed : summary.scaling.failed) {
    text +=
        paint(fmt::format("{} did not run: {}", printable(text_of(failed.kernel)), printable(failed.failure)),
              Color::kRed, color) +
        "\n";
  }
  text += paint(model_name(summary.model), Color::kBold, color) + ": CPI at a size as that of the largest\n";
  if (!summary.scaling.sizes.empty())
    text += fmt::format(kCorrelationRow, "size", "kernels", "correlation", "R2", "mean deviation");
  for (const SizeCorrelation& size : summary.scaling.sizes) {
    text += fmt::format(kCorrelationRow, size.size, size.kernels, fmt::format("{:.4f}", size.correlation),
                        fmt::format("{:.4f}", size.r2), fmt::format("{:.2f} %", 100 * size.mean_deviation));
  }
  return text;
}

ordered_json scaling_object(const ScalingSummary& summary) {
  ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["manifest"] = model_json(summary.model);
  json["within"] = summary.within;
  json["kernels"] = ordered_json::array();
  for (const KernelScaling& kernel : summary.scaling.kernels) {
    ordered_json entry{{"name", kernel.name},
                       {"recommended", kernel.recommended(summary.within).kernel.size}};
    entry["sizes"] = ordered_json::array();
    for (const SizeResult& size : kernel.sizes) entry["sizes"].push_back(size_json(kernel, size));
    json["kernels"].push_back(std::move(entry));
  }
  json["sizes"] = ordered_json::array();
  for (const SizeCorrelation& size : summary.scaling.sizes) {
    json["sizes"].push_back({{"size", size.size},
                             {"kernels", size.kernels},
                             {"correlation", size.correlation},
                             {"r2", size.r2},
                             {"mean_deviation", size.mean_deviation}});
  }
  json["did_not_run"] = ordered_json::array();
  for (const SizeResult& failed : summary.scaling.failed)
    json["did_not_run"].push_back({{"name", text_of(failed.kernel)}, {"why", failed.failure}});
  return json;
}

std::string scaling_csv(const ScalingSummary& summary) {
  std::string text =
      "kernel,size,instructions,cycles,cpi,cpi_error,deviation,deviation_error,saved,measured_cycles\n";
  for (const KernelScaling& kernel : summary.scaling.kernels) {
    for (const SizeResult& size : kernel.sizes) {
      text += fmt::format("{},{},{:.10g},{:.10g},{:.6g},{},{:.6g},{:.3g},{:.6g},{}\n", csv_field(kernel.name),
                          size.kernel.size, size.instructions, size.cycles, size.cpi(),
                          size.error ? fmt::format("{:.3g}", size.cpi_error()) : std::string(),
                          kernel.deviation(size), kernel.deviation_error(size), kernel.saved(size),
                          size.measured ? fmt::format("{:.8g}", *size.measured) : std::string());
    }
  }
  return text;
}

}  // namespace m2sim::cmd
