#include <algorithm>
#include <utility>

#include "calibration/structures/code.h"
#include "calibration/structures/trials.h"

namespace m2sim::calibration {
namespace {

using namespace a64;

constexpr std::uint64_t kPage = 16384;
constexpr std::uint64_t kForever = std::uint64_t{1} << 40;

constexpr Reg kCounter = 0;

std::int64_t back(std::uint64_t from, std::uint64_t to) { return static_cast<std::int64_t>(to - from); }

// Whole passes of `insts` instructions, enough of them for the ends of what is measured not to count.
void measure_passes(Trial& trial, std::uint64_t before, std::uint64_t insts, std::uint64_t warm_passes,
                    std::uint64_t least_insts, double units_a_pass) {
  const std::uint64_t passes = std::max<std::uint64_t>(2, least_insts / insts);
  trial.warm_insts = before + warm_passes * insts;
  trial.measured_insts = passes * insts;
  trial.units = static_cast<double>(passes) * units_a_pass;
}

}  // namespace

Trial fetch_trial(std::uint64_t insts, std::uint64_t before_page) {
  Code code;
  code.load_constant(kCounter, kForever);
  const std::uint64_t setup = code.size() + 1;
  code.jump_to_place(kPage, (kPage - before_page) % kPage);
  const std::uint64_t start = code.here();
  code.put(kNop, insts - 2);
  code.put(subs(kCounter, kCounter, 1));
  code.put(b_ne(back(code.here(), start)));
  Trial trial;
  measure_passes(trial, setup, insts, 200, 40'000, 1);
  trial.words = std::move(code).take();
  return trial;
}

Trial taken_branches_trial(std::uint64_t branches, std::uint64_t spacing) {
  Code code;
  const std::uint64_t setup = 1;
  code.jump_to_place(kPage);
  const std::uint64_t start = code.here();
  for (std::uint64_t i = 0; i + 1 < branches; ++i) {
    code.jump_to(code.here() + spacing);
    code.fill_to(start + (i + 1) * spacing);
  }
  code.jump_to(start);
  Trial trial;
  const auto units = static_cast<double>(branches);
  measure_passes(trial, setup, branches, std::max<std::uint64_t>(4, 20'000 / branches), 40'000, units);
  trial.words = std::move(code).take();
  return trial;
}

Trial code_pages_trial(std::uint64_t pages) {
  // A line further on each page, as in the source: every 32nd shares a set of the target buffer.
  const auto place = [](std::uint64_t page) { return page * kPage + page * 64 % kPage; };
  Code code;
  const std::uint64_t setup = 1;
  code.jump_to_place(kPage);
  const std::uint64_t start = code.here();
  for (std::uint64_t page = 0; page + 1 < pages; ++page) {
    code.jump_to(start + place(page + 1));
    code.fill_to(start + place(page + 1));
  }
  code.jump_to(start);
  Trial trial;
  measure_passes(trial, setup, pages, std::max<std::uint64_t>(10, 4'000 / pages), 10'000,
                 static_cast<double>(pages));
  trial.words = std::move(code).take();
  return trial;
}

// As in the source: functions 128 bytes apart, each of which calls the one below it, with the loop of another
// depth between two of them. The innermost, which only returns, stands in front here and behind all there.
Trial calls_trial(std::uint64_t depth, std::uint64_t sites) {
  constexpr std::uint64_t kLoop = 64;  // a function is behind its loop
  constexpr std::uint64_t kPair = 128;
  constexpr Reg kTurn = 0;
  constexpr Reg kOdd = 1;
  constexpr std::uint64_t kFrame = 32;
  Code code;
  code.load_constant(kTurn, kForever);
  const std::uint64_t setup = code.size() + 1;
  const std::uint64_t innermost = (code.here() + kPage) / kPage * kPage;
  const auto loop = [innermost](std::uint64_t size) { return innermost + size * kPair; };
  const auto function = [&](std::uint64_t size) { return size == 0 ? innermost : loop(size) + kLoop; };
  code.jump_to(loop(depth));
  code.fill_to(innermost);
  code.put(kRet);
  for (std::uint64_t size = 1; size < depth; ++size) {
    code.fill_to(function(size));
    code.put(sub(kSp, kSp, kFrame));
    code.put(stp(29, 30, kSp, kFrame / 2));
    if (sites == 2) {
      code.put(and_1(kOdd, kTurn));
      code.put(cbz(kOdd, 12));
      code.call(function(size - 1));
      code.jump_to(code.here() + 12);
    }
    code.call(function(size - 1));
    if (sites == 2) code.jump_to(code.here() + 4);
    code.put(ldp(29, 30, kSp, kFrame / 2));
    code.put(add(kSp, kSp, kFrame));
    code.put(kRet);
  }
  code.fill_to(loop(depth));
  code.call(function(depth - 1));
  code.put(subs(kTurn, kTurn, 1));
  code.put(b_ne(back(code.here(), loop(depth))));
  const std::uint64_t insts = 3 + (depth - 1) * (sites == 2 ? 9 : 6) + 1;
  Trial trial;
  // Two passes, of which each takes the other site.
  measure_passes(trial, setup, 2 * insts, std::max<std::uint64_t>(8, 8'000 / insts), 20'000,
                 static_cast<double>(2 * depth));
  trial.words = std::move(code).take();
  return trial;
}

Trial conditional_branches_trial(Bits bits) {
  constexpr std::uint64_t kWords = 1'000;  // 64 branches on the bits of each
  constexpr std::uint64_t kWarm = 200;
  constexpr std::uint64_t kBits = 64;
  constexpr Reg kPointer = 1;
  constexpr Reg kWord = 2;
  Code code;
  code.load_constant(kPointer, kTrialMemory);
  const std::uint64_t setup = code.size();
  const std::uint64_t loop = code.here();
  code.put(ldr_post(kWord, kPointer, 8));
  for (std::uint32_t bit = 0; bit < kBits; ++bit) {
    code.put(tbz(kWord, bit, 12));
    code.put(kNop);
    code.jump_to(code.here() + 12);
    code.put(kNop, 2);  // three instructions this way, too
  }
  code.jump_to(loop);
  Trial trial;
  Random random(1);
  constexpr std::uint64_t kByTurns = 0x5555555555555555;
  for (std::uint64_t i = 0; i < kWords; ++i) {
    trial.data.push_back({kTrialMemory + 8 * i, bits == Bits::kRandom ? random.next() : kByTurns});
  }
  constexpr std::uint64_t kPass = 2 + 3 * kBits;
  trial.warm_insts = setup + kWarm * kPass;
  trial.measured_insts = (kWords - kWarm) * kPass;
  trial.units = static_cast<double>((kWords - kWarm) * kBits) / 2;  // one in two is mispredicted
  trial.words = std::move(code).take();
  return trial;
}

}  // namespace m2sim::calibration
