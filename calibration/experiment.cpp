#include "calibration/experiment.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>

#include "calibration/csv.h"

namespace m2sim::calibration {
namespace {

enum Column : std::size_t {
  kForm,
  kGroup,
  kKind,
  kDependence,
  kBody,
  kRepeat,
  kSetup,
  kLoop,
  kCopies,
  kPasses,
  kCount,
  kClosingCycles,
  kFirstFigure,
  kColumns = kFirstFigure + kFigures.size(),
};

constexpr std::string_view kHead =
    "form,class,kind,dependence,body,repeat,setup,loop,copies,passes,count,closing_cycles,cycles,uops,issues,"
    "integer_issues,memory_issues,simd_issues";

// More of anything is a slip of the pen, and would take forever.
constexpr std::uint32_t kMost = 10'000;

class RowReader {
 public:
  RowReader(std::string_view line, std::size_t number) : number_(number) {
    std::optional<std::vector<std::string>> fields = csv_fields(line);
    if (!fields) fail("a quoted field does not end");
    fields_ = *std::move(fields);
    if (fields_.size() != kColumns) {
      fail(std::to_string(fields_.size()) + " fields, not " + std::to_string(kColumns));
    }
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw std::invalid_argument("line " + std::to_string(number_) + ": " + why);
  }

  const std::string& text(Column column) const { return fields_[column]; }

  template <class Number>
  Number number(std::size_t column, Number least, Number most) const {
    const std::string& text = fields_[column];
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= least && value <= most)) {
      fail("'" + text + "' is no figure of its column");
    }
    return value;
  }

  std::uint32_t number_or(Column column, std::uint32_t otherwise) const {
    return fields_[column].empty() ? otherwise : number<std::uint32_t>(column, 0, kMost);
  }

  std::optional<double> figure(std::size_t column) const {
    if (fields_[column].empty()) return std::nullopt;
    return number<double>(column, 0, kMost);
  }

 private:
  std::size_t number_;
  std::vector<std::string> fields_;
};

// The number at the beginning of `text`, which it takes away; nothing where there is none.
std::optional<unsigned> take_number(std::string_view& text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// The body for repetition `round`: $N is N + round.
std::optional<std::string> numbered(std::string_view body, unsigned round) {
  std::string text;
  while (!body.empty()) {
    const char c = body.front();
    body.remove_prefix(1);
    if (c != '$') {
      text += c;
      continue;
    }
    const std::optional<unsigned> first = take_number(body);
    if (!first) return std::nullopt;
    text += std::to_string(*first + round);
  }
  return text;
}

// "nop*3" becomes three.
std::string with_nops(const std::string& body) {
  constexpr std::string_view kMark = "nop*";
  const std::size_t at = body.find(kMark);
  if (at == std::string::npos) return body;
  std::string_view rest = std::string_view(body).substr(at + kMark.size());
  const unsigned times = take_number(rest).value_or(1);
  std::string text = body.substr(0, at) + "nop";
  for (unsigned i = 1; i < times; ++i) text += "; nop";
  return text.append(rest);
}

std::string body_of(const RowReader& row) {
  const std::uint32_t repeat = row.number_or(kRepeat, 1);
  if (row.text(kBody).empty() || repeat == 0) row.fail("there is nothing to measure");
  std::string body;
  for (unsigned round = 0; round < repeat; ++round) {
    const std::optional<std::string> text = numbered(row.text(kBody), round);
    if (!text) row.fail("a $ without its number");
    body += (body.empty() ? "" : "; ") + *text;
  }
  return with_nops(body);
}

ExperimentKind kind_of(const RowReader& row) {
  for (const ExperimentKind kind : kExperimentKinds) {
    if (row.text(kKind) == name_of(kind)) return kind;
  }
  row.fail("'" + row.text(kKind) + "' is no kind of experiment");
}

LoopEnd loop_of(const RowReader& row) {
  const std::string& text = row.text(kLoop);
  if (text == "none") return LoopEnd::kNone;
  if (text == "subs") return LoopEnd::kSubs;
  if (text == "sub") return LoopEnd::kSub;
  row.fail("'" + text + "' ends no loop");
}

Experiment read_row(const RowReader& row, const Experiment* above) {
  Experiment experiment;
  const bool same_form = row.text(kForm).empty();
  if (same_form && above == nullptr) row.fail("the first row names no form");
  experiment.form = same_form ? above->form : row.text(kForm);
  experiment.group = same_form ? above->group : row.text(kGroup);
  experiment.kind = kind_of(row);
  experiment.dependence = row.text(kDependence);
  experiment.body = body_of(row);
  experiment.setup = row.text(kSetup);
  experiment.loop = loop_of(row);
  experiment.copies = row.number<std::uint32_t>(kCopies, 1, kMost);
  experiment.passes = row.number<std::uint32_t>(kPasses, 1, kMost);
  if (experiment.loop == LoopEnd::kNone && experiment.passes != 1) row.fail("passes without a loop");
  experiment.count = row.number<std::uint32_t>(kCount, 1, kMost);
  experiment.closing_cycles = row.number_or(kClosingCycles, 0);
  bool any = false;
  for (std::size_t i = 0; i < kFigures.size(); ++i) {
    const std::optional<double> figure = row.figure(kFirstFigure + i);
    experiment.measured.*kFigures[i].member = figure;
    any = any || figure;
  }
  if (!any) row.fail("nothing was measured");
  return experiment;
}

void name_all(std::vector<Experiment>& experiments) {
  std::map<std::string, unsigned> times;
  for (Experiment& experiment : experiments) {
    experiment.name = experiment.form + " " + std::string(name_of(experiment.kind));
    if (!experiment.dependence.empty()) experiment.name += " " + experiment.dependence;
    const unsigned time = ++times[experiment.name];
    if (time > 1) experiment.name += " #" + std::to_string(time);
  }
}

}  // namespace

std::string_view name_of(ExperimentKind kind) {
  switch (kind) {
    case ExperimentKind::kLatency:
      return "latency";
    case ExperimentKind::kThroughput:
      return "throughput";
    case ExperimentKind::kUops:
      return "uops";
  }
  return "";
}

std::vector<Experiment> parse_experiments(std::string_view csv) {
  std::vector<Experiment> experiments;
  for_each_row(csv, kHead, [&experiments](std::string_view line, std::size_t number) {
    const RowReader row(line, number);
    experiments.push_back(read_row(row, experiments.empty() ? nullptr : &experiments.back()));
  });
  name_all(experiments);
  return experiments;
}

}  // namespace m2sim::calibration
