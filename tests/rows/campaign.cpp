#include "tests/rows/campaign.h"

#include "insts/encoding.h"
#include "tests/rows/compare.h"

namespace m2sim::rows {
namespace {

constexpr std::size_t kCasesOfProgram = 256;

std::string row_of(const Case& test) {
  return test.op == insts::Op::kUndefined ? "reserved words" : insts::name_of(test.op);
}

}  // namespace

void Campaign::add(const Case& test) {
  cases_.push_back(test);
  tally_.words += test.words;
  for (unsigned i = 0; i < test.words; ++i) tally_.distinct.insert(test.before.code[i]);
  if (test.op != insts::Op::kUndefined) tally_.covered.insert(row_of(test));
  if (cases_.size() == kCasesOfProgram) run();
}

void Campaign::run() {
  std::vector<Sample> before;
  for (const Case& test : cases_) before.push_back(test.before);
  std::string complaints;
  const std::vector<Sample> reference = reference_.run(before, complaints);
  for (const Executor& mode : modes_) {
    const std::vector<Sample> here = mode.run(before, complaints);
    for (std::size_t i = 0; i < cases_.size(); ++i)
      judge(cases_[i], reference[i], here[i], mode.name(), complaints);
  }
  cases_.clear();
}

void Campaign::judge(const Case& test, const Sample& reference, const Sample& here, const std::string& who,
                     const std::string& complaints) {
  Sample expected = reference;
  if (const char* reason = reason_for(test, expected, here)) tally_.reasons[row_of(test)] = reason;
  std::string text = difference(test, expected, here, who);
  if (text.empty()) return;
  ++tally_.different;
  if (here.signal == kLost || reference.signal == kLost) text += complaints;
  tally_.failed.emplace(row_of(test), text);
}

}  // namespace m2sim::rows
