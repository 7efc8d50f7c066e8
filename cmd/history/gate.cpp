#include "cmd/history/gate.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"

namespace m2sim::cmd {
namespace {

bool matches(const std::string& glob, const std::string& name) {
  return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0;
}

class GateParser {
 public:
  explicit GateParser(const std::string& text) : text_(text) {}

  Gate parse() {
    Gate gate;
    gate.text = text_;
    take_names(gate);
    take_operator(gate);
    take_limit(gate);
    if (place_ < text_.size()) fail("nothing may follow here");
    return gate;
  }

 private:
  [[noreturn]] void fail(std::string_view why) const {
    throw failure("--fail-if: '{}', column {}: {}; write FIGURE<-5%, or PROGRAM:FIGURE>0.1", text_,
                  place_ + 1, why);
  }

  void skip_spaces() {
    while (place_ < text_.size() && text_[place_] == ' ') ++place_;
  }

  // '!' alone belongs to a glob, as in [!ab].
  std::size_t name_end() const {
    const std::size_t end = std::min(text_.find_first_of(":<>= ", place_), text_.size());
    return std::min(end, text_.find("!=", place_));
  }

  void take_names(Gate& gate) {
    std::vector<std::string> names;
    for (;;) {
      skip_spaces();
      const std::size_t end = name_end();
      if (end == place_) fail(place_ == text_.size() ? "a name is missing" : "a name was expected");
      names.push_back(text_.substr(place_, end - place_));
      place_ = end;
      skip_spaces();
      if (place_ == text_.size() || text_[place_] != ':') break;
      if (names.size() == 3) fail("there are at most a mode, a program and a figure");
      ++place_;
    }
    gate.figure = names.back();
    if (names.size() > 1) gate.program = names[names.size() - 2];
    if (names.size() > 2) gate.mode = names.front();
  }

  void take_operator(Gate& gate) {
    const auto take = [&](std::string_view sign, Gate::Op op) {
      if (std::string_view(text_).substr(place_, sign.size()) != sign) return false;
      place_ += sign.size();
      gate.op = op;
      return true;
    };
    const bool found = take("<=", Gate::Op::kLessEqual) || take(">=", Gate::Op::kGreaterEqual) ||
                       take("!=", Gate::Op::kNotEqual) || take("<", Gate::Op::kLess) ||
                       take(">", Gate::Op::kGreater);
    if (!found) fail("<, <=, >, >= or != was expected");
    skip_spaces();
  }

  void take_limit(Gate& gate) {
    if (place_ < text_.size() && text_[place_] == '+') ++place_;
    const char* begin = text_.data() + place_;
    const auto [end, error] =
        std::from_chars(begin, text_.data() + text_.size(), gate.limit, std::chars_format::fixed);
    if (error != std::errc()) fail("a number was expected");
    place_ += static_cast<std::size_t>(end - begin);
    skip_spaces();
    if (place_ < text_.size() && text_[place_] == '%') {
      gate.percent = true;
      ++place_;
    }
    skip_spaces();
  }

  const std::string& text_;
  std::size_t place_ = 0;
};

[[noreturn]] void fail_unmatched(const Gate& gate, const HistoryComparison& comparison) {
  std::set<std::string> names;
  for (const HistoryDifference& difference : comparison.differences) names.insert(difference.figure);
  if (names.empty()) throw failure("--fail-if: '{}': the records have nothing in common", gate.text);
  const bool figure_exists = std::any_of(names.begin(), names.end(),
                                         [&](const std::string& name) { return matches(gate.figure, name); });
  if (figure_exists) throw failure("--fail-if: '{}': no program of both records has that figure", gate.text);
  const std::vector<std::string> list(names.begin(), names.end());
  throw failure("--fail-if: '{}': there is no figure '{}' in both records{}", gate.text, gate.figure,
                did_you_mean(gate.figure, list));
}

}  // namespace

Gate Gate::parse(const std::string& text) { return GateParser(text).parse(); }

bool Gate::names(const HistoryDifference& difference) const {
  return matches(mode, difference.mode) && matches(program, difference.program) &&
         matches(figure, difference.figure);
}

bool Gate::fails(const HistoryDifference& difference) const {
  if (difference.verdict != Verdict::kChanged) return false;
  const double change = percent ? difference.percent() : difference.change();
  switch (op) {
    case Op::kLess:
      return change < limit;
    case Op::kLessEqual:
      return change <= limit;
    case Op::kGreater:
      return change > limit;
    case Op::kGreaterEqual:
      return change >= limit;
    case Op::kNotEqual:
      return change != limit;
  }
  return false;
}

std::vector<GateFinding> check_gates(const std::vector<Gate>& gates, const HistoryComparison& comparison) {
  std::vector<GateFinding> findings;
  for (const Gate& gate : gates) {
    bool any = false;
    for (const HistoryDifference& difference : comparison.differences) {
      if (!gate.names(difference)) continue;
      any = true;
      if (difference.verdict == Verdict::kUnknown) {
        throw failure(
            "--fail-if: '{}' cannot be judged: {} of {} was measured once, so its noise is not known; "
            "record several runs together",
            gate.text, difference.figure, difference.program);
      }
      if (gate.fails(difference)) findings.push_back({&gate, &difference});
    }
    if (!any) fail_unmatched(gate, comparison);
  }
  return findings;
}

}  // namespace m2sim::cmd
