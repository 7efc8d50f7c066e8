// Random sequences of instructions under the simulator and under QEMU.
//
// usage: prove_sequences --runner FILE --m2sim FILE [--seed N] [--samples N] [--part I/N] [--modes LIST]
//                        [--words FILE]
// --samples: sequences; --part: only every Nth of them; --words: their words, one a line.
// Prints counts and, of every sequence that ends differently, the first instruction after which it does;
// exits with 1 if one does.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <unordered_set>

#include "insts/decode.h"
#include "tests/rows/compare.h"
#include "tests/rows/options.h"
#include "tests/rows/sequence.h"

namespace m2sim::rows {
namespace {

// Half as many as QEMU could hang on within its time.
constexpr std::size_t kSequencesOfProgram = 100;

struct Counts {
  unsigned sequences = 0;
  std::size_t words = 0;
  std::unordered_set<std::uint32_t> distinct;
  unsigned complete = 0;  // that came to their end: the others stop at a fault
  unsigned different = 0;
};

// The first `length` words alone.
Sample prefix(const Sample& whole, unsigned length) {
  Sample sample = whole;
  std::fill(sample.code.begin() + length, sample.code.end(), 0U);
  return sample;
}

// The shortest beginning of a sequence that ends differently; its last word is to blame. What was executed
// before it is not shown in full: the words directly before are.
std::string blame(const Case& test, const Executor& reference, const Executor& mode) {
  std::vector<Sample> prefixes;
  for (unsigned length = 1; length <= test.words; ++length) prefixes.push_back(prefix(test.before, length));
  std::string complaints;
  const std::vector<Sample> theirs = reference.run(prefixes, complaints);
  const std::vector<Sample> ours = mode.run(prefixes, complaints);
  for (unsigned i = 0; i < prefixes.size(); ++i) {
    Case shortest = test;
    shortest.words = i + 1;
    shortest.tested = i;
    shortest.op = insts::decode(test.before.code[i]).op;
    shortest.before = i == 0 ? test.before : theirs[i - 1];
    shortest.before.code = prefixes[i].code;
    const std::string text = difference(shortest, theirs[i], ours[i], mode.name());
    if (!text.empty()) return "after " + std::to_string(i) + " words of a sequence, " + text + complaints;
  }
  return "a sequence differs under " + mode.name() + ", none of its beginnings does\n" + complaints;
}

void judge(const std::vector<Case>& cases, const Executor& reference, const std::vector<Executor>& modes,
           Counts& counts) {
  std::vector<Sample> before;
  for (const Case& test : cases) before.push_back(test.before);
  std::string complaints;
  const std::vector<Sample> theirs = reference.run(before, complaints);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (theirs[i].pc == kCodeAddress + 4 * std::uint64_t{cases[i].words}) ++counts.complete;
  }
  for (const Executor& mode : modes) {
    const std::vector<Sample> ours = mode.run(before, complaints);
    for (std::size_t i = 0; i < cases.size(); ++i) {
      if (difference(cases[i], theirs[i], ours[i], mode.name()).empty()) continue;
      ++counts.different;
      std::printf("DIFFERS %s\n", blame(cases[i], reference, mode).c_str());
    }
  }
}

int run(const Options& options) {
  const Executor reference = options.reference();
  const std::vector<Executor> modes = options.modes();
  Words words(options.text("--words"));
  const Part part = options.part();
  Counts counts;
  std::vector<Case> cases;
  for (unsigned i = part.mine; i < options.number("--samples"); i += part.parts) {
    Random random(options.number("--seed") * 0x100000000ULL + i);
    cases.push_back(draw_sequence(random));
    words.add(cases.back());
    const auto& code = cases.back().before.code;
    counts.distinct.insert(code.begin(), code.begin() + cases.back().words);
    counts.words += cases.back().words;
    ++counts.sequences;
    if (cases.size() < kSequencesOfProgram) continue;
    judge(cases, reference, modes, counts);
    cases.clear();
  }
  judge(cases, reference, modes, counts);
  std::printf("sequences=%u complete=%u words=%zu distinct=%zu different=%u\n", counts.sequences,
              counts.complete, counts.words, counts.distinct.size(), counts.different);
  return counts.different == 0 && counts.complete == counts.sequences ? 0 : 1;
}

}  // namespace
}  // namespace m2sim::rows

int main(int argc, char** argv) {
  try {
    return m2sim::rows::run(m2sim::rows::Options(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "prove_sequences: %s\n", error.what());
    return 2;
  }
}
