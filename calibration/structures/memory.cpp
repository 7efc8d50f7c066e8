#include <algorithm>
#include <utility>

#include "calibration/structures/code.h"
#include "calibration/structures/trials.h"

namespace m2sim::calibration {
namespace {

using namespace a64;

constexpr std::uint64_t kPage = 16384;
constexpr std::uint64_t kSector = 128;  // the lines of L2 and SLC
constexpr std::uint64_t kLine = 64;
constexpr std::uint64_t kMega = std::uint64_t{1} << 20;
constexpr Reg kFirstChain = 1;

// A chain of loads in a loop of `unrolled`, through places in the given order and around.
void chain_trial(Trial& trial, const std::vector<std::uint64_t>& places, std::uint64_t warm_loads,
                 std::uint64_t loads) {
  constexpr std::uint64_t kUnrolled = 100;  // as in the sources, where it decides which load sees which place
  for (std::size_t i = 0; i < places.size(); ++i) {
    trial.data.push_back({kTrialMemory + places[i], kTrialMemory + places[(i + 1) % places.size()]});
  }
  Code code;
  code.load_constant(kFirstChain, kTrialMemory + places[0]);
  const std::uint64_t setup = code.size();
  const std::uint64_t loop = code.here();
  code.put(ldr(kFirstChain, kFirstChain), kUnrolled);
  code.jump_to(loop);
  const auto passes = [](std::uint64_t count) { return (count + kUnrolled - 1) / kUnrolled; };
  trial.warm_insts = setup + passes(warm_loads) * (kUnrolled + 1);
  trial.measured_insts = passes(loads) * (kUnrolled + 1);
  trial.units = static_cast<double>(passes(loads) * kUnrolled);
  trial.words = std::move(code).take();
}

}  // namespace

Trial latency_trial(std::uint64_t bytes) {
  // A cycle through more than the caches hold finds none of it there, so a part of it says as much.
  constexpr std::uint64_t kWhole = 32 * kMega / kSector;
  constexpr std::uint64_t kPart = 65'536;
  constexpr std::uint64_t kLeast = 16'384;
  Trial trial;
  trial.memory_bytes = bytes + kPage;
  Random random(3);
  std::vector<std::uint64_t> places = shuffled(std::max<std::uint64_t>(1, bytes / kSector), random);
  for (std::uint64_t& place : places) place *= kSector;
  const std::uint64_t nodes = places.size();
  if (nodes > kWhole) {
    places.resize(2 * kPart);
    chain_trial(trial, places, kPart, kPart - 64);
  } else {
    chain_trial(trial, places, std::max(2 * nodes, kLeast / 4), std::max(std::min(nodes, kPart), kLeast));
  }
  return trial;
}

Trial pages_trial(std::uint64_t pages, std::uint64_t stride, InPage in_page) {
  // Each load of the loop has seen its place often enough for a predictor of addresses.
  constexpr std::uint64_t kWarm = 60'000;
  Trial trial;
  trial.memory_bytes = pages * stride + kPage;
  Random random(4);
  std::vector<std::uint64_t> places = shuffled(pages, random);
  for (std::uint64_t& place : places) {
    place = place * stride + (in_page == InPage::kLineOfItsOwn ? place * kLine % kPage : 0);
  }
  chain_trial(trial, places, kWarm, 16'384);
  return trial;
}

Trial parallel_misses_trial(std::uint64_t lanes) {
  constexpr std::uint64_t kBytes = 256 * kMega;
  constexpr std::uint64_t kWarm = 200;  // steps of all lanes
  constexpr std::uint64_t kSteps = 1'500;
  Trial trial;
  trial.memory_bytes = kBytes;
  Random random(5);
  std::vector<std::uint64_t> order = shuffled(kBytes / kSector, random);
  Code code;
  std::size_t next = 0;
  for (std::uint64_t lane = 0; lane < lanes; ++lane) {
    const auto first = next;
    for (std::uint64_t i = 0; i < kWarm + kSteps; ++i, ++next) {
      trial.data.push_back({kTrialMemory + kSector * order[next], kTrialMemory + kSector * order[next + 1]});
    }
    code.load_constant(static_cast<Reg>(kFirstChain + lane), kTrialMemory + kSector * order[first]);
    ++next;
  }
  const std::uint64_t setup = code.size();
  const std::uint64_t loop = code.here();
  for (std::uint64_t lane = 0; lane < lanes; ++lane) {
    code.put(ldr(static_cast<Reg>(kFirstChain + lane), static_cast<Reg>(kFirstChain + lane)));
  }
  code.jump_to(loop);
  trial.warm_insts = setup + kWarm * (lanes + 1);
  trial.measured_insts = kSteps * (lanes + 1);
  trial.units = static_cast<double>(kSteps * lanes);
  trial.words = std::move(code).take();
  return trial;
}

Trial stream_trial(Stream stream, std::uint64_t bytes) {
  constexpr std::uint64_t kPair = 32;
  constexpr std::uint64_t kUnrolled = 8;
  constexpr std::uint64_t kStep = kPair * kUnrolled;
  constexpr Reg kBase = 1, kTarget = 2, kFrom = 3, kTo = 4, kCount = 5;
  const bool copies = stream == Stream::kCopy;
  const std::uint64_t area = copies ? bytes / 2 : bytes;  // a copy goes from one half to the other
  const std::uint64_t steps = std::max<std::uint64_t>(1, area / kStep);
  Trial trial;
  trial.memory_bytes = bytes + 2 * kPage;
  Code code;
  code.load_constant(kBase, kTrialMemory);
  code.load_constant(kTarget, kTrialMemory + (copies ? area : 0));
  const std::uint64_t setup = code.size();
  const std::uint64_t outer = code.here();
  code.put(mov(kFrom, kBase));
  code.put(mov(kTo, kTarget));
  code.load_constant(kCount, steps);
  const std::uint64_t prologue = code.size() - setup;
  const std::uint64_t inner = code.here();
  for (std::uint32_t i = 0; i < kUnrolled; ++i) {
    const auto reg = static_cast<Reg>(2 * i);
    const auto offset = static_cast<std::uint32_t>(kPair * i);
    if (stream != Stream::kWrite) code.put(ldp_q(reg, reg + 1, kFrom, offset));
    if (stream != Stream::kRead) code.put(stp_q(reg, reg + 1, kTo, offset));
  }
  code.put(add(kFrom, kFrom, kStep));
  code.put(add(kTo, kTo, kStep));
  code.put(subs(kCount, kCount, 1));
  code.put(b_ne(static_cast<std::int64_t>(inner - code.here())));
  const std::uint64_t body = code.size() - setup - prologue;
  code.jump_to(outer);
  const std::uint64_t pass = prologue + steps * body + 1;
  // All of it to warm up, and enough of it to measure; of what no cache holds a part.
  constexpr std::uint64_t kLarge = 48 * kMega;
  constexpr std::uint64_t kLeast = 65'536 / kStep;
  const std::uint64_t passes = std::max<std::uint64_t>(1, kLeast / steps);
  if (bytes > kLarge) {
    constexpr std::uint64_t kPart = 16 * kMega / kStep;
    constexpr std::uint64_t kFill = 32 * kMega / kStep;  // from then on as much leaves the caches as comes
    trial.warm_insts = setup + prologue + kFill / (copies ? 2 : 1) * body;
    const std::uint64_t measured = kPart / (copies ? 2 : 1);
    trial.measured_insts = measured * body;
    trial.units = static_cast<double>(measured * kStep);
  } else {
    trial.warm_insts = setup + std::max<std::uint64_t>(2, kLeast / 4 / steps) * pass;
    trial.measured_insts = passes * pass;
    trial.units = static_cast<double>(passes * steps * kStep);
  }
  trial.words = std::move(code).take();
  return trial;
}

}  // namespace m2sim::calibration
