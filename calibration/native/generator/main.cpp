// Writes points of the structures' curves as tables for the measuring harness, which has no C++:
//
//   m2sim_native_structures WORDS.inc STRUCTURES.inc
//
// The words of a point are blocks that are repeated: a length, how often, and the block. What the trial's
// memory holds the harness makes itself, and compares its sum. tests/calibration/native compares the tables
// with these.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/structures/curves.h"
#include "calibration/structures/trial.h"
#include "calibration/structures/trials.h"

namespace m2sim::calibration {
namespace {

using X = std::uint64_t;
constexpr X kKilo = 1024;
constexpr X kMega = kKilo * kKilo;

// How many of its unit a pass through its loop is: so many, or x.
constexpr X kOfX = 0;

struct Choice {
  std::string_view curve;
  std::string_view unit;
  X units_a_pass;
  std::string_view layout;  // of its memory: calibration/native/layout.h
  X stride;                 // of pages
  std::vector<X> points;
};

// Around the step of a window on both cores; the M1's are up to an eighth behind the M2's.
std::vector<X> around(X step) {
  std::vector<X> points;
  for (const X percent : std::to_array<X>({50, 90, 97, 103, 108, 118, 130}))
    points.push_back((step * percent + 50) / 100);
  return points;
}

void add_front_end(std::vector<Choice>& all) {
  all.push_back({"fetch.aligned", "pass", 1, "NOTHING", 0, {6, 8, 16, 32, 64}});
  all.push_back({"fetch.cross_page", "pass", 1, "NOTHING", 0, {6, 15, 18, 23, 40}});
  all.push_back({"branch_target.4", "branch", kOfX, "NOTHING", 0, {64, 512, 1024, 1433, 4096, 16384, 49152}});
  all.push_back({"branch_target.8", "branch", kOfX, "NOTHING", 0, {64, 256, 512, 768, 2048, 16384}});
  all.push_back({"code_pages", "branch", kOfX, "NOTHING", 0, {16, 64, 128, 192, 232, 432}});
  for (const std::string_view name : {"return_stack", "return_stack.two_sites"})
    all.push_back({name, "call", kOfX, "NOTHING", 0, {7, 16, 31, 49, 52, 75, 100}});
}

void add_windows(std::vector<Choice>& all) {
  struct Step {
    std::string_view curve;
    X at;  // on the M2 (calibration/data/structures.csv)
  };
  constexpr auto kSteps = std::to_array<Step>({{"window.nops", 2022},
                                               {"window.loads", 291},
                                               {"window.branches", 144},
                                               {"window.renames", 586},
                                               {"window.integer_registers", 362},
                                               {"window.fp_registers", 356},
                                               {"window.flags", 123},
                                               {"window.load_queue", 128},
                                               {"window.store_queue", 122},
                                               {"scheduler.integer", 158},
                                               {"scheduler.flags", 78},
                                               {"scheduler.branches", 62},
                                               {"scheduler.multiply", 68},
                                               {"scheduler.crc", 40},
                                               {"scheduler.memory", 62},
                                               {"scheduler.fp", 156},
                                               {"scheduler.fp_compare", 48}});
  for (const Step& step : kSteps)
    all.push_back({step.curve, "pass of both links", 1, "TWO_CHAINS", 0, around(step.at)});
}

void add_memory(std::vector<Choice>& all) {
  constexpr X kUnrolled = 100;
  all.push_back({"latency",
                 "load",
                 kUnrolled,
                 "CYCLE",
                 0,
                 {16 * kKilo, 64 * kKilo, 96 * kKilo, 128 * kKilo, 256 * kKilo, 512 * kKilo, 2 * kMega,
                  4 * kMega, 8 * kMega, 14 * kMega, 32 * kMega, 64 * kMega, 128 * kMega}});
  all.push_back({"data_pages", "load", kUnrolled, "PAGES", 16 * kKilo, {16, 159, 192, 223, 256, 293, 400}});
  all.push_back({"data_pages.4_mib", "load", kUnrolled, "PAGES", 4 * kMega, {1, 4, 8, 11, 20, 36}});
  all.push_back({"parallel_misses", "load", kOfX, "LANES", 0, {1, 2, 4, 8, 12, 16}});
  all.push_back({"forwarding", "pass", kForwardingPasses, "NOTHING", 0, every(1, 0, 9)});
  for (const std::string_view name : {"dependence.data.1", "dependence.data.2", "dependence.address.1",
                                      "dependence.address.2", "dependence.none.1"})
    all.push_back({name, "pair of store and load", kOfX, "NOTHING", 0, {7, 33, 61, 79, 128}});
}

std::vector<Choice> choices() {
  std::vector<Choice> all;
  add_front_end(all);
  add_windows(all);
  add_memory(all);
  return all;
}

// FNV-1a over numbers, as the harness sums them.
class Sum {
 public:
  void add(std::uint64_t value) { sum_ = (sum_ ^ value) * 0x100000001b3; }
  std::uint64_t value() const { return sum_; }

 private:
  std::uint64_t sum_ = 0xcbf29ce484222325;
};

// How often the block of `length` words at `at` stands there in a row.
std::size_t repeats(std::span<const std::uint32_t> words, std::size_t at, std::size_t length) {
  std::size_t times = 1;
  for (std::size_t next = at + length; next + length <= words.size(); next += length, ++times) {
    for (std::size_t i = 0; i < length; ++i)
      if (words[next + i] != words[at + i]) return times;
  }
  return times;
}

// Blocks of up to a call's function and loop, wherever that makes it shorter.
std::vector<std::uint32_t> packed(std::span<const std::uint32_t> words) {
  constexpr std::size_t kLongest = 32;
  std::vector<std::uint32_t> out, plain;
  const auto put_plain = [&] {
    if (plain.empty()) return;
    out.insert(out.end(), {static_cast<std::uint32_t>(plain.size()), 1});
    out.insert(out.end(), plain.begin(), plain.end());
    plain.clear();
  };
  for (std::size_t at = 0; at < words.size();) {
    std::size_t best_length = 1, best_times = 1, most_saved = 2;
    for (std::size_t length = 1; length <= kLongest && at + length <= words.size(); ++length) {
      const std::size_t times = repeats(words, at, length);
      const std::size_t saved = (times - 1) * length;
      if (saved > most_saved) {
        best_length = length;
        best_times = times;
        most_saved = saved;
      }
    }
    if (best_times == 1) {
      plain.push_back(words[at++]);
      continue;
    }
    put_plain();
    out.insert(out.end(), {static_cast<std::uint32_t>(best_length), static_cast<std::uint32_t>(best_times)});
    const auto block = words.subspan(at, best_length);
    out.insert(out.end(), block.begin(), block.end());
    at += best_length * best_times;
  }
  put_plain();
  return out;
}

struct Tables {
  std::FILE* words;
  std::FILE* structures;
};

const Curve& curve_named(std::string_view name) {
  for (const Curve& curve : all_curves())
    if (curve.name == name) return curve;
  std::fprintf(stderr, "there is no curve '%s'\n", std::string(name).c_str());
  std::abort();
}

void write_words(std::FILE* to, std::span<const std::uint32_t> words) {
  for (std::size_t i = 0; i < words.size(); ++i)
    std::fprintf(to, i % 12 == 11 || i + 1 == words.size() ? "0x%x,\n" : "0x%x, ", words[i]);
}

void write_point(const Tables& tables, const Choice& choice, X x) {
  const Trial trial = curve_named(choice.curve).trial(x);
  const std::vector<std::uint32_t> words = packed(trial.words);
  Sum code, data;
  for (const std::uint32_t word : trial.words) code.add(word);
  // The last closes a cycle that the harness makes longer.
  const std::size_t checked = trial.data.empty() ? 0 : trial.data.size() - 1;
  for (const InitialWord& word : std::span(trial.data).first(checked)) {
    data.add(word.address - kTrialMemory);
    data.add(word.value - kTrialMemory);
  }
  std::fprintf(tables.words, "// %s@%llu\n", std::string(choice.curve).c_str(),
               static_cast<unsigned long long>(x));
  write_words(tables.words, words);
  std::fprintf(tables.structures,
               "STRUCTURE(\"structure/%s@%llu\", \"%s\", %llu, %zu, %zu, 0x%llx, %s, %llu, %llu, %zu, "
               "0x%llx, 0x%llx)\n",
               std::string(choice.curve).c_str(), static_cast<unsigned long long>(x),
               std::string(choice.unit).c_str(),
               static_cast<unsigned long long>(choice.units_a_pass == kOfX ? x : choice.units_a_pass),
               words.size(), trial.words.size(), static_cast<unsigned long long>(trial.memory_bytes),
               std::string(choice.layout).c_str(), static_cast<unsigned long long>(x),
               static_cast<unsigned long long>(choice.stride), checked,
               static_cast<unsigned long long>(code.value()), static_cast<unsigned long long>(data.value()));
}

int write_tables(const char* words, const char* structures) {
  const Tables tables{std::fopen(words, "w"), std::fopen(structures, "w")};
  if (tables.words == nullptr || tables.structures == nullptr) return 1;
  for (std::FILE* file : {tables.words, tables.structures})
    std::fputs("// Written by m2sim_native_structures (calibration/native/generator).\n", file);
  for (const Choice& choice : choices())
    for (const X x : choice.points) write_point(tables, choice, x);
  const bool written = std::fclose(tables.words) == 0;
  return std::fclose(tables.structures) == 0 && written ? 0 : 1;
}

}  // namespace
}  // namespace m2sim::calibration

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: m2sim_native_structures WORDS.inc STRUCTURES.inc\n", stderr);
    return 2;
  }
  return m2sim::calibration::write_tables(argv[1], argv[2]);
}
