#include "calibration/structures/reference.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <stdexcept>

#include "calibration/csv.h"
#include "calibration/embedded.h"

namespace m2sim::calibration {
namespace {

constexpr std::string_view kColumns = "curve,core,kind,from,to,value,low,high,open,source";
enum Column : std::size_t { kCurve, kCore, kKind, kFrom, kTo, kValue, kLow, kHigh, kOpen, kSource, kCount };

class Row {
 public:
  Row(std::string_view line, std::size_t number) : number_(number) {
    std::optional<std::vector<std::string>> fields = csv_fields(line);
    if (!fields || fields->size() != kCount) fail("not " + std::to_string(kCount) + " fields");
    fields_ = *std::move(fields);
  }

  const std::string& text(Column column) const { return fields_[column]; }
  // Fields that are empty are as in the row above.
  std::string text_or(Column column, const std::string& above) const {
    if (text(column).empty() && above.empty()) fail("the first row leaves nothing out");
    return text(column).empty() ? above : text(column);
  }
  double number(Column column) const {
    const std::string& digits = text(column);
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) fail("'" + digits + "' is no number");
    return value;
  }
  double number_or(Column column, double otherwise) const {
    return text(column).empty() ? otherwise : number(column);
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument("line " + std::to_string(number_) + ": " + what);
  }

 private:
  std::size_t number_;
  std::vector<std::string> fields_;
};

ReferenceKind kind_of(const Row& row) {
  const std::string& text = row.text(kKind);
  if (text == "point") return ReferenceKind::kPoint;
  if (text == "knee") return ReferenceKind::kKnee;
  if (text == "step") return ReferenceKind::kStep;
  if (text == "plateau") return ReferenceKind::kPlateau;
  row.fail("'" + text + "' is no kind of measurement");
}

Reference read_row(const Row& row, const Reference& above) {
  Reference reference;
  reference.curve = row.text_or(kCurve, above.curve);
  reference.core = row.text_or(kCore, above.core);
  reference.kind = kind_of(row);
  reference.from = row.number(kFrom);
  reference.to = row.number_or(kTo, reference.from);
  reference.value = row.number(kValue);
  reference.low = row.number_or(kLow, reference.value);
  reference.high = row.number_or(kHigh, reference.value);
  reference.open = row.text(kOpen);
  reference.source = row.text_or(kSource, above.source);
  if (reference.value <= 0 || reference.to < reference.from) row.fail("values are positive, ranges ascend");
  if (reference.low > reference.value || reference.high < reference.value)
    row.fail("low, value, high ascend");
  return reference;
}

}  // namespace

std::vector<Reference> parse_references(std::string_view csv) {
  std::vector<Reference> references;
  for_each_row(csv, kColumns, [&references](std::string_view line, std::size_t number) {
    references.push_back(read_row(Row(line, number), references.empty() ? Reference{} : references.back()));
  });
  return references;
}

const std::vector<Reference>& structure_references() {
  static const std::vector<Reference> references = parse_references(embedded_structures());
  return references;
}

}  // namespace m2sim::calibration
